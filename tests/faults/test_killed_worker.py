"""A job outlives the worker process that does it."""

import signal

import pytest
from opensearchpy import OpenSearch

from core.settings import Settings
from indexing import jobs
from indexing.registry import Connection
from tests.catalog.factory import Shop
from tests.faults.processes import start_worker, wait_for
from tests.indexing.truth import assert_index_is_right

pytestmark = pytest.mark.live


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_next_worker_ends_the_job_of_one_that_ended(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop, number: signal.Signals
) -> None:
    for _ in range(400):
        shop.product()
    id = jobs.enqueue_reindex(database)
    first = start_worker(small)
    try:
        wait_for(lambda: jobs.fetch_job(database, id).state == "running" and count_written(database) > 3)
        first.send_signal(number)
        first.wait(30)
        print(f"injected: {number.name} of the worker amid a job")
        left = jobs.fetch_job(database, id)
        assert left.state == ("queued" if number == signal.SIGTERM else "running")
        assert first.returncode == (0 if number == signal.SIGTERM else -number)
        written = count_written(database)
        assert written < 81
        second = start_worker(small)
        wait_for(lambda: jobs.fetch_job(database, id).state == "done")
    finally:
        first.kill()
        first.wait(30)
    second.terminate()
    assert second.wait(30) == 0
    assert jobs.fetch_job(database, id).generation_id == 1, "it went on with the same generation"
    assert_index_is_right(database, opensearch, small)


def count_written(connection: Connection) -> int:
    row = connection.execute("SELECT count(*) FROM tanaban.rebuild_pages WHERE written_at IS NOT NULL").fetchone()
    assert row is not None
    return int(row[0])
