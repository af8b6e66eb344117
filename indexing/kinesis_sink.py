"""Change events on their way into the stream: none is acknowledged that is not in it (I6)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
import structlog

from core.errors import Cancelled, StreamDown, UnreadableEvent
from core.settings import Settings
from indexing.changes import DEPENDENCIES, Change, Direct, read_change
from indexing.insist import pause_after
from indexing.kinesis import clear_stream_errors
from indexing.progress import ShouldStop

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

log = structlog.get_logger("indexing.kinesis")

# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html; partition keys count.
_REQUEST_RECORDS = 500
_REQUEST_BYTES = 5 * 2**20
_RECORD_BYTES = 2**20

_UNREADABLE = "unreadable"
"""Partition key of an event that names no row; whoever reads it compares everything."""

_UNREADABLE_CHARS = 1_000
"""Enough of it to be recognised in the consumer's log."""


@dataclass(frozen=True, slots=True)
class Record:
    data: bytes
    partition_key: str

    @property
    def size_bytes(self) -> int:
        """As Kinesis counts it."""
        return len(self.data) + len(self.partition_key)


class KinesisSink:
    """Puts Debezium's envelopes into the stream. One thread."""

    def __init__(self, client: "KinesisClient", settings: Settings, should_stop: ShouldStop) -> None:
        self._client, self._settings, self._should_stop = client, settings, should_stop

    def put_batch(self, values: Sequence[str]) -> None:
        """Returns when the stream has them all.

        Raises: Cancelled, StreamGone, StreamRefused: some may be in it; they are put again with the next try.
        """
        for records in split_requests(build_records(values)):
            self._put(records)

    def _put(self, records: list[Record]) -> None:
        failures = 0
        while True:
            left, reason = self._send(records)
            if not left:
                return
            if not failures:
                log.warning("The stream takes no records; they wait", records=len(left), reason=reason)
            failures = failures + 1 if len(left) == len(records) else 1
            records = left
            pause_after(failures, self._should_stop)
            if self._should_stop():
                raise Cancelled("Stopped while the stream took no records; their changes are read again.")

    def _send(self, records: list[Record]) -> tuple[list[Record], str]:
        """Those that the stream did not take, and why: a shard's limit stops some of a request."""
        name = self._settings.kinesis_stream
        try:
            with clear_stream_errors(self._settings):
                answer = self._client.put_records(
                    StreamName=name, Records=[{"Data": it.data, "PartitionKey": it.partition_key} for it in records]
                )
        except StreamDown as trouble:
            return records, str(trouble)
        results = answer["Records"]
        left = [record for record, result in zip(records, results, strict=True) if result.get("ErrorCode")]
        return left, next((result["ErrorCode"] for result in results if result.get("ErrorCode")), "")


def build_records(values: Iterable[str]) -> Iterator[Record]:
    """A record for each event that some document shows; heartbeats are none. Pure.

    >>> brand = '{"op":"d","before":{"id":"7"},"source":{"schema":"public","table":"brands","ts_ms":1,"txId":2}}'
    >>> [(record.partition_key, len(record.data)) for record in build_records([brand, '{"ts_ms":1}', "?"])]
    [('public.brands/7', 95), ('unreadable', 1)]
    """
    for value in values:
        try:
            change = read_change(value)
        except UnreadableEvent:
            yield Record(value[:_UNREADABLE_CHARS].encode(), _UNREADABLE)
            continue
        if change is not None:
            record = Record(value.encode(), partition_key(change))
            yield record if record.size_bytes <= _RECORD_BYTES else Record(_build_large_hint(change), change.table)


def partition_key(change: Change) -> str:
    """The same for all events of a product's rows in a table, or of a parent; what names no row goes by its table."""
    rule = DEPENDENCIES[change.table]
    column = rule.product_id if isinstance(rule, Direct) else "id"
    row = change.after or change.before or {}
    return f"{change.table}/{row[column]}"[:256] if column in row else change.table


def _build_large_hint(change: Change) -> bytes:
    """What stands for an event over the size limit, which ids alone never reach: a TRUNCATE, so all is compared."""
    schema, table = change.table.split(".")
    source = {"schema": schema, "table": table, "txId": change.xid, "ts_ms": change.committed_ms}
    log.error("An event is larger than a record may be; the whole index is compared instead", table=change.table)
    return orjson.dumps({"op": "t", "before": None, "after": None, "source": source})


def split_requests(records: Iterable[Record]) -> Iterator[list[Record]]:
    """In requests that Kinesis allows. Pure.

    >>> [len(it) for it in split_requests(Record(b"x" * 2**19, "k") for _ in range(12))]
    [9, 3]
    """
    request: list[Record] = []
    size = 0
    for record in records:
        if len(request) == _REQUEST_RECORDS or size + record.size_bytes > _REQUEST_BYTES:
            yield request
            request, size = [], 0
        request.append(record)
        size += record.size_bytes
    if request:
        yield request
