"""/admin over HTTP: who may enter, and jobs from request to result by a real worker."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from psycopg.rows import TupleRow
from pydantic import SecretStr

from core.settings import Settings
from indexing import worker
from indexing.rebuild import rebuild
from tests.api.conftest import Site
from tests.api.server import ADMIN, TOKEN, serve
from tests.catalog.factory import Shop

pytestmark = pytest.mark.live

PATHS = [
    ("POST", "/admin/reindex"),
    ("GET", f"/admin/reindex/{uuid4()}"),
    ("POST", f"/admin/reindex/{uuid4()}/cancel"),
    ("POST", "/admin/reconcile"),
    ("GET", f"/admin/reconcile/{uuid4()}"),
    ("POST", f"/admin/reconcile/{uuid4()}/cancel"),
    ("POST", "/admin/dead-letters/replay"),
    ("GET", f"/admin/dead-letters/replay/{uuid4()}"),
    ("POST", "/admin/rollback"),
    ("GET", "/admin/sync"),
    ("GET", "/admin/explain"),
    ("GET", "/admin/index"),
    ("GET", "/admin/dead-letters"),
    ("POST", "/admin/catalog"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize("sent", [None, "Bearer wrong", f"Basic {TOKEN}", "Bearer", f"Bearer {TOKEN}x", "Bearer \xe9"])
def test_without_the_token_nobody_enters(site: Site, method: str, path: str, sent: str | None) -> None:
    headers = {b"Authorization": sent.encode("latin-1")} if sent else {}
    response = site.client.request(method, path, headers=headers)
    assert (response.status_code, response.json()["code"]) == (401, "not_authorized")
    assert response.headers["www-authenticate"] == "Bearer"


def test_without_any_token_set_admin_is_closed_and_the_file_opens_it(settings: Settings) -> None:
    with serve(settings) as client:
        closed = client.get("/admin/dead-letters", headers=ADMIN)
        assert (closed.status_code, closed.json()["code"]) == (403, "admin_closed")
        assert "TANABAN_ADMIN_TOKEN" in closed.json()["message"]
        (settings.home / "admin-token").write_text("from-the-file\n")
        opened = client.get("/admin/dead-letters", headers={"Authorization": "Bearer from-the-file"})
        assert opened.json() == {"dead_letters": []}


def test_a_reindex_is_queued_done_by_the_worker_and_searched(own: Settings, shop: Shop) -> None:
    shop.product("赤い靴")
    with serve(own) as client:
        before = client.get("/v1/search")
        assert (before.status_code, before.json()["code"]) == (503, "no_live_generation")
        started = client.post("/admin/reindex", headers=ADMIN)
        assert started.status_code == 202
        watch = started.headers["location"]
        assert watch == f"/admin/reindex/{started.json()['id']}"
        assert client.get(watch, headers=ADMIN).json()["state"] == "queued"
        assert client.post("/admin/reindex", headers=ADMIN).json()["code"] == "job_active"
        with working(own):
            job = wait_for(client, watch, lambda job: job["state"] == "done")
        assert job["generation"] == 1
        assert set(job) == {"id", "state", "done", "total", "rate_per_s", "eta_s", "generation", "reason"}
        time.sleep(1.1)  # the API looks once a second for what serves
        assert client.get("/v1/search").json()["total"] == 1
        index = client.get("/admin/index", headers=ADMIN).json()
        assert [(each["state"], each["documents"]) for each in index["generations"]] == [("live", 1)]
        assert index["is_consistent"]


def test_a_queued_reindex_can_be_cancelled(own: Settings) -> None:
    with serve(own) as client:
        watch = client.post("/admin/reindex", headers=ADMIN).headers["location"]
        cancelled = client.post(f"{watch}/cancel", headers=ADMIN)
        assert (cancelled.status_code, cancelled.json()["state"]) == (202, "cancelled")
        assert client.post("/admin/reindex", headers=ADMIN).status_code == 202


def test_a_comparison_tells_what_is_wrong_and_repairs_it_when_asked_to(
    own: Settings, shop: Shop, database: psycopg.Connection[TupleRow]
) -> None:
    product = shop.product("靴")
    rebuild(own)
    database.execute("UPDATE products SET name = '改名'")
    with serve(own) as client:
        started = client.post("/admin/reconcile", headers=ADMIN)
        assert started.status_code == 202
        assert started.headers["location"] == f"/admin/reconcile/{started.json()['id']}"
        again = client.post("/admin/reconcile", headers=ADMIN, json={"repair": True})
        assert (again.status_code, again.json()["code"]) == (409, "job_active")
        assert f"Job {started.json()['id']} is queued" in again.json()["message"]
        with working(own):
            looked = wait_for(client, started.headers["location"], lambda job: job["state"] == "done")
            watch = client.post("/admin/reconcile", headers=ADMIN, json={"repair": True}).headers["location"]
            repaired = wait_for(client, watch, lambda job: job["state"] == "done")
    stale = {"stale": {"documents": 1, "ids": [str(product)]}}
    assert (looked["repair"], looked["done"], looked["total"], looked["result"]["clean"]) == (False, 1, 1, False)
    assert looked["result"]["generations"][0]["left"] == stale
    assert (repaired["repair"], repaired["result"]["clean"]) == (True, True)
    assert repaired["result"]["generations"][0]["repaired"] == stale


def test_a_queued_comparison_can_be_cancelled_and_each_kind_has_its_own_address(own: Settings) -> None:
    with serve(own) as client:
        reindex = client.post("/admin/reindex", headers=ADMIN).json()["id"]
        watch = client.post("/admin/reconcile", headers=ADMIN).headers["location"]
        assert client.get(f"/admin/reconcile/{reindex}", headers=ADMIN).status_code == 404
        assert client.post(f"/admin/reconcile/{reindex}/cancel", headers=ADMIN).status_code == 404
        cancelled = client.post(f"{watch}/cancel", headers=ADMIN)
        assert (cancelled.status_code, cancelled.json()["state"]) == (202, "cancelled")
        assert client.get(f"/admin/reindex/{reindex}", headers=ADMIN).json()["state"] == "queued"
        assert client.post("/admin/reconcile", headers=ADMIN).status_code == 202


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        (b'{"repair": "yes"}', 400, "repair"),
        (b'{"fix": true}', 400, "fix"),
        (b"[]", 400, "object"),
        (b"{", 400, "JSON"),
        (b" " * 1_025, 413, "1024"),
    ],
)
def test_a_bad_body_is_refused_and_named(site: Site, body: bytes, status: int, named: str) -> None:
    response = site.client.post("/admin/reconcile", headers=ADMIN, content=body)
    assert response.status_code == status
    assert named in response.json()["message"]


def test_dead_letters_are_written_again_by_the_worker(
    own: Settings, shop: Shop, database: psycopg.Connection[TupleRow]
) -> None:
    product = shop.product("靴")
    generation = rebuild(own).generation
    park(database, generation.id, product)
    with serve(own) as client:
        started = client.post("/admin/dead-letters/replay", headers=ADMIN)
        assert started.status_code == 202
        assert client.post("/admin/dead-letters/replay", headers=ADMIN).json()["code"] == "job_active"
        with working(own):
            job = wait_for(client, started.headers["location"], lambda job: job["state"] == "done")
        assert job["result"] == {"accepted": 1, "gone": 0, "rejected": 0, "dropped": 0}
        assert client.get("/admin/dead-letters", headers=ADMIN).json() == {"dead_letters": []}


def test_how_far_the_index_is_behind_is_told(own: Settings, shop: Shop) -> None:
    shop.product("靴")
    live = rebuild(own).generation
    with serve(own) as client:
        found = client.get("/admin/sync", headers=ADMIN).json()
    assert (found["is_running"], found["slot"], found["live_lane"]) == (False, None, None)
    (proof,) = found["proofs"]
    assert (proof["generation"], proof["state"], proof["clean_products"], proof["drift"]) == (live.id, "live", 1, 0)


def test_a_rollback_serves_the_generation_before(own: Settings, shop: Shop) -> None:
    shop.product("靴")
    first = rebuild(own).generation
    with serve(own) as client:
        alone = client.post("/admin/rollback", headers=ADMIN)
        assert (alone.status_code, alone.json()["code"]) == (503, "no_live_generation")
        rebuild(own)
        answer = client.post("/admin/rollback", headers=ADMIN).json()
        assert answer == {"id": first.id, "index_name": first.index_name}


def test_dead_letters_are_listed(own: Settings, shop: Shop, database: psycopg.Connection[TupleRow]) -> None:
    product = shop.product("靴")
    generation = rebuild(own).generation
    park(database, generation.id, product)
    with serve(own) as client:
        letter = client.get("/admin/dead-letters?limit=1", headers=ADMIN).json()["dead_letters"][0]
    assert (letter["product_id"], letter["reason"]) == (str(product), "too long")


@pytest.mark.parametrize(
    ("method", "path", "named"),
    [
        ("POST", "/admin/reindex?allow_dead_letters=many", "allow_dead_letters"),
        ("POST", "/admin/reindex?force=1", "force"),
        ("GET", "/admin/reindex/1", "job_id"),
        ("GET", "/admin/dead-letters?limit=0", "limit"),
    ],
)
def test_a_bad_admin_request_is_refused_and_named(site: Site, method: str, path: str, named: str) -> None:
    response = site.client.request(method, path, headers=ADMIN)
    assert response.status_code == 400
    assert named in response.json()["message"]


def test_a_job_that_is_not_there_is_a_404(site: Site) -> None:
    assert site.client.get(f"/admin/reindex/{uuid4()}", headers=ADMIN).status_code == 404
    assert site.client.post(f"/admin/reindex/{uuid4()}/cancel", headers=ADMIN).status_code == 404


def park(database: psycopg.Connection[TupleRow], generation: int, product: UUID) -> None:
    database.execute(
        "INSERT INTO tanaban.dead_letters (generation_id, product_id, version, error_type, reason)"
        " VALUES (%s, %s, 1, 'parsing', 'too long')",
        [generation, product],
    )


@pytest.fixture
def own(settings: Settings) -> Settings:
    return settings.model_copy(update={"admin_token": SecretStr(TOKEN)})


@pytest.fixture
def shop(database: psycopg.Connection[TupleRow]) -> Shop:
    return Shop(database)


@contextmanager
def working(settings: Settings) -> Iterator[None]:
    """A worker, as `tanaban worker` runs it."""
    stop = Event()
    thread = Thread(target=worker.run, args=(settings, stop.is_set), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=30)
    assert not thread.is_alive()


def wait_for(client: httpx.Client, path: str, is_there: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while True:
        answer: dict[str, Any] = client.get(path, headers=ADMIN).json()
        if is_there(answer):
            return answer
        assert time.monotonic() < deadline, answer
        time.sleep(0.1)
