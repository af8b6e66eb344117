"""/healthz, /readyz and /metrics: what operators and their alarms read."""

import re
import time

import httpx
import psycopg
import pytest
from opensearchpy import OpenSearch
from psycopg.rows import TupleRow

from core.settings import Settings
from indexing import fanout, jobs
from indexing.changes import Fanout
from indexing.progress import Progress
from indexing.proof import prove_served
from indexing.rebuild import rebuild
from indexing.slot import ensure_slot
from tests.api.conftest import Site
from tests.api.server import serve
from tests.catalog.factory import Shop

pytestmark = pytest.mark.live

SERVING_MEMO_S = 1.1
"""After that the API looks again what serves."""


def test_all_is_well(site: Site) -> None:
    assert site.client.get("/healthz").json() == {"status": "ok"}
    health = site.client.get("/readyz").json()
    assert (health["status"], health["reasons"]) == ("ready", [])
    assert {name for name, one in health["dependencies"].items() if one["is_up"]} == {
        "postgresql",
        "opensearch",
        "redis",
    }
    assert health["index"].startswith(site.settings.opensearch_index_prefix)


def test_without_an_index_it_is_degraded_and_names_the_command(settings: Settings) -> None:
    with serve(settings) as client:
        health = client.get("/readyz")
        assert (health.status_code, health.json()["status"], health.json()["index"]) == (200, "degraded", None)
        assert "tanaban index rebuild" in health.json()["reasons"][0]


def test_another_normalisers_index_is_served_and_told(settings: Settings, opensearch: OpenSearch) -> None:
    """After an upgrade before its rebuild, or a rollback (I13)."""
    index = rebuild(settings).generation.index_name
    with serve(settings) as client:
        assert client.get("/readyz").json()["status"] == "ready"
        assert gauge(client, "tanaban_normalizer_mismatch") == 0
        meta = opensearch.indices.get_mapping(index=index)[index]["mappings"]["_meta"]
        opensearch.indices.put_mapping(index=index, body={"_meta": meta | {"normalizer_version": "before"}})
        time.sleep(SERVING_MEMO_S)
        assert gauge(client, "tanaban_normalizer_mismatch") == 1
        health = client.get("/readyz")
        assert (health.status_code, health.json()["status"]) == (200, "degraded")
        assert "tanaban index rebuild" in health.json()["reasons"][0]
        assert client.get("/v1/search?q=a").status_code == 200


def test_a_rebuild_is_seen_in_the_metrics(settings: Settings, database: psycopg.Connection[TupleRow]) -> None:
    rebuild(settings)
    with serve(settings) as client:
        assert gauge(client, "tanaban_rebuild_running") == 0
        assert gauge(client, "tanaban_index_live_since_timestamp_seconds") == pytest.approx(time.time(), abs=60)
        job = jobs.enqueue_reindex(database)
        jobs.start_job(database, job, "test")
        jobs.report_progress(database, job, Progress("writing", 30, 100, rate_per_s=10))
        assert gauge(client, "tanaban_rebuild_running") == 1
        assert gauge(client, "tanaban_rebuild_products_done") == 30
        assert gauge(client, "tanaban_rebuild_products_total") == 100
        assert gauge(client, "tanaban_rebuild_products_per_second") == 10
        assert gauge(client, "tanaban_rebuild_silent_seconds") < 30
        database.execute("UPDATE tanaban.jobs SET heartbeat_at = now() - interval '1 hour'")
        assert gauge(client, "tanaban_rebuild_silent_seconds") > 3_500


def test_the_last_proof_is_seen_in_the_metrics_and_left_drift_is_told(
    settings: Settings, database: psycopg.Connection[TupleRow]
) -> None:
    clean_at_of, drift_of = "tanaban_last_clean_proof_timestamp_seconds", "tanaban_drift_documents"
    live, standby = '{state="live"}', '{state="standby"}'
    with serve(settings) as client:
        assert clean_at_of not in metrics_without_help(client)
        rebuild(settings)
        rebuild(settings)
        clean_at = gauge(client, clean_at_of + live)
        assert clean_at == pytest.approx(time.time(), abs=60)
        assert gauge(client, "tanaban_last_clean_proof_products" + live) == 0
        Shop(database).product()
        assert not prove_served(settings, repair=False)[0].is_clean
        assert (gauge(client, drift_of + live), gauge(client, drift_of + standby)) == (1, 1)
        assert gauge(client, clean_at_of + live) == clean_at
        assert "tanaban index reconcile --repair" in client.get("/readyz").json()["reasons"][0]
        prove_served(settings, repair=True)
        assert (gauge(client, drift_of + live), gauge(client, drift_of + standby)) == (0, 0)
        assert gauge(client, clean_at_of + live) > clean_at
        assert gauge(client, "tanaban_last_clean_proof_products" + live) == 1
        assert client.get("/readyz").json()["reasons"] == []


def metrics_without_help(client: httpx.Client) -> str:
    return "\n".join(line for line in client.get("/metrics").text.splitlines() if not line.startswith("#"))


def gauge(client: httpx.Client, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", client.get("/metrics").text, re.MULTILINE)
    assert found, name
    return float(found[1])


def test_a_slot_that_nobody_reads_is_told_with_how_far_it_is_behind(
    settings: Settings, database: psycopg.Connection[TupleRow]
) -> None:
    with serve(settings) as client:
        assert gauge(client, "tanaban_capture_running") == 0
        ensure_slot(database, settings)
        Shop(database).product()
        health = client.get("/readyz").json()
        assert health["status"] == "degraded"
        assert any("tanaban sync run" in reason for reason in health["reasons"])
        assert gauge(client, "tanaban_capture_lag_bytes") > 0
        assert gauge(client, "tanaban_capture_stopped_timestamp_seconds") > 0
        assert health["sync"]["stopped_at"]


def test_the_lanes_are_seen_in_the_metrics_and_in_readyz(
    settings: Settings, database: psycopg.Connection[TupleRow]
) -> None:
    shop = Shop(database)
    for _ in range(3):
        shop.product(brand="棚番")
    fanout.store_fanouts(database, [(Fanout.BRAND, shop.brand("棚番"))], [])
    fanout.count_products(database)
    with serve(settings) as client:
        assert gauge(client, "tanaban_fanout_jobs") == 1
        assert gauge(client, "tanaban_fanout_products_left") == 3
        assert gauge(client, "tanaban_dead_letters") == 0
        low_lane = client.get("/readyz").json()["sync"]["low_lane"]
    assert low_lane == {"jobs": 1, "products_done": 0, "products_total": 3, "rate_per_s": None, "eta_s": None}
