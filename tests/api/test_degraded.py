"""A dependency that is down degrades what needs it and nothing else, and nobody waits long (I14)."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.main import create_app
from core.settings import Settings
from tests.api.conftest import Site
from tests.api.relay import Relay
from tests.api.server import closed_port, serve

pytestmark = pytest.mark.live

SHORT_WAITS: dict[str, Any] = {"database_timeout_ms": 1_000, "search_timeout_ms": 1_500, "category_memo_s": 0.05}
BOUND_S = 8.0
"""More than any of the waits above with its margin, on a busy machine."""

SEARCH_S = 1.0
"""A search that waits behind nobody, on a busy machine; less than any wait for PostgreSQL."""


def broken(site: Site, **changes: Any) -> Settings:
    return site.settings.model_copy(update=SHORT_WAITS | changes)


@contextmanager
def silent_server() -> Iterator[int]:
    """A port that takes connections and never says a word, like a server that hangs."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listener:
        port: int = listener.getsockname()[1]
        yield port


def status_in_time(client: httpx.Client, path: str) -> int:
    started = time.monotonic()
    response = client.get(path)
    assert time.monotonic() - started < BOUND_S, path
    if response.status_code == 503 and path.startswith("/v1"):
        assert int(response.headers["retry-after"]) > 0
        assert set(response.json()) == {"code", "message", "request_id"}
    return response.status_code


def statuses(client: httpx.Client, site: Site) -> dict[str, int]:
    paths = {
        "search": "/v1/search?q=イヤホン&category=audio",
        "suggest": "/v1/suggest?q=オ",
        "categories": "/v1/categories",
        "category": "/v1/categories/audio",
        "product": f"/v1/products/{site.earphones}",
        "metrics": "/metrics",
        "healthz": "/healthz",
    }
    return {name: status_in_time(client, path) for name, path in paths.items()}


ALL_WELL = dict.fromkeys(["search", "suggest", "categories", "category", "product", "metrics", "healthz"], 200)


def test_without_redis_everything_is_answered_from_postgresql(site: Site) -> None:
    with serve(broken(site, redis_url=f"redis://127.0.0.1:{closed_port()}/0")) as client:
        assert statuses(client, site) == ALL_WELL
        health = client.get("/readyz")
        assert (health.status_code, health.json()["status"]) == (200, "degraded")
        assert not health.json()["dependencies"]["redis"]["is_up"]


def test_with_a_redis_that_hangs_everything_is_answered(site: Site) -> None:
    with silent_server() as port, serve(broken(site, redis_url=f"redis://127.0.0.1:{port}/0")) as client:
        assert statuses(client, site) == ALL_WELL


@pytest.mark.parametrize("kind", ["closed", "silent"])
def test_without_opensearch_only_search_is_refused(site: Site, kind: str) -> None:
    with silent_server() as silent:
        port = silent if kind == "silent" else closed_port()
        with serve(broken(site, opensearch_url=f"http://127.0.0.1:{port}")) as client:
            assert statuses(client, site) == ALL_WELL | {"search": 503, "suggest": 503}
            assert client.get("/v1/search").json()["code"] == "search_down"
            health = client.get("/readyz")
            assert (health.status_code, health.json()["status"]) == (200, "degraded")


@pytest.mark.parametrize("kind", ["closed", "silent"])
def test_without_postgresql_search_and_what_is_cached_go_on(site: Site, kind: str) -> None:
    statuses(site.client, site)  # fills Redis
    with silent_server() as silent:
        port = silent if kind == "silent" else closed_port()
        with serve(broken(site, database_url=f"postgresql://postgres@127.0.0.1:{port}/shop")) as client:
            assert statuses(client, site) == ALL_WELL
            assert status_in_time(client, f"/v1/products/{uuid4()}") == 503
            assert client.get("/readyz").json()["status"] == "degraded"
            assert 'tanaban_dependency_up{dependency="postgresql"} 0.0' in client.get("/metrics").text


def test_without_all_three_the_api_starts_and_says_so(site: Site) -> None:
    down = {
        "database_url": f"postgresql://postgres@127.0.0.1:{closed_port()}/shop",
        "opensearch_url": f"http://127.0.0.1:{closed_port()}",
        "redis_url": f"redis://127.0.0.1:{closed_port()}/0",
    }
    with serve(broken(site, **down)) as client:
        assert status_in_time(client, "/v1/search") == 503
        assert status_in_time(client, "/v1/categories") == 503
        assert status_in_time(client, "/healthz") == 200
        assert status_in_time(client, "/readyz") == 503


def test_a_search_takes_no_thread_while_the_tree_is_fresh(site: Site) -> None:
    app = create_app(site.settings.model_copy(update={"category_memo_s": 60.0}))
    with serve(site.settings, app) as client:
        assert client.get("/v1/search?category=audio").status_code == 200
        app.state.shared.close_threads()
        assert client.get("/v1/search?category=audio").json()["total"] == 1
        assert client.get("/v1/suggest?q=a").status_code == 200


def test_when_postgresql_stops_answering_pages_fail_in_time_and_search_goes_on(site: Site) -> None:
    """Its connections stay open, so no refusal and no statement timeout ends the wait; more requests come at a time
    than there are threads."""
    assert site.settings.database_url
    statuses(site.client, site)  # fills Redis
    with (
        Relay(site.settings.database_url) as relay,
        serve(broken(site, database_url=relay.url, database_timeout_ms=2_000)) as client,
    ):
        assert status_in_time(client, f"/v1/products/{uuid4()}") == 404
        relay.freeze()
        with ThreadPoolExecutor(60) as crowd:
            waiting = [crowd.submit(status_in_time, client, f"/v1/products/{uuid4()}") for _ in range(60)]
            time.sleep(0.5)  # they are all in
            started = time.monotonic()
            assert client.get("/v1/search?q=イヤホン").status_code == 200
            assert time.monotonic() - started < SEARCH_S
            assert {page.result() for page in waiting} == {503}
        assert status_in_time(client, f"/v1/products/{uuid4()}") == 503
        assert status_in_time(client, f"/v1/products/{site.earphones}") == 200
