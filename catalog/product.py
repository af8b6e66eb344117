"""What a product is: the denormalised row and the rules that give its variations, price and stock. Pure."""

import re
from dataclasses import dataclass
from typing import Any

from core.limits import SHOWN_ATTRIBUTES_MAX, SHOWN_VARIATIONS_MAX

Attributes = dict[str, tuple[str, ...]]
"""Name -> values, such as {"色": ("赤",), "サイズ": ("M", "L")}."""

SHOWN_STATUSES = frozenset({"active", "out_of_stock"})
TOKEN_SEPARATOR = "\x1f"
"""Between name and value of an attribute token; no text that a person types holds it."""

_LEADING_NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class ProductRow:
    """One product with all that its document needs, read in one snapshot (catalog/product_rows.py).

    Money is whole yen, tax included; times are milliseconds since 1970 UTC. The field order is the SQL's.
    """

    id: str
    sku: str
    name: str
    description: str | None
    status: str
    base_price_yen: int
    sale_price_yen: int | None
    stock: int
    attributes: dict[str, Any]
    published_at_ms: int | None
    created_at_ms: int
    brand_id: str | None
    brand_name: str | None
    brand_kana: str | None
    seller_id: str
    seller_name: str
    seller_status: str
    path: list[list[Any]]
    """[id, name, slug, is_active] from the root to the product's own category."""
    images: list[list[Any]]
    """[url, alt text or None], the primary one first."""
    variations: list[list[Any]]
    """Active ones: [id, sku, name, attributes, price adjustment in yen, stock], the cheapest first."""
    review_count: int
    rating_sum: int
    popularity: float | None


@dataclass(frozen=True, slots=True)
class Variation:
    """What a shopper can put into the cart: attributes inherited from the product and overridden by its own."""

    id: str
    sku: str
    name: str
    attributes: Attributes
    price_yen: int
    list_price_yen: int
    stock: int
    in_stock: bool
    image: str | None


def is_searchable(row: ProductRow) -> bool:
    """Whether the product may be shown once `published_at` has come, which each query checks by its clock.

    Status active or out of stock, a publication date, its seller and its whole category path active.
    """
    return (
        row.status in SHOWN_STATUSES
        and row.published_at_ms is not None
        and row.seller_status == "active"
        and all(is_active for _, _, _, is_active in row.path)
    )


def effective_variations(row: ProductRow) -> tuple[Variation, ...]:
    """At least one, the cheapest first; a product without active variations is its own only one."""
    inherited = read_attributes(row.attributes)
    if not row.variations:
        return (_variation(row, row.id, row.sku, "", inherited, {}, 0, row.stock),)
    return tuple(
        _variation(row, id, sku, name, inherited, read_attributes(own), adjustment, stock)
        for id, sku, name, own, adjustment, stock in row.variations[:SHOWN_VARIATIONS_MAX]
    )


def _variation(
    row: ProductRow,
    id: str,
    sku: str,
    name: str,
    inherited: Attributes,
    own: Attributes,
    adjustment_yen: int,
    stock: int,
) -> Variation:
    selling_yen = row.base_price_yen if row.sale_price_yen is None else row.sale_price_yen
    return Variation(
        id=id,
        sku=sku,
        name=name,
        attributes=inherited | own,
        price_yen=max(0, selling_yen + adjustment_yen),
        list_price_yen=max(0, row.base_price_yen + adjustment_yen),
        stock=stock,
        in_stock=stock > 0 and row.status == "active",
        image=_variation_image(row.images, own),
    )


def _variation_image(images: list[list[Any]], own: Attributes) -> str | None:
    """The image whose alt text names one of the variation's own values (赤, M), else the primary one."""
    for url, alt in images:
        words = alt.split() if alt else ()
        if any(value in words for values in own.values() for value in values):
            return str(url)
    return str(images[0][0]) if images else None


def read_attributes(stored: dict[str, Any]) -> Attributes:
    """Attributes as text, from what a JSON column may hold: a list, or one text, number or truth value.

    >>> read_attributes({"色": ["赤", "青"], "重さ": 1.5, "空": [], "防水": True})
    {'色': ('赤', '青'), '重さ': ('1.5',), '防水': ('はい',)}
    """
    attributes: Attributes = {}
    for name, value in list(stored.items())[:SHOWN_ATTRIBUTES_MAX]:
        values = value if isinstance(value, list) else [value]
        texts = tuple(dict.fromkeys(filter(None, map(_attribute_text, values))))
        if texts and name.strip():
            attributes[name.strip()] = texts[:SHOWN_ATTRIBUTES_MAX]
    return attributes


def _attribute_text(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    return str(value) if isinstance(value, (int, float)) else ""


def attribute_token(name: str, value: str) -> str:
    """How name and value are stored together, and how a filter asks for them."""
    return f"{name}{TOKEN_SEPARATOR}{value}"


def split_attribute_token(token: str) -> tuple[str, str]:
    """Name and value of a token.

    >>> split_attribute_token(attribute_token("色", "赤"))
    ('色', '赤')
    """
    name, _, value = token.partition(TOKEN_SEPARATOR)
    return name, value


def leading_number(value: str) -> float | None:
    """The number that a value begins with.

    >>> leading_number("1,500ml"), leading_number("約3kg")
    (1500.0, None)
    """
    match = _LEADING_NUMBER.match(value)
    return float(match.group().replace(",", "")) if match else None
