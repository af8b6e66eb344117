"""An admin's jobs and the worker that does them."""

import threading
from collections.abc import Callable
from uuid import uuid4

import pytest
from opensearchpy import OpenSearch

from catalog.partitions import ensure_order_partitions
from catalog.tree import CategoryTree
from catalog.tree_cache import create_tree_cache
from core.clients import create_redis
from core.errors import JobActive, NotFound
from core.settings import Settings
from core.types import JobId
from indexing import jobs, lifecycle, registry, worker
from indexing.jobs import JobKind
from indexing.locks import Lock, hold
from indexing.progress import Progress
from indexing.rebuild import rebuild
from indexing.registry import Connection
from tests.catalog.factory import Shop
from tests.indexing.conftest import fetch_searched, fetch_states
from tests.indexing.truth import assert_index_is_right
from tests.indexing.working import fill_plainly, run_until

pytestmark = pytest.mark.live


def do(settings: Settings, connection: Connection, should_stop: Callable[[], bool] = lambda: False) -> None:
    """What the worker does with the job that is queued."""
    job = jobs.fetch_active_job(connection)
    assert job is not None
    worker.do_job(settings, connection, job, should_stop)


def test_a_job_goes_from_queued_to_done(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    fill_plainly(shop)
    id = jobs.enqueue_reindex(database)
    assert (jobs.fetch_job(database, id).state, jobs.fetch_job(database, id).done) == ("queued", 0)
    do(small, database)
    job = jobs.fetch_job(database, id)
    assert (job.state, job.done, job.total, job.reason) == ("done", 12, 12, None)
    assert job.generation_id in fetch_states(database)
    assert job.started_at
    assert job.ended_at
    assert_index_is_right(database, opensearch, small)


def test_one_job_at_a_time(database: Connection) -> None:
    first = jobs.enqueue_reindex(database)
    with pytest.raises(JobActive, match=f"Job {first} is queued"):
        jobs.enqueue_reindex(database)
    jobs.end_job(database, first, "done")
    assert jobs.enqueue_reindex(database) != first


def test_a_reindex_goes_before_a_comparison_that_waits(database: Connection) -> None:
    comparison = jobs.enqueue_reconcile(database, repair=True)
    reindex = jobs.enqueue_reindex(database)
    with pytest.raises(JobActive, match=f"Job {comparison} is queued"):
        jobs.enqueue_reconcile(database, repair=False)
    for id in (reindex, comparison):
        active = jobs.fetch_active_job(database)
        assert active is not None
        assert active.id == id
        jobs.end_job(database, id, "done")


def test_a_comparison_that_is_cancelled_discards_no_generation(
    database: Connection, small: Settings, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_REPORT_EVERY_S", 0.0)
    fill_plainly(shop)
    rebuild(small)
    building = lifecycle.open_generation(small)
    id = jobs.enqueue_reconcile(database, repair=True)
    real = jobs.report_progress

    def cancel_while_checking(connection: Connection, job: JobId, progress: Progress) -> bool:
        if progress.phase == "checking":
            jobs.request_cancel(database, id, JobKind.RECONCILE)
        return real(connection, job, progress)

    monkeypatch.setattr(jobs, "report_progress", cancel_while_checking)
    do(small, database)
    job = jobs.fetch_job(database, id, JobKind.RECONCILE)
    assert (job.state, job.result, job.generation_id) == ("cancelled", None, None)
    assert fetch_states(database)[building.id] == "building"


def test_a_comparison_waits_while_somebody_else_compares(
    database: Connection, small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_BUSY_S", 0.0)
    rebuild(small)
    id = jobs.enqueue_reconcile(database, repair=False)
    with hold(small, Lock.RECONCILE, "index reconcile"):
        do(small, database)
    job = jobs.fetch_job(database, id, JobKind.RECONCILE)
    assert job.state == "queued"
    assert "tanaban index reconcile" in str(job.reason)
    do(small, database)
    job = jobs.fetch_job(database, id, JobKind.RECONCILE)
    assert (job.state, job.result and job.result["clean"]) == ("done", True)


def test_an_unknown_job_is_not_found(database: Connection) -> None:
    with pytest.raises(NotFound):
        jobs.fetch_job(database, JobId(uuid4()))
    with pytest.raises(NotFound):
        jobs.request_cancel(database, JobId(uuid4()))


def test_a_queued_job_is_cancelled_at_once_and_an_ended_one_stays(database: Connection, small: Settings) -> None:
    id = jobs.enqueue_reindex(database)
    assert jobs.request_cancel(database, id).state == "cancelled"
    assert jobs.fetch_active_job(database) is None
    done = jobs.enqueue_reindex(database)
    do(small, database)
    assert jobs.request_cancel(database, done).state == "done"
    assert not jobs.fetch_job(database, done).cancel_requested


def test_a_running_job_that_is_cancelled_gives_its_disk_back(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_REPORT_EVERY_S", 0.0)
    fill_plainly(shop)
    do_first = jobs.enqueue_reindex(database)
    do(small, database)
    live = fetch_searched(opensearch, small)
    id = jobs.enqueue_reindex(database)
    real = jobs.report_progress

    def cancel_while_writing(connection: Connection, job: JobId, progress: Progress) -> bool:
        if progress.phase == "writing":
            jobs.request_cancel(database, id)
        return real(connection, job, progress)

    monkeypatch.setattr(jobs, "report_progress", cancel_while_writing)
    do(small, database)
    assert jobs.fetch_job(database, id).state == "cancelled"
    assert sorted(fetch_states(database).values()) == ["live", "retired"]
    assert fetch_searched(opensearch, small) == live
    assert do_first != id


def test_a_stopping_worker_gives_the_job_back_and_the_next_one_resumes_it(
    database: Connection, small: Settings, shop: Shop
) -> None:
    fill_plainly(shop)
    id = jobs.enqueue_reindex(database)
    do(small, database, should_stop=lambda: True)
    assert jobs.fetch_job(database, id).state == "queued"
    (building,) = registry.fetch_generations(database, [registry.State.BUILDING])
    do(small, database)
    job = jobs.fetch_job(database, id)
    assert (job.state, job.generation_id) == ("done", building.id)


def test_a_job_that_the_gate_refuses_says_why(database: Connection, small: Settings, shop: Shop) -> None:
    shop.product("毒", attributes={"名" * 12_000: ["値"]})
    id = jobs.enqueue_reindex(database)
    do(small, database)
    job = jobs.fetch_job(database, id)
    assert job.state == "refused"
    assert "--allow-dead-letters 1" in str(job.reason)
    allowed = jobs.enqueue_reindex(database, allow_dead_letters=1)
    do(small, database)
    assert jobs.fetch_job(database, allowed).state == "done"


def test_a_job_fails_with_a_reason_when_opensearch_is_gone(database: Connection, small: Settings) -> None:
    id = jobs.enqueue_reindex(database)
    do(small.model_copy(update={"opensearch_url": "http://127.0.0.1:1"}), database)
    job = jobs.fetch_job(database, id)
    assert job.state == "failed"
    assert "OpenSearch does not answer" in str(job.reason)


def test_a_job_waits_while_a_person_rebuilds(
    database: Connection, small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_BUSY_S", 0.0)
    id = jobs.enqueue_reindex(database)
    with hold(small, Lock.REBUILD, "index rebuild"):
        do(small, database)
    job = jobs.fetch_job(database, id)
    assert job.state == "queued"
    assert "tanaban index rebuild" in str(job.reason)


def test_a_worker_resumes_the_job_that_a_dead_one_left_running(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    fill_plainly(shop)
    id = jobs.enqueue_reindex(database)
    assert jobs.start_job(database, id, "dead:1")
    building = lifecycle.open_generation(small)
    run_until(small, lambda: jobs.fetch_job(database, id).state == "done")
    assert jobs.fetch_job(database, id).generation_id == building.id
    assert_index_is_right(database, opensearch, small)


def test_a_second_worker_waits_for_the_first(database: Connection, small: Settings, shop: Shop) -> None:
    fill_plainly(shop, 2)
    with hold(small, Lock.WORKER, "worker"):
        id = jobs.enqueue_reindex(database)
        stop = threading.Event()
        second = threading.Thread(target=worker.run, args=(small, stop.is_set))
        second.start()
        second.join(1)
        assert jobs.fetch_job(database, id).state == "queued"
        stop.set()
        second.join()


def test_a_rebuild_makes_all_processes_read_the_catalog_anew(database: Connection, small: Settings, shop: Shop) -> None:
    shop.category("本 > 漫画")
    with create_redis(small) as redis:
        cache = create_tree_cache(redis, small)
        cache.get("tree", lambda: CategoryTree([]))
        jobs.enqueue_reindex(database)
        do(small, database)
        read_again: list[bool] = []

        def load() -> CategoryTree:
            read_again.append(True)
            return CategoryTree([])

        cache.get("tree", load)
    assert read_again


def test_the_worker_folds_popularity_and_makes_partitions(database: Connection, small: Settings, shop: Shop) -> None:
    shop.favorite(shop.product())
    newest = ensure_order_partitions(database).present[-1]
    database.execute(f"ALTER TABLE orders DETACH PARTITION {newest}")
    database.execute(f"DROP TABLE {newest}")
    run_until(small, lambda: database.execute("SELECT to_regclass(%s)", [newest]).fetchone() != (None,))
    assert database.execute("SELECT count(*) FROM tanaban.product_popularity").fetchone() == (1,)
    assert database.execute("SELECT count(*) FROM tanaban.popularity_queue").fetchone() == (0,)
