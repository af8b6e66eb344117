"""The worker process: does an admin's jobs, folds popularity, makes order partitions ahead, proves the index right.

One worker at a time holds the worker lock; a second one waits and takes over when the first one dies. So a job that
is running while the lock is free was left by a dead worker, and is resumed.
"""

import os
import socket
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import psycopg
import structlog

from catalog.partitions import ensure_order_partitions
from catalog.popularity_fold import fold_popularity
from core.errors import (
    Cancelled,
    DatabaseDown,
    DependencyDown,
    GateRefused,
    IndexingError,
    LifecycleBusy,
    TanabanError,
)
from core.settings import Settings
from indexing import jobs, lifecycle
from indexing.failures import clear_errors
from indexing.insist import pause
from indexing.jobs import Job, JobKind
from indexing.locks import Lock, hold, is_held
from indexing.progress import OnProgress, Progress, ShouldStop, ignore_progress
from indexing.proof import Proof, is_proof_due, log_proof, prove_served
from indexing.proof_result import build_proofs_json
from indexing.rebuild import rebuild
from indexing.registry import Connection
from indexing.replay import replay

log = structlog.get_logger("indexing.worker")

_POLL_S = 0.5
_BUSY_S = 5.0
_FOLD_EVERY_S = 60.0
_PARTITIONS_EVERY_S = 3_600.0
_REPORT_EVERY_S = 1.0
_LOOK_FOR_PROOFS_EVERY_S = 30.0


def run(settings: Settings, should_stop: ShouldStop) -> None:
    """Work until `should_stop`; a job at hand goes back to the queue then, and its generation is resumed later.

    Servers that are down, and a schema that is not there yet, are waited for.
    """
    last_trouble = ""
    while not should_stop():
        try:
            with clear_errors(), hold(settings, Lock.WORKER, "worker") as connection:
                log.info("The worker is ready")
                last_trouble = ""
                _serve(settings, connection, should_stop)
        except (LifecycleBusy, DependencyDown) as trouble:
            if str(trouble) != last_trouble:
                log.warning("The worker waits", reason=str(trouble))
            last_trouble = str(trouble)
            pause(_BUSY_S, should_stop)


def _serve(settings: Settings, connection: Connection, should_stop: ShouldStop) -> None:
    keep_popularity = _Every(_FOLD_EVERY_S, lambda: fold_popularity(connection, settings))
    keep_partitions = _Every(_PARTITIONS_EVERY_S, lambda: _make_partitions(connection))
    keep_proved = _Every(_LOOK_FOR_PROOFS_EVERY_S, lambda: _prove_when_due(settings, connection, should_stop))
    while not should_stop():
        job = jobs.fetch_active_job(connection)
        if job:
            do_job(settings, connection, job, should_stop)
        keep_popularity.call_when_due()
        keep_partitions.call_when_due()
        keep_proved.call_when_due()
        pause(_POLL_S, should_stop)


def do_job(settings: Settings, connection: Connection, job: Job, should_stop: ShouldStop) -> None:
    """Run one job to its end. Raises: DatabaseDown; the job is then resumed by whoever has the lock next."""
    if not jobs.start_job(connection, job.id, f"{socket.gethostname()}:{os.getpid()}"):
        return
    watch = _Watch(connection, job, should_stop)
    try:
        result = _do(settings, job, watch)
    except DatabaseDown:
        raise
    except LifecycleBusy as busy:
        jobs.requeue_job(connection, job.id, str(busy))
        pause(_BUSY_S, should_stop)
    except Cancelled:
        _end_stopped(settings, connection, job, watch.cancel_requested)
    except GateRefused as refusal:
        jobs.end_job(connection, job.id, "refused", str(refusal))
    except TanabanError as error:
        jobs.end_job(connection, job.id, "failed", str(error))
    except Exception as error:
        log.exception("A job failed by a bug", job=str(job.id), kind=job.kind)
        jobs.end_job(connection, job.id, "failed", f"Unexpected {type(error).__name__}: {error}. See the worker's log.")
    else:
        watch.write()
        jobs.end_job(connection, job.id, "done", result=result)


def _do(settings: Settings, job: Job, watch: "_Watch") -> dict[str, Any] | None:
    """Returns the job's result. Raises: what the command of the same name raises."""
    if job.kind is JobKind.RECONCILE:
        return build_proofs_json(_prove_gently(settings, job.repair, watch.on_progress, watch.should_stop))
    if job.kind is JobKind.REPLAY:
        return asdict(replay(settings, on_progress=watch.on_progress, should_stop=watch.should_stop))
    report = rebuild(
        settings,
        on_progress=watch.on_progress,
        should_stop=watch.should_stop,
        allow_dead_letters=job.allow_dead_letters,
    )
    log.info("A reindex is live", job=str(job.id), index=report.generation.index_name, documents=report.documents)
    return None


def _end_stopped(settings: Settings, connection: Connection, job: Job, cancelled: bool) -> None:
    """A person's cancel gives the disk of a reindex back; a stopping worker leaves the generation to be resumed."""
    if cancelled and job.kind is JobKind.REINDEX:
        lifecycle.discard(settings, "its job was cancelled")
        jobs.end_job(connection, job.id, "cancelled", "Cancelled on request; the index has not changed.")
    elif cancelled:
        jobs.end_job(connection, job.id, "cancelled", "Cancelled on request; what was written stays.")
    else:
        jobs.requeue_job(connection, job.id, "The worker stopped; the next one goes on.")


class _Watch:
    """Carries progress to the job's row once a second, and a wish to cancel back."""

    def __init__(self, connection: Connection, job: Job, should_stop: ShouldStop) -> None:
        self._connection, self._job, self._should_stop = connection, job, should_stop
        self._progress = Progress("reading", 0, 0)
        self._report = _Every(_REPORT_EVERY_S, self.write)
        self.cancel_requested = job.cancel_requested

    def on_progress(self, progress: Progress) -> None:
        is_new_phase = progress.phase != self._progress.phase
        self._progress = progress
        if is_new_phase:
            self.write()
        else:
            self._report.call_when_due()

    def should_stop(self) -> bool:
        self._report.call_when_due()
        return self.cancel_requested or self._should_stop()

    def write(self) -> None:
        """At once, such as the last figures of a job that ended between two reports."""
        self.cancel_requested = jobs.report_progress(self._connection, self._job.id, self._progress)


class _Every:
    """Calls something at most every so many seconds, at once the first time."""

    def __init__(self, seconds: float, action: Callable[[], object]) -> None:
        self._seconds, self._action = seconds, action
        self._due_s = time.monotonic()

    def call_when_due(self) -> None:
        if time.monotonic() >= self._due_s:
            self._due_s = time.monotonic() + self._seconds
            self._action()


def _make_partitions(connection: Connection) -> None:
    try:
        report = ensure_order_partitions(connection)
    except psycopg.errors.LockNotAvailable:
        log.warning("Orders are locked; their partitions are made an hour later")
        return
    if report.blocked:
        log.error("Orders lie in the default partition, so these months have none", months=report.blocked)


def _prove_when_due(settings: Settings, connection: Connection, should_stop: ShouldStop) -> None:
    """Compare the indices with PostgreSQL and repair them.

    A job, a rebuild, and a stop, come first. What is cut short, or fails, is still due and starts over.

    Raises: DatabaseDown.
    """

    def must_stop() -> bool:
        return should_stop() or jobs.fetch_active_job(connection) is not None or is_held(connection, Lock.REBUILD)

    if not is_proof_due(connection, settings.reconcile_every_s) or must_stop():
        return
    try:
        _prove_gently(settings, True, ignore_progress, must_stop)
    except (Cancelled, LifecycleBusy) as reason:
        log.info("The index is compared with PostgreSQL later", reason=str(reason))
    except DatabaseDown:
        raise
    except (DependencyDown, IndexingError) as trouble:
        log.warning("The index could not be compared with PostgreSQL", reason=str(trouble))


def _prove_gently(settings: Settings, repair: bool, on_progress: OnProgress, should_stop: ShouldStop) -> list[Proof]:
    """A page at a time, so that shoppers hardly notice; what came of it is logged."""
    gentle = settings.model_copy(update={"rebuild_workers": 1})
    proofs = prove_served(gentle, repair=repair, on_progress=on_progress, should_stop=should_stop)
    for proof in proofs:
        log_proof(proof)
    return proofs
