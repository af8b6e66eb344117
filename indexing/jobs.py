"""An admin's jobs: the API stores one, a worker process does it, both may restart meanwhile. All their SQL is here."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from core.errors import JobActive, NotFound
from core.types import GenerationId, JobId
from indexing.progress import Progress
from indexing.registry import Connection


class JobKind(StrEnum):
    """At most one of each kind is queued or runs; the worker does one job at a time, a reindex before all others."""

    REINDEX = "reindex"
    RECONCILE = "reconcile"
    """Compares every index that is served or kept with PostgreSQL, and repairs it when asked to."""
    REPLAY = "replay"
    """Writes dead letters again."""


JobState = Literal["queued", "running", "checking", "done", "refused", "failed", "cancelled"]
"""refused: the gate said no. failed: something was down or wrong. Only the first three are still to be done."""

_ACTIVE = "state IN ('queued', 'running', 'checking')"
_COLUMNS = "id, kind, state, generation_id, done, total, rate_per_s, reason, cancel_requested, allow_dead_letters, \
repair, result, worker, heartbeat_at, created_at, started_at, ended_at"


@dataclass(frozen=True, slots=True)
class Job:
    """`done` and `total` are products of the present phase; `result` is what a comparison or a replay found."""

    id: JobId
    kind: JobKind
    state: JobState
    generation_id: GenerationId | None
    done: int
    total: int | None
    rate_per_s: float | None
    reason: str | None
    cancel_requested: bool
    allow_dead_letters: int
    repair: bool
    result: dict[str, Any] | None
    worker: str | None
    heartbeat_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", JobKind(self.kind))


def enqueue_reindex(connection: Connection, allow_dead_letters: int = 0) -> JobId:
    """Store a job for the worker. Raises: JobActive, naming the one that is queued or running."""
    return _enqueue(connection, JobKind.REINDEX, allow_dead_letters=allow_dead_letters)


def enqueue_reconcile(connection: Connection, repair: bool) -> JobId:
    """Raises: JobActive."""
    return _enqueue(connection, JobKind.RECONCILE, repair=repair)


def enqueue_replay(connection: Connection) -> JobId:
    """Raises: JobActive."""
    return _enqueue(connection, JobKind.REPLAY)


def _enqueue(connection: Connection, kind: JobKind, allow_dead_letters: int = 0, repair: bool = False) -> JobId:
    row = connection.execute(
        """
        INSERT INTO tanaban.jobs (kind, allow_dead_letters, repair) VALUES (%s, %s, %s)
        ON CONFLICT DO NOTHING RETURNING id
        """,
        [kind, allow_dead_letters, repair],
    ).fetchone()
    if row is None:
        active = fetch_active_job(connection, kind)
        which = f"Job {active.id} is {active.state}" if active else "Another job was active"
        raise JobActive(f"{which}. Wait for it, or cancel it.")
    return JobId(row[0])


def fetch_job(connection: Connection, id: JobId, kind: JobKind = JobKind.REINDEX) -> Job:
    """Raises: NotFound."""
    job = _fetch(connection, "id = %(id)s AND kind = %(kind)s", id=id, kind=kind)
    if job is None:
        raise NotFound(f"There is no {kind} job {id}.")
    return job


def fetch_active_job(connection: Connection, kind: JobKind | None = None) -> Job | None:
    """The job to do, of one kind or of any: queued, or left running by a worker that died."""
    return _fetch(connection, f"{_ACTIVE} AND (%(kind)s::text IS NULL OR kind = %(kind)s)", kind=kind)


def _fetch(connection: Connection, condition: str, *, id: JobId | None = None, kind: JobKind | None) -> Job | None:
    sql = f"SELECT {_COLUMNS} FROM tanaban.jobs WHERE {condition} ORDER BY kind <> 'reindex', created_at LIMIT 1"
    with connection.cursor(row_factory=class_row(Job)) as cursor:
        return cursor.execute(sql, {"id": id, "kind": kind}).fetchone()


def request_cancel(connection: Connection, id: JobId, kind: JobKind = JobKind.REINDEX) -> Job:
    """A queued job is cancelled at once, a running one by its worker within seconds; an ended one stays as it is.

    Raises: NotFound.
    """
    connection.execute(
        f"""
        UPDATE tanaban.jobs SET cancel_requested = true,
            state = CASE WHEN state = 'queued' THEN 'cancelled' ELSE state END,
            ended_at = CASE WHEN state = 'queued' THEN now() END
        WHERE id = %s AND kind = %s AND {_ACTIVE}
        """,
        [id, kind],
    )
    return fetch_job(connection, id, kind)


def start_job(connection: Connection, id: JobId, worker: str) -> bool:
    """Take a job, also one that a dead worker left. False if it was cancelled meanwhile."""
    started = connection.execute(
        f"""
        UPDATE tanaban.jobs SET state = 'running', worker = %s, reason = NULL, heartbeat_at = now(),
            started_at = coalesce(started_at, now())
        WHERE id = %s AND {_ACTIVE}
        """,
        [worker, id],
    )
    return started.rowcount == 1


def report_progress(connection: Connection, id: JobId, progress: Progress) -> bool:
    """Write how far a job is, and the generation that a reindex builds. Returns whether someone wants it cancelled."""
    row = connection.execute(
        """
        UPDATE tanaban.jobs SET state = %s::tanaban.job_state, done = %s, total = %s, rate_per_s = %s,
            heartbeat_at = now(),
            generation_id = coalesce((SELECT g.id FROM tanaban.index_generations g
                                      WHERE g.state = 'building' AND jobs.kind = 'reindex'), generation_id)
        WHERE id = %s RETURNING cancel_requested
        """,
        [
            "checking" if progress.phase in ("checking", "swapping") else "running",
            progress.done,
            progress.total,
            progress.rate_per_s,
            id,
        ],
    ).fetchone()
    return bool(row and row[0])


def end_job(
    connection: Connection, id: JobId, state: JobState, reason: str | None = None, result: dict[str, Any] | None = None
) -> None:
    """The job's last state, with the reason that its reader is told, or with what it found."""
    connection.execute(
        """
        UPDATE tanaban.jobs SET state = %s::tanaban.job_state, reason = %s, result = %s, ended_at = now() WHERE id = %s
        """,
        [state, reason, None if result is None else Jsonb(result), id],
    )


def requeue_job(connection: Connection, id: JobId, reason: str) -> None:
    """Give a job back: the worker stops, or must wait."""
    connection.execute("UPDATE tanaban.jobs SET state = 'queued', reason = %s WHERE id = %s", [reason, id])
