"""A product as its page and `GET /v1/products/{id}` show it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from catalog.product import ProductRow, effective_variations, is_searchable, read_attributes
from core.types import Yen


@dataclass(frozen=True, slots=True)
class NamedRef:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Crumb:
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class DetailImage:
    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class DetailVariation:
    id: str
    sku: str
    name: str
    attributes: dict[str, list[str]]
    price: Yen
    list_price: Yen
    stock: int
    in_stock: bool
    image: str | None


@dataclass(frozen=True, slots=True)
class ProductDetails:
    """`price` is the lowest of the variations', tax included; `breadcrumb` goes from the root category down.

    `shown_from` is the publication time; `is_shown(now)` tells whether shoppers may see the product.
    """

    id: str
    sku: str
    name: str
    description: str
    status: str
    searchable: bool
    shown_from: str | None
    price: Yen
    list_price: Yen
    in_stock: bool
    brand: NamedRef | None
    seller: NamedRef
    breadcrumb: tuple[Crumb, ...]
    attributes: dict[str, list[str]]
    images: tuple[DetailImage, ...]
    variations: tuple[DetailVariation, ...]
    rating: float | None
    review_count: int

    def is_shown(self, now: datetime) -> bool:
        return self.searchable and self.shown_from is not None and datetime.fromisoformat(self.shown_from) <= now

    def to_json(self) -> bytes:
        return orjson.dumps(self)

    @classmethod
    def from_json(cls, data: bytes) -> "ProductDetails":
        """Raises: ValueError, TypeError or KeyError when the bytes are not what `to_json` gave."""
        raw: dict[str, Any] = orjson.loads(data)
        return cls(
            **raw
            | {
                "brand": NamedRef(**raw["brand"]) if raw["brand"] else None,
                "seller": NamedRef(**raw["seller"]),
                "breadcrumb": tuple(Crumb(**crumb) for crumb in raw["breadcrumb"]),
                "images": tuple(DetailImage(**image) for image in raw["images"]),
                "variations": tuple(DetailVariation(**variation) for variation in raw["variations"]),
            }
        )


def average_rating(row: ProductRow) -> float | None:
    """Mean of the ratings (1 to 5) to two places; None without reviews."""
    return round(row.rating_sum / row.review_count, 2) if row.review_count else None


def build_details(row: ProductRow) -> ProductDetails:
    """What the page shows, from the very row that the index is built from."""
    variations = effective_variations(row)
    cheapest = variations[0]
    return ProductDetails(
        id=row.id,
        sku=row.sku,
        name=row.name,
        description=row.description or "",
        status=row.status,
        searchable=is_searchable(row),
        shown_from=_iso(row.published_at_ms),
        price=Yen(cheapest.price_yen),
        list_price=Yen(cheapest.list_price_yen),
        in_stock=any(variation.in_stock for variation in variations),
        brand=NamedRef(row.brand_id, row.brand_name) if row.brand_id and row.brand_name else None,
        seller=NamedRef(row.seller_id, row.seller_name),
        breadcrumb=tuple(Crumb(slug, name) for _, name, slug, _ in row.path),
        attributes={name: list(values) for name, values in read_attributes(row.attributes).items()},
        images=tuple(DetailImage(url, alt or row.name) for url, alt in row.images),
        variations=tuple(
            DetailVariation(
                id=variation.id,
                sku=variation.sku,
                name=variation.name,
                attributes={name: list(values) for name, values in variation.attributes.items()},
                price=Yen(variation.price_yen),
                list_price=Yen(variation.list_price_yen),
                stock=variation.stock,
                in_stock=variation.in_stock,
                image=variation.image,
            )
            for variation in variations
        ),
        rating=average_rating(row),
        review_count=row.review_count,
    )


def _iso(milliseconds: int | None) -> str | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1_000, UTC).isoformat()
