"""The vocabulary that texts are read with, kept current: synonyms within seconds, names within a minute."""

from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic

import psycopg
import structlog
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from catalog.queries import fetch_brands
from catalog.search_queries import PopularQuery, fetch_popular_queries
from catalog.synonyms import SynonymSource
from catalog.tree import CategoryTree
from core.metrics import DEPENDENCY_FAILURES
from core.settings import Settings
from search.vocabulary import Vocabulary, build_brands, build_categories, build_synonym_table

log = structlog.get_logger("api.vocabulary")

SYNONYMS_LIFE_S = 2.0
"""After so long a request asks PostgreSQL whether a synonym has changed, which is one number."""

NAMES_LIFE_S = 60.0
"""Of brands, categories and what shoppers ask for, which are read anew as a whole."""


class VocabularyCache:
    """One per process. `get` blocks, `peek` never does: an event loop peeks first and else sends `get` to a thread."""

    def __init__(self, pool: ConnectionPool[psycopg.Connection[TupleRow]], settings: Settings) -> None:
        self._pool = pool
        self._settings = settings
        self._source = SynonymSource(pool)
        self._held = Vocabulary(build_synonym_table(()))
        self._synonyms_until = self._names_until = 0.0
        self._is_asked_failing = False
        self.is_failing = False
        """PostgreSQL did not answer last time: who needs no newest synonym goes on with `held`."""

    @property
    def held(self) -> Vocabulary:
        return self._held

    def peek(self) -> Vocabulary | None:
        return self._held if monotonic() < self._synonyms_until else None

    def get(self, tree: CategoryTree) -> Vocabulary:
        """While PostgreSQL is away, what was known last (I14)."""
        try:
            self._refresh(tree)
            self.is_failing = False
        except psycopg.Error as error:
            DEPENDENCY_FAILURES.labels("postgresql").inc()
            if not self.is_failing:
                log.warning("Synonyms and brands are as they were: PostgreSQL does not answer", error=str(error))
            self.is_failing = True
        self._synonyms_until = monotonic() + SYNONYMS_LIFE_S
        return self._held

    def _refresh(self, tree: CategoryTree) -> None:
        rows = self._source.poll()
        if rows is not None:
            self._held = replace(self._held, synonyms=build_synonym_table(rows))
        if self._names_until <= monotonic():
            with self._pool.connection() as connection:
                brands = build_brands(fetch_brands(connection))
            asked = self._fetch_asked()
            self._held = replace(self._held, brands=brands, categories=build_categories(tree), asked=asked)
            self._names_until = monotonic() + NAMES_LIFE_S

    def _fetch_asked(self) -> tuple[PopularQuery, ...]:
        """As before where they cannot be read, as of a database that was not migrated yet: names do not need them."""
        if not self._settings.query_log:
            return ()
        try:
            with self._pool.connection() as connection:
                asked = fetch_popular_queries(connection, self._settings, datetime.now(UTC))
            self._is_asked_failing = False
        except psycopg.Error as error:
            DEPENDENCY_FAILURES.labels("postgresql").inc()
            if not self._is_asked_failing:
                log.warning("What shoppers search for is suggested as it was", error=str(error))
            self._is_asked_failing = True
            return self._held.asked
        return asked
