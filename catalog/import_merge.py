"""A line of a price or stock feed, laid over the product that the database has. Pure."""

from collections.abc import Mapping
from typing import Any

from catalog.catalog_line import LineRefused

_GO_TOGETHER = {"category": "category_slugs", "brand": "brand_kana"}
"""A new category or brand must not take the old one's slugs or kana."""


def merge_line(stored: Mapping[str, Any] | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """The stored line with the given keys; variations by their sku, each with its given keys.

    >>> merge_line({"sku": "A", "price": 100, "stock": 1}, {"sku": "A", "stock": 5})
    {'sku': 'A', 'price': 100, 'stock': 5}

    Raises: LineRefused for a product or a variation that does not exist.
    """
    if stored is None:
        raise LineRefused(f"sku: {given['sku']!r} is not in the catalog; a partial import only updates")
    kept = {key: value for key, value in stored.items() if not _goes_with_given(key, given)}
    merged = kept | dict(given)
    if isinstance(given.get("variations"), list):
        merged["variations"] = _merge_variations(stored["variations"], given["variations"])
    return merged


def _goes_with_given(key: str, given: Mapping[str, Any]) -> bool:
    return any(key == follower and leader in given for leader, follower in _GO_TOGETHER.items())


def _merge_variations(stored: list[dict[str, Any]], given: list[Any]) -> list[Any]:
    """All stored ones, the given ones changed; what is no object stays for the check to refuse."""
    merged: dict[str, Any] = {variation["sku"]: variation for variation in stored}
    strange = []
    for variation in given:
        sku = variation.get("sku") if isinstance(variation, dict) else None
        if not isinstance(sku, str):
            strange.append(variation)
        elif sku not in merged:
            raise LineRefused(f"variations: {sku!r} is not in the catalog; a partial import only updates")
        else:
            merged[sku] = {**merged[sku], **variation}
    return [*merged.values(), *strange]
