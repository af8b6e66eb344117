"""Where a generation differs from PostgreSQL, and why. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from catalog.product import ProductRow
from indexing.dead_letters import Built, Rejection
from indexing.documents import hash_document
from indexing.reader import Stored


class Cause(StrEnum):
    MISSING = "missing"
    """A searchable product without a document."""
    GHOST = "ghost"
    """A document of a product that is gone or not searchable."""
    STALE = "stale"
    """A document that isn't what its rows make now."""
    PARKED = "parked"
    """A document that OpenSearch rejects: it is in the dead letters."""
    STRANGER = "stranger"
    """A document without our id and hash: somebody else wrote it. Only a rebuild gets rid of it."""


REPAIRABLE = (Cause.MISSING, Cause.GHOST, Cause.STALE)
"""What a versioned write mends."""

Expected = str | None
"""The hash of the document that should be there; None where there should be none or a tombstone (I5)."""

_UNKNOWN = ""
"""No document has this hash."""


def expect(built: Built | None) -> Expected:
    """What a built document, or a product that is gone, asks of the index."""
    if isinstance(built, Rejection):
        return _UNKNOWN
    return None if built is None or "tombstone" in built else built["doc_hash"]


def expect_row(row: ProductRow) -> Expected:
    """The same of a row, without building its document. One that makes none is suspect, and building it says why."""
    try:
        return hash_document(row)
    except Exception:
        return _UNKNOWN


def find_cause(expected: Expected, stored: Stored | None) -> Cause | None:
    """Compare one product; a tombstone is the same as nothing.

    >>> find_cause("a", Stored("a", 1, False)) is None
    True
    >>> find_cause("a", Stored("b", 1, False)), find_cause("a", Stored("t", 1, True)), find_cause("a", None)
    (<Cause.STALE: 'stale'>, <Cause.MISSING: 'missing'>, <Cause.MISSING: 'missing'>)
    >>> find_cause(None, Stored("a", 1, False)), find_cause(None, Stored("t", 1, True))
    (<Cause.GHOST: 'ghost'>, None)
    """
    is_there = stored is not None and not stored.is_tombstone
    if expected is None:
        return Cause.GHOST if is_there else None
    if stored is None or not is_there:
        return Cause.MISSING
    return None if stored.doc_hash == expected else Cause.STALE


def find_suspects(expected: Mapping[str, Expected], stored: Iterable[tuple[str, Stored]]) -> Iterator[str]:
    """The ids of a range that differ. `stored` is walked once and never held."""
    unseen = set(expected)
    for id, document in stored:
        unseen.discard(id)
        if find_cause(expected.get(id), document):
            yield id
    for id in sorted(unseen):
        if find_cause(expected[id], None):
            yield id
