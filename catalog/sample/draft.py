"""How a frame comes about: one draw for each thing that makes a product believable, small before large."""

import json
import re
from random import Random

from catalog.sample.frame import Frame, VariationFrame
from catalog.sample.prices import ROUND_PRICES, TAX_ADDED_PRICES, price_span
from catalog.sample.words import BrandWords, CategoryWords, ProductWord, Profile, Words

MODEL = "\0"
"""Where a product's model number goes in the name of its frame."""

_MULTI_VALUED = frozenset({"アレルゲン", "肌質", "対応機種", "対応車種", "対象魚"})
_WITH_FUNCTIONS = frozenset({"audio", "device", "gadget", "appliance"})
_PROMOTIONS = ("【送料無料】", "【ポイント10倍】", "【公式】", "【期間限定】", "【翌日配送】", "【メール便可】")
_SHIPPING = (
    '{"fee_yen": 0, "ships_within_days": 1}',
    '{"fee_yen": 0, "ships_within_days": 3}',
    '{"fee_yen": 550, "ships_within_days": 2}',
    '{"fee_yen": 770, "ships_within_days": 5}',
)
_QUANTITY = re.compile(r"(\d+(?:\.\d+)?)(kg|L)?(?:[a-zA-Z]*×(\d+))?")
_SHARE_MAX = 8.0
_VERBAL = ("い", "る", "く", "つ", "う")
_VERBAL_NOUNS = ("買い", "洗い")


class Draft:
    """The choices of one frame."""

    def __init__(self, words: Words, leaf: CategoryWords, brand: BrandWords | None, rng: Random) -> None:
        self.words, self.leaf, self.brand, self.rng = words, leaf, brand, rng
        self.profile: Profile = words.profiles[leaf.profile]
        self.drawn = {name: rng.choice(values) for name, values in words.lists.items()}
        word = rng.choice(leaf.words)
        self.word = self._fill(word.text)
        self.features = [self._fill(feature) for feature in rng.sample(leaf.features, 2)]
        self._draw_price(word)
        self.colors = self._draw_colors()
        self.axis, self.sizes = self._draw_sizes()

    def _fill(self, text: str) -> str:
        return text.format_map(self.drawn) if "{" in text else text

    def _draw_price(self, word: ProductWord) -> None:
        """A price in the word's span, cheaper ones more often; `position` is where it lies in the leaf's span."""
        self.ladder = TAX_ADDED_PRICES if self.profile.tax_added else ROUND_PRICES
        first, last = price_span(self.ladder, word.low_yen, word.high_yen)
        usual = first + int((last - first) * self.rng.random() ** 1.3)
        self.price_indexes = (first, usual, last)
        low, high = price_span(self.ladder, self.leaf.low_yen, self.leaf.high_yen)
        self.position = min(1.0, max(0.0, (usual - low) / max(1, high - low)))

    def _draw_colors(self) -> list[tuple[str, str]]:
        """Name and letters; one colour is the product's own, several are variations."""
        pool = [color for color in self.words.colors if self.profile.colors in color.groups]
        if not pool:
            return []
        count = self.rng.choice((1, 1, 2, 2, 3, 4))
        return [(color.name, color.letters) for color in self.rng.sample(pool, min(count, len(pool)))]

    def _draw_sizes(self) -> tuple[str | None, list[tuple[str, float]]]:
        """The attribute that sizes vary, and (value, share of the price) of one or of several neighbours."""
        axis = next((name for name in self.profile.axis if name in self.leaf.attributes), None)
        if axis is None and self.profile.sizes:
            axis = self.profile.axis[-1]
        if axis is None:
            return None, []
        values = self.leaf.attributes.get(axis, tuple(self.profile.sizes))
        several = self.rng.random() < (0.9 if self.profile.step == 0.0 else 0.5)
        count = min(len(values), self.rng.choice((3, 4, 5) if self.profile.step == 0.0 else (2, 3)) if several else 1)
        first = min(self._near(len(values)), len(values) - count)
        chosen = values[first : first + count]
        shares = self._shares(chosen)
        if shares[-1] > 1:
            lowest, usual, highest = self.price_indexes
            self.price_indexes = (lowest, (lowest + usual) // 2, (usual + highest) // 2)
        return axis, list(zip(chosen, shares, strict=True))

    def _shares(self, values: tuple[str, ...]) -> list[float]:
        """By the step of the profile, else nearly in proportion to the quantity: twice as much is 1.7 x as dear."""
        quantities = [_quantity(value) for value in values]
        if self.profile.step is not None or not all(quantities):
            return [(0.15 if self.profile.step is None else self.profile.step) * index for index in range(len(values))]
        return [min(_SHARE_MAX, max(0.0, (quantity / quantities[0]) ** 0.8 - 1)) for quantity in quantities]

    def _near(self, count: int) -> int:
        """An index into values that go from small to large, near the price's position."""
        return min(count - 1, max(0, round(self.position * (count - 1) + self.rng.uniform(-1, 1))))

    def build(self) -> Frame:
        template = self.rng.choice(self.profile.names)
        name = self._name(template)
        short_name = f"{self.brand.name} {self.word}" if self.brand else self.word
        return Frame(
            leaf=self.leaf,
            brand=self.brand,
            name=tuple(name.split(MODEL)),
            description=self._description(),
            attributes=_open_json(self._attributes("{author}" in template)),
            ladder=self.ladder,
            price_indexes=self.price_indexes,
            variations=tuple(self._variations()),
            image_alts=self._image_alts(short_name),
            shipping=self.rng.choice(_SHIPPING),
            voice=self.profile.voice,
        )

    def _name(self, template: str) -> str:
        values = {
            "brand": self.brand.name if self.brand else "",
            "word": self.word,
            "series": self.rng.choice(self.profile.series),
            "model": MODEL,
            "f1": self.features[0],
            "f2": self.features[1],
            "author": self._author,
            **self.drawn,
        }
        parts = [template.format_map(values)]
        parts += [self.sizes[0][0]] if len(self.sizes) == 1 else []
        parts += [self.colors[0][0]] if len(self.colors) == 1 and self.rng.random() < 0.6 else []
        promotion = self.rng.choice(_PROMOTIONS) if self.rng.random() < 0.07 and not parts[0].startswith("【") else ""
        return promotion + " ".join(" ".join(parts).split())

    @property
    def _author(self) -> str:
        return f"{self.drawn['family']}{self.drawn['given']}"

    def _description(self) -> str:
        """One opening, three sentences, two closings: 130 to 220 characters."""
        voice = self.words.voices[self.profile.voice]
        values = {
            "brand": self.brand.name if self.brand else "",
            "word": self.word,
            "f1": _as_noun(self.features[0]),
            "f2": _as_noun(self.features[1]),
            "use": self.rng.choice(voice["use"]),
        }
        kinds = (("open", 1), ("body", 3), ("close", 2))
        return "".join(
            sentence.format_map(values)
            for kind, count in kinds
            for sentence in self.rng.sample([s for s in voice[kind] if self.brand or "{brand}" not in s], count)
        )

    def _attributes(self, with_author: bool) -> dict[str, list[str]]:
        """The product's own; what its variations differ in is theirs."""
        attributes = {name: [self.rng.choice(values)] for name, values in self.profile.attributes.items()}
        attributes |= {
            name: self._draw_values(name, values) for name, values in self.leaf.attributes.items() if name != self.axis
        }
        if len(self.colors) == 1:
            attributes["色"] = [self.colors[0][0]]
        if self.axis and len(self.sizes) == 1:
            attributes[self.axis] = [self.sizes[0][0]]
        if self.profile.voice in _WITH_FUNCTIONS:
            attributes["機能"] = self.features
        if with_author:
            attributes["著者"] = [self._author]
        return attributes

    def _draw_values(self, name: str, values: tuple[str, ...]) -> list[str]:
        if name in _MULTI_VALUED:
            return self.rng.sample(values, self.rng.randint(1, min(3, len(values))))
        return [values[self._near(len(values))]]

    def _variations(self) -> list[VariationFrame]:
        """Colours by sizes; at most 12, or none when there is only one."""
        colors: list[tuple[str, str] | None] = [*self.colors] if len(self.colors) > 1 else [None]
        sizes: list[tuple[str, float] | None] = [*self.sizes] if len(self.sizes) > 1 else [None]
        return [
            _variation(color, self.axis, index, size)
            for color in colors[: 12 // len(sizes)]
            for index, size in enumerate(sizes)
            if color or size
        ]

    def _image_alts(self, short_name: str) -> tuple[str, ...]:
        """An image for each colour, its alt text naming the colour as a word; else one to three views."""
        if len(self.colors) > 1:
            return tuple(f"{short_name} {name}" for name, _ in self.colors[:4])
        return (short_name, *(f"{short_name} 画像{number}" for number in range(2, self.rng.choice((2, 3, 4)))))


def _variation(
    color: tuple[str, str] | None, axis: str | None, index: int, size: tuple[str, float] | None
) -> VariationFrame:
    own: dict[str, list[str]] = {}
    suffix, names = "", []
    if color:
        own["色"] = [color[0]]
        suffix, names = f"-{color[1]}", [color[0]]
    if size and axis:
        own[axis] = [size[0]]
        letters = size[0].replace(".", "").replace("-", "").upper()
        suffix += f"-{letters}" if letters.isascii() and letters.isalnum() else f"-{index + 1}"
        names.append(size[0])
    return VariationFrame(suffix, " / ".join(names), _open_json(own), size[1] if size else 0.0)


def _as_noun(feature: str) -> str:
    """A feature as the sentences need it.

    >>> _as_noun("滑りにくい"), _as_noun("防水"), _as_noun("まとめ買い")
    ('滑りにくい仕様', '防水', 'まとめ買い')
    """
    return f"{feature}仕様" if feature.endswith(_VERBAL) and not feature.endswith(_VERBAL_NOUNS) else feature


def _open_json(attributes: dict[str, list[str]]) -> str:
    return json.dumps(attributes, ensure_ascii=False)[:-1]


def _quantity(value: str) -> float:
    """How much a value names, 0.0 when it names none.

    >>> _quantity("500ml×24本"), _quantity("詰め替え1.2L"), _quantity("M")
    (12000.0, 1200.0, 0.0)
    """
    match = _QUANTITY.search(value)
    if not match:
        return 0.0
    number, thousand, times = match.groups()
    return float(number) * (1000 if thousand else 1) * int(times or 1)
