"""What a shopper who types a query wants, as a rule, and the grade that the rule gives each product. Pure.

judgements.tsv has a line for each query, with tabs between: kind, query, what, wants, near. docs/relevance.md is the
guideline. `what` and `near` name categories by slug, each with its subtree, and words of which a product's name must
have one:

    wallets:財布/小銭入れ; card-cases        `*` is any product

`wants` are joined by "; ", and a list of values by "/" means one of them:

    brand=ソラネ    色=ブラック/ネイビー    name~洗える    not~犬    price<=5000
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import InvalidParameter
from relevance.products import JudgedProduct

OWN_JUDGEMENTS = Path(__file__).with_name("judgements.tsv")
HEAD = ["kind", "query", "what", "wants", "near"]
SATISFIED = 3
USEFUL = 2
"""Grades from here on count as found in recall."""

_WANT = re.compile(r"(?P<name>[^=~<>]+)(?P<sign>=|~|<=|>=)(?P<values>.+)")
_LIMITS = frozenset({"not", "price"})
"""Wants that a product must keep: one that breaks them is of no use."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of product: in the category `slug` ("*": any), with one of `words` in its name."""

    slug: str
    words: tuple[str, ...] = ()

    def has(self, product: JudgedProduct) -> bool:
        is_there = self.slug == "*" or self.slug in product.categories
        return is_there and (not self.words or any(word in product.name for word in self.words))


@dataclass(frozen=True, slots=True)
class Want:
    """`sign` "=": brand or attribute is one of `values`; "~": the name has one; "<=", ">=": a price in yen."""

    name: str
    sign: str
    values: tuple[str, ...]

    @property
    def is_limit(self) -> bool:
        return self.name in _LIMITS

    def is_met(self, product: JudgedProduct) -> bool:
        if self.sign == "~":
            return (self.name == "name") == any(value in product.name for value in self.values)
        if self.sign == "=":
            found = {product.brand} if self.name == "brand" else product.attributes.get(self.name, frozenset())
            return not found.isdisjoint(self.values)
        limit = int(self.values[0])
        return any(price <= limit if self.sign == "<=" else price >= limit for price in product.prices_yen)


@dataclass(frozen=True, slots=True)
class Need:
    """A query and what is wanted with it."""

    kind: str
    query: str
    what: tuple[Kind, ...]
    wants: tuple[Want, ...]
    near: tuple[Kind, ...]


def read_needs(file: Path) -> tuple[Need, ...]:
    """Raises: InvalidParameter, naming the line."""
    try:
        return tuple(parse_needs(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise InvalidParameter(f"The judgements {file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise InvalidParameter(f"{file}: {error}") from error


def parse_needs(text: str) -> Iterator[Need]:
    """Raises: ValueError, naming the line."""
    head, *lines = text.splitlines() or [""]
    if head.split("\t") != HEAD:
        raise ValueError(f"line 1 must be {' '.join(HEAD)}, with tabs between")
    for number, line in enumerate(lines, 2):
        columns = line.split("\t")
        if len(columns) != len(HEAD):
            raise ValueError(f"line {number} must have {len(HEAD)} columns: {line!r}")
        kind, query, what, wants, near = columns
        try:
            yield Need(kind, query, _parse_kinds(what), tuple(map(parse_want, _split(wants))), _parse_kinds(near))
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from None


def _parse_kinds(text: str) -> tuple[Kind, ...]:
    """
    >>> _parse_kinds("wallets:財布/小銭入れ; bags")
    (Kind(slug='wallets', words=('財布', '小銭入れ')), Kind(slug='bags', words=()))
    """
    parts = (part.partition(":") for part in _split(text))
    return tuple(Kind(slug, tuple(words.split("/")) if words else ()) for slug, _, words in parts)


def parse_want(text: str) -> Want:
    """
    >>> parse_want("色=ブラック/ネイビー")
    Want(name='色', sign='=', values=('ブラック', 'ネイビー'))

    Raises: ValueError.
    """
    found = _WANT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a want such as 色=ブラック, name~洗える or price<=5000")
    name, sign, values = found.groups()
    if (sign in ("<=", ">=")) != (name == "price") or (sign == "~") != (name in ("name", "not")):
        raise ValueError(f"{text!r}: {name} cannot be compared by {sign}")
    return Want(name, sign, tuple(values.split("/")))


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def grade(need: Need, product: JudgedProduct) -> int:
    """3: what was asked for. 2: all but one of several wishes. 1: related. 0: of no use, or beyond a limit."""
    if any(want.is_limit and not want.is_met(product) for want in need.wants):
        return 0
    wishes = [want for want in need.wants if not want.is_limit]
    missed = sum(not want.is_met(product) for want in wishes)
    if any(kind.has(product) for kind in need.what):
        if not missed:
            return SATISFIED
        if need.what[0].slug == "*":
            return 0
        return USEFUL if missed == 1 < len(wishes) else 1
    return int(not missed and any(kind.has(product) for kind in need.near))


def grade_all(need: Need, products: Iterable[JudgedProduct]) -> dict[str, int]:
    """Sku -> grade of those that have one above 0."""
    return {product.sku: value for product in products if (value := grade(need, product))}
