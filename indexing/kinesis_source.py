"""`tanaban sync run --from kinesis`: several consumers share the shards of a stream.

    leases taken -> each shard read -> one batch, durable -> checkpoints moved

One thread reads all shards that this consumer has leased, so their events are written together; another one renews
the leases while a batch takes its time. What may have been lost is never guessed at: everything is compared.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING

import psycopg
import structlog

from core.clients import connect_database
from core.errors import StreamDown, StreamGone
from core.settings import Settings
from indexing.failures import clear_errors
from indexing.insist import pause, pause_after
from indexing.kinesis import Stream, clear_stream_errors, create_kinesis, ensure_stream, fetch_shards, fetch_stream
from indexing.registry import Connection
from indexing.shard_leases import Lease, ShardLeases, choose_leases
from indexing.transport import OnBatch, Transport
from indexing.upkeep import compare_everything

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

log = structlog.get_logger("indexing.kinesis")

_ROUND_S = 0.25
"""A shard may be read five times a second, by all who read it together."""

_IDLE_CHECKPOINT_S = 2.0
"""How often a shard without news is noted as read."""

_READS_AT_A_TIME = 8
_MOST_RECORDS = 10_000
"""Of GetRecords."""

_TRIM_MARGIN_S = 60
"""Records are taken for lost so long before Kinesis may drop them."""


@dataclass
class _Shard:
    """A leased shard, and where we are in it."""

    lease: Lease
    checkpoint: str | None
    read_through_s: float
    """Monotonic; all that reached the shard before it is read."""
    iterator: str | None = None
    is_ended: bool = False
    has_news: bool = False
    noted_s: float = 0.0


@contextmanager
def from_kinesis(settings: Settings) -> Iterator[Transport]:
    """The stream, made where there is none, and a connection for leases and locks.

    Raises: DatabaseDown, StreamDown, StreamRefused.
    """
    client = create_kinesis(settings)
    ensure_stream(client, settings)
    stream = fetch_stream(client, settings)
    with connect_database(settings, autocommit=True) as connection:
        connection.execute("SELECT set_config('application_name', 'tanaban sync from kinesis', false)")
        yield Transport(
            f"stream {stream.name}",
            connection,
            lambda on_batch: KinesisSource(settings, client, stream, connection, on_batch),
        )


class KinesisSource:
    """One consumer of the stream."""

    def __init__(
        self, settings: Settings, client: "KinesisClient", stream: Stream, connection: Connection, on_batch: OnBatch
    ) -> None:
        self._settings, self._client, self._stream = settings, client, stream
        self._connection, self._on_batch = connection, on_batch
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}"
        self._leases = ShardLeases(connection, stream, self._owner, settings.kinesis_lease_s)
        self._shards: dict[str, _Shard] = {}
        self._balance_at_s = 0.0
        self._is_over = threading.Event()
        self._error: BaseException | None = None
        self._threads = [
            threading.Thread(target=self._run, args=(work,), name=name, daemon=True)
            for name, work in (("shards", self._read), ("leases", self._renew))
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def is_running(self) -> bool:
        return all(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """After the batch at hand; the leases are free then. Raises what had ended it by itself."""
        self._is_over.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()
        with suppress(psycopg.Error):
            self._leases.release()
        if self._error:
            raise self._error

    def _run(self, work: Callable[[], None]) -> None:
        try:
            with clear_errors():
                work()
        except BaseException as error:
            self._error = self._error or error
        self._is_over.set()

    def _renew(self) -> None:
        while not self._is_over.is_set():
            self._leases.renew()
            pause(self._settings.kinesis_lease_s / 3, self._is_over.is_set)

    def _read(self) -> None:
        self._adopt_stream()
        failures = 0
        with ThreadPoolExecutor(_READS_AT_A_TIME, "shard") as threads:
            while not self._is_over.is_set():
                started_s = time.monotonic()
                try:
                    self._balance()
                    self._read_round(threads)
                    failures = 0
                except StreamDown as trouble:
                    if not failures:
                        log.warning("The stream cannot be read; its records wait", reason=str(trouble))
                    failures += 1
                    pause_after(failures, self._is_over.is_set)
                self._is_over.wait(max(0.0, started_s + _ROUND_S - time.monotonic()))

    def _adopt_stream(self) -> None:
        loss = self._leases.find_loss()
        if loss:
            compare_everything(self._connection, f"{self._stream.name}: {loss}")
        self._leases.forget_other_streams()

    def _balance(self) -> None:
        """Now and then: follow what became of the stream, and take the leases that should be ours."""
        if time.monotonic() < self._balance_at_s:
            return
        self._follow_stream()
        for row in choose_leases(self._leases.fetch_open(), self._owner):
            lease = self._leases.take(row)
            if lease:
                log.info("A shard is read here from now on", shard=lease.shard, after=lease.checkpoint, had=row.owner)
                begun_s = time.monotonic() - lease.age_s
                self._shards[lease.shard] = _Shard(lease, lease.checkpoint, begun_s)
        self._balance_at_s = time.monotonic() + self._settings.kinesis_lease_s / 3

    def _follow_stream(self) -> None:
        """Resharding, trimming, deletion. Raises: StreamGone."""
        stream = fetch_stream(self._client, self._settings)
        if stream.created_at != self._stream.created_at:
            raise StreamGone(f"The stream {stream.name} was deleted and made anew.")
        self._stream = stream
        shards = fetch_shards(self._client, self._settings)
        trimmed = self._leases.find_trimmed(shards)
        if trimmed:
            compare_everything(self._connection, f"shards were trimmed before they were read: {', '.join(trimmed)}")
        self._leases.forget_trimmed(shards)
        self._leases.add_shards(shards)

    def _read_round(self, threads: ThreadPoolExecutor) -> None:
        shards = list(self._shards.values())
        values = [value for each in threads.map(self._read_shard, shards) for value in each]
        if values:
            self._on_batch(values)
        for shard in shards:
            self._note(shard)

    def _read_shard(self, shard: _Shard) -> list[str]:
        """The next records. A shard that answers with a passing refusal is asked in the next round."""
        asked_s = time.monotonic()
        if asked_s - shard.read_through_s > self._stream.retention_s - _TRIM_MARGIN_S:
            self._begin_anew(shard, "its next records are older than the stream keeps any")
        limit = max(1, min(_MOST_RECORDS, self._settings.capture_batch_events // len(self._shards)))
        try:
            with clear_stream_errors(self._settings):
                shard.iterator = shard.iterator or self._open_iterator(shard)
                answer = self._client.get_records(ShardIterator=shard.iterator, Limit=limit)
        except StreamDown:  # a limit, or an iterator that has expired
            shard.iterator = None
            return []
        records = answer["Records"]
        if records:
            shard.checkpoint = records[-1]["SequenceNumber"]
            shard.has_news = True
        shard.read_through_s = asked_s - answer.get("MillisBehindLatest", 0) / 1_000
        shard.iterator = answer.get("NextShardIterator")
        shard.is_ended = shard.iterator is None
        return [record["Data"].decode(errors="replace") for record in records if record["Data"]]

    def _open_iterator(self, shard: _Shard) -> str:
        name, id = self._stream.name, shard.lease.shard
        if shard.checkpoint is not None:
            try:
                return self._client.get_shard_iterator(
                    StreamName=name,
                    ShardId=id,
                    ShardIteratorType="AFTER_SEQUENCE_NUMBER",
                    StartingSequenceNumber=shard.checkpoint,
                )["ShardIterator"]
            except self._client.exceptions.InvalidArgumentException as error:
                self._begin_anew(shard, str(error))
        oldest = self._client.get_shard_iterator(StreamName=name, ShardId=id, ShardIteratorType="TRIM_HORIZON")
        return oldest["ShardIterator"]

    def _begin_anew(self, shard: _Shard, reason: str) -> None:
        """Events were lost: everything is compared, and the shard is read from its oldest record."""
        compare_everything(self._connection, f"{shard.lease.shard} was not read in time: {reason}")
        shard.checkpoint = shard.iterator = None
        shard.read_through_s = time.monotonic()

    def _note(self, shard: _Shard) -> None:
        """Move the checkpoint over what is durable now; a shard that is not ours any more is left to its owner."""
        now_s = time.monotonic()
        if not (shard.has_news or shard.is_ended) and now_s - shard.noted_s < _IDLE_CHECKPOINT_S:
            return
        if shard.is_ended:
            self._follow_stream()  # its children are known before it is forgotten: what is not read always shows
        age_s = now_s - shard.read_through_s
        is_ours = self._leases.move_checkpoint(shard.lease, shard.checkpoint, age_s, shard.is_ended)
        shard.noted_s, shard.has_news = now_s, False
        if shard.is_ended:
            log.info("A shard is read to its end", shard=shard.lease.shard)
            self._balance_at_s = 0.0
        elif not is_ours:
            log.warning("A shard is read by another consumer now", shard=shard.lease.shard)
        if shard.is_ended or not is_ours:
            del self._shards[shard.lease.shard]
