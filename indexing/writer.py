"""Versioned `_bulk` writes of whole documents into one generation (I2, I3).

What is refused for the moment is sent again with growing, random pauses; what is refused for good comes back as a
rejection. Nothing is sent once the pair is too old. Safe to repeat: the version decides, not the order of arrival.
"""

import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from opensearchpy import ConnectionError as ConnectionFailed
from opensearchpy import OpenSearch, TransportError

from core.errors import GenerationGone, SearchDown
from core.settings import Settings
from core.types import GenerationId
from indexing.answers import Outcome, read_item
from indexing.dead_letters import Built, Rejection
from indexing.failures import explain, is_write_block, write_blocked
from indexing.generations import fetch_fields
from indexing.packing import Item, Packed, build_purge, pack
from indexing.pairs import Pair
from indexing.parallel import BUILDING
from indexing.registry import Generation

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 10.0
_FILTER = "errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason"


@dataclass
class Written:
    """What came of some documents: how many are durable (newer ones there already included), which were rejected."""

    documents: int = 0
    size_bytes: int = 0
    rejections: list[Rejection] = field(default_factory=list)

    def add(self, other: "Written") -> None:
        self.documents += other.documents
        self.size_bytes += other.size_bytes
        self.rejections += other.rejections


class _TooLarge(Exception):
    pass


class Writer:
    """Threads may share one."""

    def __init__(self, client: OpenSearch, settings: Settings) -> None:
        self._client = client
        self._request_bytes = settings.bulk_request_bytes
        self._retries = settings.bulk_retries
        self._fields: dict[GenerationId, frozenset[str]] = {}
        # With both timeouts: given alone, opensearch-py takes `timeout` for its own and doesn't send it.
        self._parameters = {
            "timeout": f"{settings.bulk_timeout_s}s",
            "request_timeout": settings.bulk_timeout_s,
            "require_alias": "true",
            "filter_path": _FILTER,
        }

    def write(self, pair: Pair, generation: Generation, built: Iterable[Built], now_ms: int) -> Written:
        """Write each document under the pair's version; `now_ms` becomes `indexed_at`.

        `built` may be a generator that builds them; its rejections are passed on. A generation of an older mapping gets
        the fields that it has (I3).

        Raises: PairExpired (read the rows again), GenerationGone, WriteBlocked, SearchDown.
        """
        fields = self.fetch_fields(generation)
        with BUILDING:
            packed = pack(built, fields, pair.version, now_ms, self._request_bytes)
        return self.send(pair, generation, packed)

    def send(self, pair: Pair, generation: Generation, packed: Packed) -> Written:
        """Write what was packed under the pair's version; its rejections are passed on. Raises: as `write`."""
        written = Written(rejections=list(packed.rejections))
        for items in packed.requests:
            written.size_bytes += sum(len(lines) for _, lines in items)
            written.add(self._write_items(pair, generation, items))
        return written

    def fetch_fields(self, generation: Generation) -> frozenset[str]:
        """The generation's, asked for once: its mapping never changes. Raises: GenerationGone, SearchDown."""
        if generation.id not in self._fields:
            try:
                self._fields[generation.id] = fetch_fields(self._client, generation.index_name)
            except TransportError as error:
                if error.status_code == 404:
                    raise GenerationGone("The generation was pruned or discarded while it was written.") from error
                raise explain(error) from error
        return self._fields[generation.id]

    def purge(self, pair: Pair, generation: Generation, tombstones: Iterable[tuple[str, int]]) -> None:
        """Delete tombstones (id, version), each at its own version: what has become real again since stays (I5).

        Raises: as `write`.
        """
        self._write_items(pair, generation, [build_purge(id, version) for id, version in tombstones])

    def _write_items(self, pair: Pair, generation: Generation, items: list[Item]) -> Written:
        written = Written()
        for attempt in range(self._retries + 1):
            if attempt:
                time.sleep(_pause_s(attempt))
            pair.check_age()
            try:
                answer = self._send(generation.write_alias, items)
            except _TooLarge:
                written.add(self._write_halves(pair, generation, items))
                return written
            again, reason = _sort_out(items, answer, written)
            if not again:
                return written
            items = again
        raise SearchDown(
            f"OpenSearch refused work {self._retries + 1} times ({reason}). Try again when it has less to do."
        )

    def _write_halves(self, pair: Pair, generation: Generation, items: list[Item]) -> Written:
        if len(items) == 1:
            (id, lines) = items[0]
            reason = f"{len(lines):,} bytes are more than OpenSearch, or a proxy before it, takes in one request"
            return Written(rejections=[Rejection(id, "request_too_large", reason)])
        written = self._write_items(pair, generation, items[: len(items) // 2])
        written.add(self._write_items(pair, generation, items[len(items) // 2 :]))
        return written

    def _send(self, write_alias: str, items: list[Item]) -> list[dict[str, Any]]:
        """One answer per item. A request that failed as a whole is an answer that says "again" to all.

        Raises: _TooLarge, for OpenSearch or a proxy before it.
        """
        try:
            answer = self._client.bulk(
                index=write_alias, body=b"".join(lines for _, lines in items), params=self._parameters
            )
        except TransportError as error:
            if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                raise _TooLarge from error
            if not _may_pass(error):
                raise explain(error) from error
            refused = {"status": 503, "error": {"type": str(error.error), "reason": str(error.error)}}
            return [{"index": refused}] * len(items)
        found: list[dict[str, Any]] = answer["items"]
        return found


def _sort_out(items: list[Item], answers: list[dict[str, Any]], written: Written) -> tuple[list[Item], str]:
    """Count what is done into `written`; return what to send again, and why.

    Raises: GenerationGone, WriteBlocked.
    """
    again, why = [], ""
    for item, answer in zip(items, answers, strict=True):
        outcome, error_type, reason = read_item(answer)
        match outcome:
            case Outcome.WRITTEN | Outcome.NEWER:
                written.documents += 1
            case Outcome.REJECTED:
                written.rejections.append(Rejection(item[0], error_type, reason[:1_000]))
            case Outcome.AGAIN:
                again.append(item)
                why = f"{error_type} {reason}"[:200]
            case Outcome.GONE:
                raise GenerationGone(f"The generation was pruned or discarded while it was written ({reason}).")
            case Outcome.BLOCKED:
                raise write_blocked(reason)
    return again, why


def _may_pass(error: TransportError) -> bool:
    """Whether a whole request may succeed later: the connection broke, or the server is overloaded or restarting."""
    if isinstance(error, ConnectionFailed):
        return True
    return error.status_code in (429, 502, 503, 504) and not is_write_block(error.error)


def _pause_s(attempt: int) -> float:
    """0.1 s, doubled each time up to 10 s; random from half of it, so that workers don't come back together."""
    return min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2.0**attempt) * random.uniform(0.5, 1)
