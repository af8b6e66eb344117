"""Rules from the Sudachi synonym dictionary (npm `sudachi-synonyms-dictionary`, Apache-2.0).

It is made for the understanding of any text, so a shop takes the fields that it sells in. What its format says of a
word is kept to: https://github.com/WorksApplications/SudachiDict/blob/develop/docs/synonyms.md
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import permutations
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from analyzers.synonyms import Synonym, normalize_synonym
from core.errors import SynonymFileError

DOMAINS = MappingProxyType(
    {
        "ファッション": "fashion",
        "美容": "cosmetics",
        "料理": "food",
        "商品": "general",
        "スポーツ": "sports",
        "音楽": "media",
        "色": "colour",
        "IT": "electronics",
        "医療": "health",
        "娯楽": "media",
        "建築": "home",
        "動植物": "nature",
    }
)
"""Fields of the dictionary that goods are of, and the domains of their rules."""

USUAL_FIELDS = ("ファッション", "美容", "料理", "商品", "スポーツ", "音楽", "色", "IT")

SAME_WORD_WEIGHT = 0.8
OTHER_WORD_WEIGHT = 0.6

_NEVER_ASKS = 1
_NEVER_USED = 2


class Item(BaseModel):
    """A word of a group; the names are the dictionary's."""

    midashi: str = Field(min_length=1)
    taigen_yogen: Literal["体言", "用言", "未定義"] = Field(alias="taigenYogen")
    expand_control: int = Field(alias="expandControl", ge=0, le=2)
    """1: found by the others, but finds none of them; 2: a word that was taken out."""
    vocabulary_number: int | None = Field(None, alias="vocabularyNumber")
    """Spellings, translations and short forms of one word share it."""
    gokei_syubetsu: str = Field(alias="gokeiSyubetsu")
    hyouki_yure: str = Field(alias="hyoukiYure")
    bunya: list[str]

    @property
    def is_mistake(self) -> bool:
        """Shoppers write it, shops should not."""
        return self.gokei_syubetsu == "間違い" or self.hyouki_yure == "間違い表記"


class Group(BaseModel):
    """Words of one meaning."""

    items: list[Item]


def parse_dictionary(content: bytes) -> list[Group]:
    """Groups of the package's JSON file.

    Raises: SynonymFileError.
    """
    try:
        return TypeAdapter(list[Group]).validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise SynonymFileError(f"not the Sudachi synonym dictionary: {place}: {first['msg']}") from None


def build_rules(groups: Iterable[Group], fields: Collection[str]) -> Iterator[Synonym]:
    """Rules between nouns of one group, of groups in one of `fields`.

    A word that asks in several groups has several meanings, so it asks in none.
    """
    groups = list(groups)
    meanings = Counter(item.midashi for group in groups for item in group.items if _may_ask(item))
    for group in groups:
        domain = _find_domain(group, fields)
        items = [item for item in group.items if item.taigen_yogen != "用言" and item.expand_control != _NEVER_USED]
        for source, target in permutations(items, 2) if domain else ():
            if _may_ask(source) and meanings[source.midashi] == 1 and not target.is_mistake:
                yield normalize_synonym(Synonym(source.midashi, target.midashi, _weigh(source, target), domain))


def _may_ask(item: Item) -> bool:
    return item.expand_control not in (_NEVER_ASKS, _NEVER_USED)


def _find_domain(group: Group, fields: Collection[str]) -> str:
    found = (DOMAINS[field] for item in group.items for field in item.bunya if field in fields and field in DOMAINS)
    return next(found, "")


def _weigh(source: Item, target: Item) -> float:
    is_same = source.vocabulary_number is not None and source.vocabulary_number == target.vocabulary_number
    return SAME_WORD_WEIGHT if is_same else OTHER_WORD_WEIGHT
