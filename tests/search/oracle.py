"""What a search must answer, by a full scan in plain Python: of the search package it knows only the request."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog.details import average_rating
from catalog.product import ProductRow, Variation, effective_variations, is_searchable
from search.request import Filters, SearchRequest

ANYTHING = ""
"""No facet's own filter is left out."""


@dataclass(frozen=True)
class Scan:
    """The products that are shown and have the text's words, before filters."""

    rows: Sequence[ProductRow]
    filters: Filters

    def matching(self, leave_out: str = ANYTHING) -> list[tuple[ProductRow, list[Variation]]]:
        """Each product with its variations that satisfy every filter but the one left out."""
        found = []
        for row in self.rows:
            variations = [each for each in effective_variations(row) if self._variation_fits(each, leave_out)]
            if variations and self._product_fits(row, leave_out):
                found.append((row, variations))
        return found

    def _product_fits(self, row: ProductRow, leave_out: str) -> bool:
        filters = self.filters
        conditions = {
            "category": filters.category_id is None or str(filters.category_id) in {id for id, _, _, _ in row.path},
            "brand": not filters.brands or not {row.brand_id, row.brand_name}.isdisjoint(filters.brands),
            "seller": not filters.sellers or not {row.seller_id, row.seller_name}.isdisjoint(filters.sellers),
            "rating": filters.rating_min is None or (average_rating(row) or 0) >= filters.rating_min,
        }
        return all(holds for facet, holds in conditions.items() if facet != leave_out)

    def _variation_fits(self, variation: Variation, leave_out: str) -> bool:
        filters = self.filters
        low, high = filters.price_min_yen or 0, filters.price_max_yen
        conditions = {
            "price": low <= variation.price_yen and (high is None or variation.price_yen <= high),
            "in_stock": variation.in_stock or not filters.in_stock,
        } | {
            name: not set(values).isdisjoint(variation.attributes.get(name, ())) for name, values in filters.attributes
        }
        return all(holds for facet, holds in conditions.items() if facet != leave_out)

    def total(self) -> int:
        return len(self.matching())

    def prices(self) -> dict[str, int]:
        """Product id -> price of its cheapest matching variation."""
        return {row.id: min(each.price_yen for each in variations) for row, variations in self.matching()}

    def category_counts(self) -> Counter[str]:
        """By slug, ancestors included."""
        return Counter(slug for row, _ in self.matching("category") for _, _, slug, _ in row.path)

    def brand_counts(self) -> Counter[str]:
        return Counter(row.brand_name for row, _ in self.matching("brand") if row.brand_name)

    def seller_counts(self) -> Counter[str]:
        return Counter(row.seller_name for row, _ in self.matching("seller"))

    def rating_count(self, at_least: float) -> int:
        return sum((average_rating(row) or 0) >= at_least for row, _ in self.matching("rating"))

    def stock_count(self) -> int:
        return sum(any(each.in_stock for each in variations) for _, variations in self.matching("in_stock"))

    def price_sets(self) -> list[set[int]]:
        """For each product the prices of its variations that match but for the price."""
        return [{each.price_yen for each in variations} for _, variations in self.matching("price")]

    def attribute_counts(self, name: str) -> Counter[str]:
        """Products by value of one attribute, without its own filter; absent values are absent."""
        is_filtered = name in dict(self.filters.attributes)
        return Counter(
            value
            for _, variations in self.matching(name if is_filtered else ANYTHING)
            for value in {value for each in variations for value in each.attributes.get(name, ())}
        )


def scan(rows: Iterable[ProductRow], request: SearchRequest, now: datetime) -> Scan:
    minute_ms = int(now.timestamp()) // 60 * 60_000
    words = set(request.text.split())
    return Scan(
        [
            row
            for row in rows
            if is_searchable(row) and (row.published_at_ms or 0) <= minute_ms and words <= _words(row)
        ],
        request.filters,
    )


def _words(row: ProductRow) -> set[str]:
    """The text fields' words: exact because the catalogs of the property test write latin words between spaces."""
    texts = [row.name, row.description or "", row.brand_name or "", *(name for _, name, _, _ in row.path)]
    for variation in effective_variations(row):
        texts += [value for values in variation.attributes.values() for value in values]
    return {word for text in texts for word in text.lower().split()}
