"""The worker compares the indices with PostgreSQL on its own, when nothing else is to be done."""

from contextlib import suppress
from typing import Any

import pytest
from opensearchpy import OpenSearch

from core.settings import Settings
from core.types import JobId
from indexing import jobs, proof, worker
from indexing.drift import Comparison
from indexing.locks import Lock, hold
from indexing.rebuild import rebuild
from indexing.reconcile import reconcile
from indexing.registry import Connection
from tests.catalog.factory import Shop
from tests.indexing.truth import assert_index_is_right
from tests.indexing.working import fill_plainly, run_for, run_until

pytestmark = pytest.mark.live


@pytest.fixture
def drifting(database: Connection, small: Settings, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An index that is served and has become wrong, and a worker that compares it every second; it is due."""
    monkeypatch.setattr(worker, "_LOOK_FOR_PROOFS_EVERY_S", 0.0)
    monkeypatch.setattr(proof, "PATIENCE_S", 0.0)
    fill_plainly(shop)
    rebuild(small)
    database.execute("UPDATE products SET name = '改名'")
    database.execute("UPDATE tanaban.index_proofs SET finished_at = finished_at - interval '1 second'")
    return small.model_copy(update={"reconcile_every_s": 1})


def count_proofs(database: Connection) -> int:
    """Those that are begun, the gate's included."""
    (row,) = database.execute("SELECT count(*) FROM tanaban.index_proofs").fetchall()
    return int(row[0])


def is_index_right(database: Connection, opensearch: OpenSearch, settings: Settings) -> bool:
    with suppress(AssertionError):
        assert_index_is_right(database, opensearch, settings)
        return True
    return False


def test_the_worker_proves_the_index_and_repairs_it_again_and_again(
    database: Connection, opensearch: OpenSearch, drifting: Settings
) -> None:
    run_until(drifting, lambda: is_index_right(database, opensearch, drifting), 20)
    database.execute("UPDATE products SET name = '再改名'")
    run_until(drifting, lambda: is_index_right(database, opensearch, drifting), 20)


def test_the_worker_proves_nothing_while_someone_rebuilds_or_when_told_never_to(
    database: Connection, drifting: Settings
) -> None:
    with hold(drifting, Lock.REBUILD, "index rebuild"):
        run_for(drifting, 0.7)
    run_for(drifting.model_copy(update={"reconcile_every_s": 0}), 0.7)
    assert count_proofs(database) == 1
    run_until(drifting, lambda: count_proofs(database) > 1, 20)


def test_a_job_cuts_a_proof_short_and_its_gate_makes_up_for_it(
    database: Connection, opensearch: OpenSearch, drifting: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued: list[JobId] = []

    def queue_first(*arguments: Any) -> Comparison:
        if not queued:
            queued.append(jobs.enqueue_reindex(database))
        return reconcile(*arguments)

    monkeypatch.setattr(proof, "reconcile", queue_first)
    run_until(
        drifting.model_copy(update={"rebuild_page_products": 1}),
        lambda: bool(queued) and jobs.fetch_job(database, queued[0]).state == "done",
        30,
    )
    rows = database.execute("SELECT finished_at IS NULL FROM tanaban.index_proofs ORDER BY id").fetchall()
    assert rows[:3] == [(False,), (True,), (False,)], "the first gate, the proof that gave up, the second gate"
    assert_index_is_right(database, opensearch, drifting)
