"""What each item of a `_bulk` answer means for its document. Pure."""

from enum import Enum, auto
from typing import Any

from indexing.failures import is_write_block


class Outcome(Enum):
    WRITTEN = auto()
    NEWER = auto()
    """409: newer truth is there already, which is a success (I2)."""
    AGAIN = auto()
    """Too much to do, or a shard on the move: send it again after a pause."""
    REJECTED = auto()
    """The document itself is not acceptable: a dead letter."""
    GONE = auto()
    """The write alias does not exist: the generation was pruned (I3)."""
    BLOCKED = auto()
    """Disk full or read-only: nothing will be accepted, so tell at once."""


def classify(status: int, error_type: str | None) -> Outcome:
    """The outcome of one item.

    >>> classify(201, None).name, classify(409, "version_conflict_engine_exception").name
    ('WRITTEN', 'NEWER')
    >>> classify(429, "rejected_execution_exception").name, classify(429, "cluster_block_exception").name
    ('AGAIN', 'BLOCKED')
    >>> classify(400, "mapper_parsing_exception").name, classify(404, "index_not_found_exception").name
    ('REJECTED', 'GONE')

    A 404 without an error is a delete that found nothing left to delete:

    >>> classify(404, None).name
    'WRITTEN'
    """
    if status < 300 or (status == 404 and error_type is None):
        return Outcome.WRITTEN
    if status == 409:
        return Outcome.NEWER
    if is_write_block(error_type):
        return Outcome.BLOCKED
    if status == 404:
        return Outcome.GONE
    if status in (408, 429) or status >= 500:
        return Outcome.AGAIN
    return Outcome.REJECTED


def read_item(item: dict[str, Any]) -> tuple[Outcome, str, str]:
    """Outcome, error type and reason of `{"index": {"status": ..., "error": {...}}}`; the reason names the cause."""
    (answer,) = item.values()
    error = answer.get("error") or {}
    reason = error.get("reason") or ""
    cause = (error.get("caused_by") or {}).get("reason")
    return (
        classify(answer["status"], error.get("type")),
        error.get("type") or "",
        f"{reason}: {cause}" if cause else reason,
    )
