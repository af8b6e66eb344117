"""What a judgement may ask of a product, from its line of a catalog file. Pure."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class JudgedProduct:
    """`categories` are the slugs from the root to the product's own; `prices_yen` those of everything to buy."""

    sku: str
    name: str
    categories: frozenset[str]
    brand: str | None
    attributes: dict[str, frozenset[str]]
    """The product's own and those of its variations: a shopper finds the red one below a product that has it."""
    prices_yen: tuple[int, ...]


def build_product(line: dict[str, Any]) -> JudgedProduct:
    """
    >>> line = {"sku": "A-1", "name": "傘", "category_slugs": ["wear", "umbrellas"], "brand": None, "price": 1980}
    >>> build_product({**line, "sale_price": None, "attributes": {"色": ["赤"]}, "variations": []}).prices_yen
    (1980,)
    """
    selling = line["price"] if line["sale_price"] is None else line["sale_price"]
    variations = line["variations"]
    values: dict[str, set[str]] = {}
    for attributes in (line["attributes"], *(variation["attributes"] for variation in variations)):
        for name, some in attributes.items():
            values.setdefault(name, set()).update(some)
    return JudgedProduct(
        sku=line["sku"],
        name=line["name"],
        categories=frozenset(line["category_slugs"]),
        brand=line["brand"],
        attributes={name: frozenset(some) for name, some in values.items()},
        prices_yen=tuple(selling + each["price_adjustment"] for each in variations) or (selling,),
    )
