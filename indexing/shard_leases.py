"""Who reads which shard, and how far: leases and checkpoints in PostgreSQL.

A lease is a row that a consumer owns until it expires by PostgreSQL's clock. Each change of hands draws a new token,
and a checkpoint moves only by compare-and-set on it: a consumer that was paused past its lease cannot move it back.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indexing.registry import Connection

if TYPE_CHECKING:  # the API reads the lag, and has no use for boto3
    from indexing.kinesis import Shard, Stream


@dataclass(frozen=True, slots=True)
class LeaseRow:
    """An open lease as everybody sees it: its shard has records to read, and its parents have none left."""

    shard: str
    owner: str | None
    token: int
    is_held: bool
    """By an owner that is alive."""


@dataclass(frozen=True, slots=True)
class Lease:
    """One that is ours, as it was when we took it."""

    shard: str
    token: int
    checkpoint: str | None
    """Sequence number of the last record that is durable; None: begin at the oldest."""
    age_s: float
    """Everything that reached the shard longer ago than this is read."""


@dataclass(frozen=True, slots=True)
class StreamLag:
    """How far the consumers of a stream are."""

    consumers: int
    shards: int
    """That are not read to their end."""
    unread_s: float
    """How long the oldest record may have waited, of all shards; up to 3 s also where none waits."""


def fetch_stream_lag(connection: Connection, stream: str) -> StreamLag | None:
    """None while nobody has ever read that stream."""
    row = connection.execute(
        """
        SELECT count(DISTINCT owner) FILTER (WHERE expires_at > clock_timestamp()), count(*),
               extract(epoch FROM clock_timestamp() - min(read_through_at))::float8
        FROM tanaban.stream_leases WHERE stream = %s AND NOT is_finished
        """,
        [stream],
    ).fetchone()
    return StreamLag(*row) if row and row[1] else None


class ShardLeases:
    """One consumer's view of one stream. Threads may share it."""

    def __init__(self, connection: Connection, stream: "Stream", owner: str, lease_s: float) -> None:
        self._connection = connection
        self._names = {"stream": stream.name, "owner": owner, "lease_s": lease_s, "created_at": stream.created_at}

    def find_loss(self) -> str | None:
        """Why events of this stream may have been lost before anybody read them; None when it is the known one."""
        rows = self._execute(
            "SELECT DISTINCT stream_created_at = %(created_at)s FROM tanaban.stream_leases WHERE stream = %(stream)s"
        )
        if not rows:
            return "this stream was never read before"
        return None if rows == [(True,)] else "the stream was deleted and made anew"

    def forget_other_streams(self) -> None:
        """Call once what `find_loss` means is stored."""
        self._execute(
            "DELETE FROM tanaban.stream_leases WHERE stream = %(stream)s AND stream_created_at <> %(created_at)s"
        )

    def add_shards(self, shards: "Sequence[Shard]") -> None:
        """Those that are new. A child is read from its first record, which is not older than its parents' last."""
        for shard in sorted(shards, key=lambda it: it.id):
            self._execute(
                """
                INSERT INTO tanaban.stream_leases (stream, stream_created_at, shard, parents, read_through_at)
                SELECT %(stream)s, %(created_at)s, %(shard)s, %(parents)s, coalesce(min(read_through_at), now())
                FROM tanaban.stream_leases WHERE stream = %(stream)s AND shard = ANY(%(parents)s)
                ON CONFLICT DO NOTHING
                """,
                shard=shard.id,
                parents=list(shard.parents),
            )

    def find_trimmed(self, shards: "Sequence[Shard]") -> list[str]:
        """Shards that were not read to their end, and that the stream has no more."""
        rows = self._execute(
            """
            SELECT shard FROM tanaban.stream_leases
            WHERE stream = %(stream)s AND NOT is_finished AND shard <> ALL(%(listed)s)
            """,
            listed=[shard.id for shard in shards],
        )
        return [shard for (shard,) in rows]

    def forget_trimmed(self, shards: "Sequence[Shard]") -> None:
        """Drop the rows of shards that the stream has no more."""
        self._execute(
            "DELETE FROM tanaban.stream_leases WHERE stream = %(stream)s AND shard <> ALL(%(listed)s)",
            listed=[shard.id for shard in shards],
        )

    def fetch_open(self) -> list[LeaseRow]:
        """A shard is begun once its parents are finished; parents that were trimmed are."""
        rows = self._execute(
            """
            SELECT shard, owner, token, owner IS NOT NULL AND expires_at > clock_timestamp()
            FROM tanaban.stream_leases lease
            WHERE stream = %(stream)s AND NOT is_finished AND NOT EXISTS (
                SELECT FROM tanaban.stream_leases parent
                WHERE parent.stream = lease.stream AND parent.shard = ANY(lease.parents) AND NOT parent.is_finished
            )
            ORDER BY shard
            """
        )
        return [LeaseRow(*row) for row in rows]

    def take(self, row: LeaseRow) -> Lease | None:
        """Own it from now on; None when its hands have changed since `row` was read."""
        rows = self._execute(
            """
            UPDATE tanaban.stream_leases
            SET owner = %(owner)s, token = token + 1, expires_at = clock_timestamp() + %(lease_s)s * interval '1 s'
            WHERE stream = %(stream)s AND shard = %(shard)s AND token = %(token)s AND NOT is_finished
            RETURNING shard, token, checkpoint, extract(epoch FROM clock_timestamp() - read_through_at)::float8
            """,
            shard=row.shard,
            token=row.token,
        )
        return Lease(*rows[0]) if rows else None

    def renew(self) -> None:
        """All that are still ours."""
        self._execute(
            """
            UPDATE tanaban.stream_leases SET expires_at = clock_timestamp() + %(lease_s)s * interval '1 s'
            WHERE stream = %(stream)s AND owner = %(owner)s
            """
        )

    def move_checkpoint(self, lease: Lease, checkpoint: str | None, age_s: float, is_finished: bool) -> bool:
        """Whether the lease was still ours. At a shard's end `read_through_at` stays: its children begin there."""
        rows = self._execute(
            """
            UPDATE tanaban.stream_leases SET checkpoint = %(checkpoint)s, is_finished = %(is_finished)s,
                read_through_at = CASE WHEN %(is_finished)s THEN read_through_at
                                       ELSE clock_timestamp() - %(age_s)s * interval '1 s' END
            WHERE stream = %(stream)s AND shard = %(shard)s AND token = %(token)s AND owner = %(owner)s
            RETURNING shard
            """,
            shard=lease.shard,
            token=lease.token,
            checkpoint=checkpoint,
            age_s=age_s,
            is_finished=is_finished,
        )
        return bool(rows)

    def release(self) -> None:
        """Let the others have ours at once."""
        self._execute(
            """
            UPDATE tanaban.stream_leases SET owner = NULL, expires_at = NULL
            WHERE stream = %(stream)s AND owner = %(owner)s
            """
        )

    def _execute(self, sql: str, **parameters: object) -> list[tuple[Any, ...]]:
        cursor = self._connection.execute(sql, self._names | parameters)
        return cursor.fetchall() if cursor.description else []


def choose_leases(rows: Sequence[LeaseRow], owner: str) -> list[LeaseRow]:
    """The leases that `owner` should take now: free ones up to a fair share; else one of whoever has two more. Pure.

    >>> free = [LeaseRow("a", None, 0, False), LeaseRow("b", "dead", 3, False)]
    >>> [row.shard for row in choose_leases(free, "me")]
    ['a', 'b']
    >>> [row.shard for row in choose_leases([*free, LeaseRow("c", "other", 1, True)], "me")]
    ['a', 'b']
    >>> [row.shard for row in choose_leases([LeaseRow(shard, "other", 1, True) for shard in "abc"], "me")]
    ['a']
    >>> choose_leases([LeaseRow("a", "other", 1, True)], "me")
    []
    """
    loads = Counter({owner: 0})
    loads.update(row.owner for row in rows if row.is_held and row.owner)
    share = -(-len(rows) // len(loads))
    free = [row for row in rows if not row.is_held]
    if free:
        return free[: max(0, share - loads[owner])]
    busiest, load = max(loads.items(), key=lambda item: item[1])
    return [row for row in rows if row.owner == busiest][:1] if load > loads[owner] + 1 else []
