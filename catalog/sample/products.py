"""COPY lines of products, variations and images: the generator's inner loop. Pure."""

from dataclasses import dataclass
from random import Random

from catalog.sample.calendar import PAST_DAYS, Calendar
from catalog.sample.codes import child_id, draw_uuids, jan_code, model_number
from catalog.sample.frame import Frame
from catalog.sample.frames import FRAMES_PER_WEIGHT, Frames
from catalog.sample.prices import surcharge_yen
from catalog.sample.shop import Shop
from catalog.sample.tables import NULL, Rows
from catalog.sample.words import CategoryWords, Words

_STATUSES = ("active",) * 184 + ("out_of_stock",) * 6 + ("draft",) * 4 + ("discontinued",) * 6
_FUTURE_SHARE = 0.01
_SALE_SHARE = 0.22
_SOLD_OUT_SHARE = 0.06


@dataclass(slots=True)
class Made:
    """What the events of a product need of it."""

    id: str
    seller_id: str
    price_yen: int
    days_back: int
    """Days since its publication; orders and reviews came after."""
    voice: str
    was_sold: bool
    """Whether it may have orders: it was published at least a day ago, and not a draft."""
    variations: list[tuple[str, int]]
    """Id and price."""


class ProductMaker:
    """Writes products by their number; the same seed, shop and calendar give the same lines."""

    def __init__(self, words: Words, shop: Shop, calendar: Calendar, seed: int) -> None:
        self._frames = Frames(words, seed)
        self._shop = shop
        self._calendar = calendar
        self._leaves: list[CategoryWords] = [leaf for leaf in words.leaves for _ in range(leaf.weight)]
        self._at_home = _sellers_of(words, shop)

    def make(self, rng: Random, numbers: range, rows: Rows) -> list[Made]:
        """Append the lines of the products with these numbers to `rows`, and tell what was made."""
        made = []
        for number, identifier in zip(numbers, draw_uuids(rng, len(numbers)), strict=True):
            leaf = self._leaves[int(rng.random() * len(self._leaves))]
            frame = self._frames.frame(leaf, int(rng.random() * FRAMES_PER_WEIGHT * leaf.weight))
            made.append(self._product(rng, number, frame, identifier, rows))
        return made

    def _product(self, rng: Random, number: int, frame: Frame, identifier: str, rows: Rows) -> Made:
        random = rng.random
        leaf = frame.leaf
        sku = f"{leaf.letters}-{number:07}"
        status = _STATUSES[int(random() * 200)]
        base_yen, sale_yen = _draw_prices(rng, frame)
        days_back = -1 - int(random() * 28) if random() < _FUTURE_SHARE else 2 + int(random() ** 2 * (PAST_DAYS - 60))
        published = self._calendar.at(days_back, random())
        created = self._calendar.at(max(1, days_back + 1 + int(random() * 20)), random())
        seller_id = self._at_home[leaf.letters][int(random() * len(self._at_home[leaf.letters]))]
        brand_id = self._shop.brand_ids[frame.brand.name] if frame.brand else NULL
        in_stock = status == "active" and random() >= _SOLD_OUT_SHARE
        selling_yen = base_yen if sale_yen is None else sale_yen
        made = Made(identifier, seller_id, selling_yen, days_back, frame.voice, days_back > 1 and status != "draft", [])
        if frame.variations:
            stock = _write_variations(rng, number, sku, frame, made, in_stock, created, rows)
        else:
            stock = int(random() ** 2 * 200) + 1 if in_stock else 0
        name, attributes = _name_and_attributes(frame, number, has_code=not frame.variations)
        rows["products"].append(
            f"{identifier}\t{seller_id}\t{self._shop.category_ids[leaf.slug]}\t{brand_id}\t{sku}\t{name}\t"
            f"{frame.description}\t{base_yen}\t{NULL if sale_yen is None else sale_yen}\t{stock}\t{status}\t"
            f"{attributes}\t{frame.shipping}\t{published}\t{created}\t{created}\n"
        )
        images = rows["product_images"]
        for position, alt in enumerate(frame.image_alts):
            url = f"/images/{sku}-{position + 1}.svg" if position else f"/images/{sku}.svg"
            image_id = child_id(identifier, position)
            images.append(f"{image_id}\t{identifier}\t{url}\t{alt}\t{position}\t{not position}\t{created}\n")
        return made


def _write_variations(
    rng: Random, number: int, sku: str, frame: Frame, made: Made, in_stock: bool, created: str, rows: Rows
) -> int:
    """Append a line for each variation, each with a JAN code of its own; returns their stock together."""
    total = 0
    lines = rows["product_variations"]
    for index, variation in enumerate(frame.variations):
        identifier = child_id(made.id, index)
        more_yen = surcharge_yen(made.price_yen, variation.share) if variation.share else 0
        stock = int(rng.random() * 40) if in_stock else 0
        lines.append(
            f"{identifier}\t{made.id}\t{sku}{variation.sku_suffix}\t{variation.name}\t{variation.attributes}, "
            f'"JANコード": ["{jan_code(number * 16 + index)}"]}}\t{more_yen}\t{stock}\tt\t{created}\t{created}\n'
        )
        made.variations.append((identifier, made.price_yen + more_yen))
        total += stock
    return total


def _draw_prices(rng: Random, frame: Frame) -> tuple[int, int | None]:
    """Base price near the frame's usual one, and for some a sale price up to four points lower."""
    lowest, usual, highest = frame.price_indexes
    index = min(highest, max(lowest, usual + int(rng.random() * 5) - 2))
    if rng.random() >= _SALE_SHARE or index == 0:
        return frame.ladder[index], None
    return frame.ladder[index], frame.ladder[max(0, index - 1 - int(rng.random() * 4))]


def _name_and_attributes(frame: Frame, number: int, has_code: bool) -> tuple[str, str]:
    """Name with the model number in its place, and the attributes with the codes."""
    attributes = frame.attributes
    more = []
    name = frame.name[0]
    if len(frame.name) == 2 and frame.brand:
        model = model_number(frame.brand.letters, number)
        name = f"{name}{model}{frame.name[1]}"
        more.append(f'"型番": ["{model}"]')
    if has_code:
        more.append(f'"JANコード": ["{jan_code(number * 16)}"]')
    separator = ", " if more and len(attributes) > 1 else ""
    return name, f"{attributes}{separator}{', '.join(more)}}}"


def _sellers_of(words: Words, shop: Shop) -> dict[str, list[str]]:
    """By department: a few sellers that specialise in it, and the general ones that sell everything.

    The suspended ones, last in the list, are in few departments, so that few products are hidden.
    """
    departments = list(dict.fromkeys(category.letters for category in words.categories))
    general, special, closed = shop.seller_ids[:2], shop.seller_ids[2:-2], shop.seller_ids[-2:]
    sellers: dict[str, list[str]] = {}
    for index, letters in enumerate(departments):
        own = [special[index % len(special)], special[(index * 7 + 3) % len(special)]]
        sellers[letters] = general * 2 + own * 5 + ([closed[index % 2]] if index % 6 == 0 else [])
    return sellers
