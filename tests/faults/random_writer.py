"""A seeded shop: several sessions edit the catalog in interleaved transactions, short and long, some rolled back.

with RandomWriter(settings, seed=7, steps=300) as writer:
    ...faults, while writer.is_running()...

The seed decides every statement; only what is struck between them differs from run to run. A session of its own waits
for no lock for long: an edit that meets one is left out, as is one that the database refuses.
"""

import threading
import time
from collections import Counter
from contextlib import suppress
from random import Random
from types import TracebackType
from typing import Self

import psycopg

from catalog.popularity_fold import fold_popularity
from core.clients import connect_database
from core.errors import DatabaseDown
from core.settings import Settings
from indexing.registry import Connection
from tests.faults import edits
from tests.faults.edits import Edit, NothingThere

_LOST_S = 60
"""How long PostgreSQL may be away."""


class RandomWriter:
    """One thread; `steps` edits, then it ends by itself."""

    def __init__(
        self,
        settings: Settings,
        seed: int,
        steps: int = 300,
        pause_s: float = 0.01,
        sessions: int = 4,
        without: tuple[Edit, ...] = (),
    ) -> None:
        self.seed, self.counts = seed, Counter[str]()
        self._settings, self._steps, self._pause_s = settings, steps, pause_s
        self._rng = Random(seed)
        self._weights = {edit: weight for edit, weight in edits.WEIGHTS.items() if edit not in without}
        self._alone = [edit for edit in edits.ALONE if edit not in without]
        self._sessions = [_Session(settings, self.counts) for _ in range(sessions)]
        self._thread = threading.Thread(target=self._run, name="random writer")
        self._error: BaseException | None = None

    def fill(self, products: int = 40) -> None:
        """A shop to begin with."""
        with connect_database(self._settings) as connection:
            for _ in range(3):
                edits.insert_user(connection, self._rng)
            for _ in range(4):
                name, kana = edits.text(self._rng), edits.text(self._rng)
                row = [edits.new_id(self._rng), name]
                connection.execute("INSERT INTO brands (id, name, name_kana) VALUES (%s, %s, %s)", [*row, kana])
                connection.execute("INSERT INTO sellers (id, company_name, status) VALUES (%s, %s, 'active')", row)
            root = [edits.new_id(self._rng), edits.text(self._rng)]
            connection.execute("INSERT INTO categories (id, name, slug) VALUES (%s, %s, 'root')", root)
            for _ in range(8):
                edits.insert_category(connection, self._rng)
            for _ in range(products):
                edits.insert_product(connection, self._rng)

    def is_running(self) -> bool:
        return self._thread.is_alive()

    def __enter__(self) -> Self:
        print(f"random writer: seed {self.seed}, {self._steps} steps")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._steps = 0
        self._thread.join()
        print(f"random writer: seed {self.seed} did {dict(sorted(self.counts.items()))}")
        if self._error is not None and error is None:
            raise self._error

    def _run(self) -> None:
        try:
            while self._steps > 0:
                self._steps -= 1
                self._step()
                time.sleep(self._pause_s)
            self._end_all()
        except BaseException as error:
            self._error = error
        finally:
            for session in self._sessions:
                session.close()

    def _step(self) -> None:
        chance = self._rng.random()
        if chance < 0.01:
            self._end_all()
            self._sessions[0].do(self._rng.choice(self._alone), Random(self._rng.getrandbits(64)), alone=True)
        elif chance < 0.03:
            self._sessions[0].fold(self._settings)
        else:
            (edit,) = self._rng.choices(list(self._weights), list(self._weights.values()))
            self._rng.choice(self._sessions).do(edit, Random(self._rng.getrandbits(64)))

    def _end_all(self) -> None:
        for session in self._rng.sample(self._sessions, len(self._sessions)):
            session.end(self._rng)


class _Session:
    """A connection that opens transactions and leaves them open for a while."""

    def __init__(self, settings: Settings, counts: Counter[str]) -> None:
        self._settings, self._counts = settings, counts
        self._connection: Connection | None = None
        self._steps_left = 0

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def do(self, edit: Edit, rng: Random, alone: bool = False) -> None:
        """One edit behind a savepoint; now and then the savepoint is rolled back all the same."""
        try:
            connection = self._begin(rng)
            connection.execute(f"SET LOCAL lock_timeout = {2_000 if alone else 20}; SAVEPOINT edit")
            try:
                edit(connection, rng)
                undone = rng.random() < 0.1
            except (psycopg.errors.IntegrityError, psycopg.errors.OperationalError, NothingThere):
                if connection.closed:
                    raise
                undone = True
            connection.execute("ROLLBACK TO edit" if undone else "RELEASE edit")
            self._counts["undone" if undone else getattr(edit, "__name__", "")] += 1
            self._steps_left -= 1
            if self._steps_left <= 0 or alone:
                self.end(rng)
        except psycopg.OperationalError:
            self._forget()

    def end(self, rng: Random) -> None:
        """Commit, now and then roll back."""
        if self._steps_left == 0 and (self._connection is None or not self._is_open(self._connection)):
            return
        self._steps_left = 0
        try:
            if self._connection is not None:
                self._connection.execute("ROLLBACK" if rng.random() < 0.15 else "COMMIT")
        except psycopg.OperationalError:
            self._forget()

    def fold(self, settings: Settings) -> None:
        """Fold popularity as the worker does; left out when an open transaction is in its way."""
        with suppress(DatabaseDown, psycopg.OperationalError), connect_database(settings, autocommit=True) as folder:
            folder.execute("SET lock_timeout = '100ms'")
            fold_popularity(folder, settings)
            self._counts["fold"] += 1

    def _begin(self, rng: Random) -> Connection:
        if self._connection is None:
            self._connection = self._connect()
        if not self._is_open(self._connection):
            level = rng.choice(["READ COMMITTED", "READ COMMITTED", "REPEATABLE READ"])
            self._connection.execute(f"BEGIN ISOLATION LEVEL {level}")
            self._steps_left = rng.choice([1, 1, 1, 2, 3, 5, 20])
        return self._connection

    @staticmethod
    def _is_open(connection: Connection) -> bool:
        return connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE

    def _forget(self) -> None:
        """PostgreSQL went away, and the transaction with it."""
        if self._connection is not None:
            self._connection.close()
        self._connection, self._steps_left = None, 0
        self._counts["lost"] += 1

    def _connect(self) -> Connection:
        until_s = time.monotonic() + _LOST_S
        while True:
            try:
                return connect_database(self._settings, autocommit=True)
            except DatabaseDown:
                if time.monotonic() > until_s:
                    raise
                time.sleep(0.1)
