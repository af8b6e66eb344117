"""Categories, brands and sellers of an import: found by their names, made when they are new."""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import TupleRow

from catalog.catalog_line import CatalogLine, LineRefused

DEFAULT_SELLER = "直営ショップ"
"""Sells what no line names a seller for."""

_KEPT_MAX = 100_000
"""Names that are remembered; a file with more forgets them and asks the database again."""


class References:
    """Ids by name, for the lines of one import. `slugify` makes the slug of a new category from its name."""

    def __init__(self, connection: psycopg.Connection[TupleRow], slugify: Callable[[str], str]) -> None:
        self._connection = connection
        self._slugify = slugify
        self._ids: dict[tuple[str, ...], UUID] = {}
        self._kana: dict[str, str] = {}

    def forget(self) -> None:
        """After a rollback: what was made is gone."""
        self._ids.clear()
        self._kana.clear()

    def resolve(self, line: CatalogLine) -> tuple[UUID, UUID, UUID | None]:
        """Ids of the line's category, seller and brand.

        Raises: LineRefused, when the line contradicts an earlier one or PostgreSQL refuses a name.
        """
        if len(self._ids) > _KEPT_MAX:
            self.forget()
        try:
            return (
                self._category(tuple(line.category), line.category_slugs),
                self._party("sellers", line.seller or DEFAULT_SELLER),
                self._brand(line.brand, line.brand_kana) if line.brand else None,
            )
        except (psycopg.errors.IntegrityError, psycopg.errors.DataError) as error:
            raise LineRefused(
                f"category, brand or seller: PostgreSQL refuses it: {error.diag.message_primary}"
            ) from None

    def _category(self, path: tuple[str, ...], slugs: Sequence[str] | None) -> UUID:
        found = self._ids.get(("category", *path))
        if found:
            return found
        parent_id = self._category(path[:-1], slugs and slugs[:-1]) if len(path) > 1 else None
        identifier = self._find_category(parent_id, path[-1]) or self._make_category(
            parent_id, path[-1], slugs[-1] if slugs else self._slugify(path[-1]) or "category"
        )
        self._ids["category", *path] = identifier
        return identifier

    def _find_category(self, parent_id: UUID | None, name: str) -> UUID | None:
        select = f"SELECT id FROM categories WHERE {_below(parent_id)} AND name = %(name)s"
        row = self._connection.execute(select.encode(), {"parent_id": parent_id, "name": name}).fetchone()
        return row[0] if row else None

    def _make_category(self, parent_id: UUID | None, name: str, slug: str) -> UUID:
        """Behind its siblings; a slug that is taken gets a number: kutsu, kutsu-2, ..."""
        insert = (
            "INSERT INTO categories (parent_id, name, slug, sort_order) VALUES (%(parent_id)s, %(name)s, %(slug)s, "
            f"(SELECT coalesce(max(sort_order) + 1, 0) FROM categories WHERE {_below(parent_id)})) "
            "ON CONFLICT DO NOTHING RETURNING id"
        )
        for number in count(1):
            numbered = slug if number == 1 else f"{slug}-{number}"
            row = self._make(insert, {"parent_id": parent_id, "name": name, "slug": numbered})
            identifier: UUID | None = row[0] if row else self._find_category(parent_id, name)
            if identifier:
                return identifier
        raise AssertionError("count() does not end")

    def _brand(self, name: str, kana: str | None) -> UUID:
        """The brand with the line's kana; lines that give one brand two are refused, or each import would differ."""
        identifier = self._party("brands", name)
        if kana is None or self._kana.get(name) == kana:
            return identifier
        if name in self._kana:
            raise LineRefused(f"brand_kana: {kana!r} contradicts {self._kana[name]!r}, which an earlier line gives")
        self._connection.execute(
            "UPDATE brands SET name_kana = %s WHERE id = %s AND name_kana IS DISTINCT FROM %s", [kana, identifier, kana]
        )
        self._kana[name] = kana
        return identifier

    def _party(self, table: str, name: str) -> UUID:
        """A brand or a seller by its NFKC name, as catalog_line has it."""
        found = self._ids.get((table, name))
        if found:
            return found
        insert, select = _PARTIES[table]
        row = self._make(insert, {"name": name})
        row = row or self._connection.execute(select, [name]).fetchone()
        assert row is not None
        identifier: UUID = row[0]
        self._ids[table, name] = identifier
        return identifier

    def _make(self, statement: str, values: dict[str, Any]) -> TupleRow | None:
        """In a savepoint: what PostgreSQL refuses costs the line, not the batch."""
        with self._connection.transaction():
            return self._connection.execute(statement.encode(), values).fetchone()


def _below(parent_id: UUID | None) -> str:
    """Said so that PostgreSQL finds it by the index; IS NOT DISTINCT FROM reads every category."""
    return "parent_id = %(parent_id)s" if parent_id else "parent_id IS NULL"


_PARTIES = {
    "brands": (
        "INSERT INTO brands (name) VALUES (%(name)s) ON CONFLICT (name) DO NOTHING RETURNING id",
        "SELECT id FROM brands WHERE name = %s",
    ),
    "sellers": (
        "INSERT INTO sellers (company_name, status, approved_at) VALUES (%(name)s, 'active', now()) "
        "ON CONFLICT (company_name) DO NOTHING RETURNING id",
        "SELECT id FROM sellers WHERE company_name = %s",
    ),
}
