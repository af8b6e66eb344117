"""What a product page shows: the chosen variation and the links to the others. Pure."""

import re
from dataclasses import dataclass

from api import links
from catalog.details import DetailImage, DetailVariation, ProductDetails

CODE = re.compile(r"\d{8}|\d{12,14}")
"""A GTIN, such as a JAN code: each variation has its own, but nobody chooses by it."""

META_DESCRIPTION_CHARS = 120
"""About what search engines show of a Japanese page."""


@dataclass(frozen=True, slots=True)
class Choice:
    label: str
    url: str
    selected: bool
    in_stock: bool


@dataclass(frozen=True, slots=True)
class Chooser:
    """One attribute in which the variations differ, such as 色, with a link for each of its values."""

    name: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ProductView:
    chosen: DetailVariation
    images: tuple[DetailImage, ...]
    choosers: tuple[Chooser, ...]
    meta_description: str


def build_product_view(product: ProductDetails, variation_id: str | None) -> ProductView:
    """`variation_id` that the product has not: the cheapest, as without one."""
    variations = product.variations
    chosen = next((each for each in variations if each.id == variation_id), variations[0])
    return ProductView(
        chosen=chosen,
        images=_images(product, chosen),
        choosers=build_choosers(product, chosen),
        meta_description=_meta_description(product),
    )


def discount_percent(price: int, list_price: int) -> int:
    """Whole percent off, rounded down so that a shop never promises more than it gives.

    >>> discount_percent(2980, 3980), discount_percent(100, 100), discount_percent(0, 0)
    (25, 0, 0)
    """
    return (list_price - price) * 100 // list_price if price < list_price else 0


def build_choosers(product: ProductDetails, chosen: DetailVariation) -> tuple[Chooser, ...]:
    """Each value leads to the variation that has it and is most like the chosen one otherwise."""
    return tuple(
        Chooser(name, tuple(_choice(product, chosen, name, label) for label in labels))
        for name, labels in _differing(product.variations).items()
    )


def _differing(variations: tuple[DetailVariation, ...]) -> dict[str, list[str]]:
    """Attribute -> its values over all variations, for attributes that a shopper can choose by."""
    labels: dict[str, list[str]] = {}
    for variation in variations:
        for name in variation.attributes:
            label = value_label(variation, name)
            if label not in labels.setdefault(name, []):
                labels[name].append(label)
    return {name: values for name, values in labels.items() if len(values) > 1 and not all(map(CODE.fullmatch, values))}


def value_label(variation: DetailVariation, name: str) -> str:
    return "・".join(variation.attributes.get(name, ()))


def _choice(product: ProductDetails, chosen: DetailVariation, name: str, label: str) -> Choice:
    having = [each for each in product.variations if value_label(each, name) == label]
    nearest = max(having, key=lambda each: _likeness(each, chosen))
    return Choice(
        label=label,
        url=links.product_url(product.id, nearest.id),
        selected=value_label(chosen, name) == label,
        in_stock=any(each.in_stock for each in having),
    )


def _likeness(one: DetailVariation, other: DetailVariation) -> int:
    return sum(other.attributes.get(name) == values for name, values in one.attributes.items())


def _images(product: ProductDetails, chosen: DetailVariation) -> tuple[DetailImage, ...]:
    """The chosen variation's image first."""
    first = [image for image in product.images if image.url == chosen.image]
    return (*first, *(image for image in product.images if image not in first))


def _meta_description(product: ProductDetails) -> str:
    text = " ".join(product.description.split()) or f"{product.name}の商品ページです。"
    return text if len(text) <= META_DESCRIPTION_CHARS else text[: META_DESCRIPTION_CHARS - 1] + "…"
