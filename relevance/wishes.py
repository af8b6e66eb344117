"""What is asked of a catalog of thousands of categories: what a query must find first, and what it must not. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

_KANJI = "\u3005\u4e00-\u9fff"
_SEPARATORS = re.compile(r"\W+|の")
_WORD_ENDINGS = "用付製型状張式入類的専等肉材舶両"
"""What may follow a word that remains one: 馬用 is for a 馬, 木製 of 木; who asks for 鶏 may mean 鶏肉, for 船 船舶."""

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """A query, and the skus of which one must be among the first."""

    query: str
    wanted: frozenset[str]


def build_category_wishes(lines: Iterable[Line]) -> list[Wish]:
    """Each leaf's name asks for the products of every category with this name, and of those below."""
    lines = list(lines)
    by_name: dict[str, set[str]] = {}
    for line in lines:
        for name in line["category"]:
            by_name.setdefault(name, set()).add(line["sku"])
    leaves = dict.fromkeys(line["category"][-1] for line in lines)
    return [Wish(name, frozenset(by_name[name])) for name in leaves]


def build_attribute_wishes(lines: Iterable[Line]) -> list[Wish]:
    """A leaf's name and a value that a product of it has."""
    wanted: dict[str, set[str]] = {}
    for line in lines:
        for value in (value for values in line["attributes"].values() for value in values):
            wanted.setdefault(f"{line['category'][-1]} {value}", set()).add(line["sku"])
    return [Wish(query, frozenset(skus)) for query, skus in wanted.items()]


def draw_wishes(wishes: Sequence[Wish], most: int, seed: int) -> list[Wish]:
    return list(wishes) if most >= len(wishes) else Random(seed).sample(wishes, most)


def build_part_words(lines: Iterable[Line]) -> dict[str, frozenset[str]]:
    """Word of one kanji -> skus that it must not find, because there it only begins another word: 水 and 水着.

    Beyond argument, and told by characters alone: wherever the kanji stands in the product, exactly one more follows
    that makes another noun of it, for the head of a Japanese compound is its end; and no category below the same root
    has it as a word of its own. Words that find no such product are left out.
    """
    lines = list(lines)
    homes: dict[str, set[str]] = {}
    for line in lines:
        for name in line["category"]:
            for word in find_lone_kanji(name):
                homes.setdefault(word, set()).add(line["category"][0])
    texts = [(line["sku"], line["category"][0], _join_text(line)) for line in lines]
    found = {
        word: frozenset(sku for sku, root, text in texts if root not in roots and is_part_only(word, text))
        for word, roots in homes.items()
    }
    return {word: skus for word, skus in found.items() if skus}


def find_lone_kanji(name: str) -> list[str]:
    """
    >>> find_lone_kanji("犬・猫用品"), find_lone_kanji("水 (軟水)")
    (['犬'], ['水'])
    """
    return [part for part in _SEPARATORS.split(name) if re.fullmatch(f"[{_KANJI}]", part)]


def is_part_only(kanji: str, text: str) -> bool:
    """
    >>> [is_part_only("水", text) for text in ("水着", "水用タンク", "飲料水", "水切り", "水着 水", "帽子")]
    [True, False, False, False, False, False]
    """
    inside = rf"(?<![{_KANJI}]){kanji}[{_KANJI}](?<![{_WORD_ENDINGS}])(?![{_KANJI}ぁ-ん])"
    return kanji in text and len(re.findall(inside, text)) == text.count(kanji)


def _join_text(line: Line) -> str:
    attributes = [text for name, values in line["attributes"].items() for text in (name, *values)]
    return " ".join([line["name"], line["description"] or "", line["brand"] or "", *line["category"], *attributes])
