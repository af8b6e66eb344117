"""One transaction of an import: from given lines to rows."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from catalog.catalog_line import LineRefused, check_line
from catalog.exporter import fetch_lines
from catalog.import_merge import merge_line
from catalog.import_reader import Given
from catalog.import_references import References
from catalog.import_seen import SeenSkus
from catalog.import_writes import ProductRecord, fetch_variation_owners, lock_products, write_products


class Batch:
    """`load` once; then the counts and the refused lines tell what it did."""

    def __init__(
        self,
        connection: psycopg.Connection[TupleRow],
        references: References,
        seen: SeenSkus,
        partial: bool,
        now: datetime,
    ) -> None:
        self._connection = connection
        self._references = references
        self._seen = seen
        self._partial = partial
        self._now = now
        self.created = self.updated = self.unchanged = 0
        self.refused: list[tuple[Given, str]] = []

    def load(self, batch: list[Given]) -> None:
        fresh = self._without_repeated(batch)
        published = lock_products(self._connection, [given.sku for given in fresh])
        stored = self._fetch_stored(list(published))
        records = [record for given in fresh if (record := self._check(given, stored, published))]
        self._write(self._without_foreign_variations(records), published.keys())

    def _without_repeated(self, batch: list[Given]) -> list[Given]:
        """The first line of a sku counts: with two, nobody can say which one is right."""
        first = self._seen.mark((given.sku, given.number) for given in batch)
        fresh = []
        for given in batch:
            if first[given.sku] == given.number:
                fresh.append(given)
            else:
                self.refused.append((given, f"sku: {given.sku!r} is already on line {first[given.sku]}"))
        return fresh

    def _fetch_stored(self, skus: list[str]) -> dict[str, dict[str, Any]]:
        return {line["sku"]: line for line in fetch_lines(self._connection, skus)} if self._partial else {}

    def _check(
        self, given: Given, stored: dict[str, dict[str, Any]], published: dict[str, datetime | None]
    ) -> ProductRecord | None:
        try:
            line = check_line(merge_line(stored.get(given.sku), given.value) if self._partial else given.value)
            ids = self._references.resolve(line)
        except LineRefused as refusal:
            self.refused.append((given, str(refusal)))
            return None
        at = line.published_at if "published_at" in line.model_fields_set else published.get(given.sku, self._now)
        parts = [not self._partial or part in given.value for part in ("images", "variations")]
        return ProductRecord(given, line, *ids, at, *parts)

    def _without_foreign_variations(self, records: list[ProductRecord]) -> list[ProductRecord]:
        """A variation belongs to one product for good."""
        named = [variation.sku for record in records for variation in record.line.variations]
        owners = fetch_variation_owners(self._connection, named)
        good = []
        for record in records:
            skus = [variation.sku for variation in record.line.variations]
            foreign = next((sku for sku in skus if owners.get(sku, record.line.sku) != record.line.sku), None)
            if foreign is None:
                owners |= dict.fromkeys(skus, record.line.sku)
                good.append(record)
            else:
                self._refuse(record, f"variations: {foreign!r} belongs to the product {owners[foreign]!r}")
        return good

    def _write(self, records: list[ProductRecord], existing: Collection[str]) -> None:
        """All at once; what PostgreSQL refuses all the same is found by halves, and the rest is loaded."""
        if not records:
            return
        try:
            with self._connection.transaction():
                changed = write_products(self._connection, records)
        except (psycopg.errors.IntegrityError, psycopg.errors.DataError) as error:
            if len(records) == 1:
                self._refuse(records[0], f"PostgreSQL refuses it: {error.diag.message_primary}")
                return
            middle = len(records) // 2
            self._write(records[:middle], existing)
            self._write(records[middle:], existing)
            return
        created = sum(record.line.sku not in existing for record in records)
        self.created += created
        self.updated += len(changed) - created
        self.unchanged += len(records) - len(changed)

    def _refuse(self, record: ProductRecord, reason: str) -> None:
        self.refused.append((record.given, reason))
