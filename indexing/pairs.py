"""Pairs of a version and a snapshot, taken together so that versions order snapshots (I2).

A document is written whole with the version of the snapshot that its rows were read in. A larger version saw
everything that a smaller one saw, so OpenSearch's `external_gte` keeps the newest truth whatever the order in
which requests arrive. docs/architecture.md says why nothing is stale; each step below was left out once in a model
of the protocol, and a stale document was the end of it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg

from core.clients import connect_database
from core.errors import GenerationGone, PairExpired, UnsafeCluster
from core.settings import Settings
from core.types import GenerationId, IndexVersion
from indexing.locks import Lock
from indexing.registry import WRITTEN_STATES, Connection, Generation, fetch_generations


@dataclass(frozen=True, slots=True)
class Pair:
    """A version, its snapshot, and the generations that exist in that snapshot (I3)."""

    version: IndexVersion
    snapshot: str
    """As `pg_current_snapshot()` writes it, such as 100:104:100,102."""
    targets: tuple[Generation, ...]
    taken_at_s: float
    life_s: float

    def check_age(self) -> None:
        """Call right before each send: a request must not outlive what later purges rely on (D of I5).

        Raises: PairExpired: take a new pair and read the rows again.
        """
        age_s = time.monotonic() - self.taken_at_s
        if age_s > self.life_s:
            raise PairExpired(f"The rows were read {age_s:.0f} s ago, over {self.life_s:.0f} s: read them again.")

    def target(self, id: GenerationId) -> Generation:
        """The generation, if it is still written. Raises: GenerationGone."""
        for generation in self.targets:
            if generation.id == id:
                return generation
        raise GenerationGone(f"Generation {id} is not built or served any more; start again.")


class PairSource:
    """Hands out pairs on a connection of its own. One thread, one source.

    with pairs.take() as (pair, connection):
        rows = fetch_product_rows(connection, ...)
    writer.write(pair, ...)
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._connection: Connection | None = None

    @contextmanager
    def take(self) -> Iterator[tuple[Pair, Connection]]:
        """A pair, and its connection inside the pair's snapshot until the block ends.

        The pair stays good for sending after the block, for `bulk_timeout_s`. Any error closes the connection,
        and with it the lock and the snapshot; the next call opens another one.
        """
        try:
            connection = self._connection = self._connection or _open(self._settings)
            yield _take(connection, self._settings.bulk_timeout_s), connection
            connection.execute("COMMIT")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection; a later `take` opens a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()


def _open(settings: Settings) -> Connection:
    """In autocommit: an implicit BEGIN would make the lock the statement that takes the snapshot.

    The server ends a holder that hangs between the steps. No prepared statements: a generic plan would read each
    page from the start of the index; no JIT: it costs more than a page.
    """
    connection = connect_database(settings, autocommit=True, prepare_threshold=None)
    wait = f"{settings.bulk_timeout_s}s"
    for name, value in (
        ("application_name", "tanaban pairs"),
        ("synchronous_commit", "on"),
        ("jit", "off"),
        ("lock_timeout", wait),
        ("idle_in_transaction_session_timeout", wait),
        ("idle_session_timeout", f"{2 * settings.bulk_timeout_s + 60}s"),
    ):
        connection.execute("SELECT set_config(%s, %s, false)", [name, value])
    return connection


def _take(connection: Connection, life_s: float) -> Pair:
    """The critical section, step by step as I2 says. The clock starts before it."""
    taken_at_s = time.monotonic()
    connection.execute("SELECT pg_advisory_lock(%s)", [Lock.PAIR])
    version = _only(connection, "SELECT nextval('tanaban.index_version')")
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    snapshot = _only(connection, "SELECT pg_current_snapshot()::text")
    connection.execute("SELECT pg_advisory_unlock(%s)", [Lock.PAIR])
    targets = tuple(fetch_generations(connection, WRITTEN_STATES))
    return Pair(IndexVersion(int(version)), str(snapshot), targets, taken_at_s, life_s)


def ensure_safe_sequence(connection: Connection) -> None:
    """Check that versions come one by one and from a primary.

    Raises: UnsafeCluster, with the statement that mends it.
    """
    sql = "SELECT seqcache, seqincrement, seqcycle, pg_is_in_recovery() FROM pg_sequence WHERE seqrelid = %s::regclass"
    row = connection.execute(sql, ["tanaban.index_version"]).fetchone()
    if row is None or row[:3] != (1, 1, False):
        raise UnsafeCluster(
            "Versions would come out of order. Run: ALTER SEQUENCE tanaban.index_version INCREMENT 1 CACHE 1 NO CYCLE"
        )
    if row[3]:
        raise UnsafeCluster("TANABAN_DATABASE_URL is a standby, which hands out no versions. Use the primary.")


def _only(connection: Connection, sql: str) -> Any:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return row[0]
