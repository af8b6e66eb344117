"""POST /admin/catalog: what is loaded, what is named, and what is refused before it costs anything."""

import socket
import time
from collections.abc import Iterator

import httpx
import orjson
import psycopg
import pytest
from psycopg.rows import TupleRow
from pydantic import SecretStr

from core.limits import CATALOG_BODY_MAX_BYTES
from core.settings import Settings
from tests.api.server import ADMIN, TOKEN, serve

pytestmark = pytest.mark.live

SHOES = {"sku": "A-1", "name": "赤い靴", "category": ["服", "靴"], "price": 4_980, "stock": 3}
CAP = {"sku": "A-2", "name": "青い帽子", "category": ["服", "帽子"], "price": 1_980}


@pytest.fixture
def client(settings: Settings) -> Iterator[httpx.Client]:
    with serve(settings.model_copy(update={"admin_token": SecretStr(TOKEN)})) as client:
        yield client


def load(client: httpx.Client, *lines: object, query: str = "") -> httpx.Response:
    body = b"\n".join(line if isinstance(line, bytes) else orjson.dumps(line) for line in lines)
    return client.post(f"/admin/catalog{query}", content=body, headers=ADMIN)


def test_lines_are_loaded_once_and_shown_at_once(client: httpx.Client) -> None:
    assert client.get("/v1/categories").json() == {"categories": []}
    first = load(client, SHOES, CAP)
    assert first.status_code == 200
    assert (first.json()["created"], first.json()["bad"]) == (2, [])
    assert load(client, SHOES, CAP).json()["unchanged"] == 2
    client.get("/v1/categories")
    time.sleep(1.1)  # a process keeps its own tree for a second
    assert [root["name"] for root in client.get("/v1/categories").json()["categories"]] == ["服"]


def test_a_bad_line_is_named_and_the_rest_is_loaded(client: httpx.Client) -> None:
    answer = load(client, SHOES, b'{"sku": ', {"sku": "A-3"}, b"\xff\xfe", CAP)
    assert answer.status_code == 200
    assert (answer.json()["created"], answer.json()["bad_lines"]) == (2, 3)
    assert [bad["line"] for bad in answer.json()["bad"]] == [2, 3, 4]
    assert all(bad["reason"] for bad in answer.json()["bad"])


def test_a_price_feed_changes_only_what_it_has(client: httpx.Client, database: psycopg.Connection[TupleRow]) -> None:
    load(client, SHOES)
    assert load(client, {"sku": "A-1", "price": 3_980}, query="?partial=true").json()["updated"] == 1
    assert database.execute("SELECT name, base_price::int FROM products").fetchall() == [("赤い靴", 3_980)]


def test_what_a_full_body_lacks_is_discontinued_when_asked(
    client: httpx.Client, database: psycopg.Connection[TupleRow]
) -> None:
    load(client, SHOES, CAP)
    assert load(client, SHOES, query="?prune_missing=true").json()["pruned"] == 1
    assert database.execute("SELECT status FROM products WHERE sku = 'A-2'").fetchall() == [("discontinued",)]


def test_parameters_that_exclude_each_other_or_are_unknown_are_refused(client: httpx.Client) -> None:
    assert load(client, SHOES, query="?partial=1&prune_missing=1").status_code == 400
    assert "prune_mising" in load(client, SHOES, query="?prune_mising=1").json()["message"]


def test_an_empty_body_changes_nothing(client: httpx.Client) -> None:
    assert load(client).json()["created"] == 0


def test_a_body_of_several_megabytes_is_loaded(client: httpx.Client) -> None:
    lines = [SHOES | {"sku": f"B-{n}", "description": "長い説明" * 200} for n in range(2_000)]
    assert load(client, *lines).json()["created"] == 2_000


def test_a_body_that_announces_too_much_is_refused_unread(client: httpx.Client) -> None:
    head = f"POST /admin/catalog HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: "
    with socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=10) as connection:
        connection.sendall(f"{head}{CATALOG_BODY_MAX_BYTES + 1}\r\n\r\n".encode())
        assert b"413" in connection.makefile("rb").readline()


def test_a_body_that_grows_too_large_is_refused(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.import_routes.CATALOG_BODY_MAX_BYTES", 1_000)

    def unannounced() -> Iterator[bytes]:
        yield from [orjson.dumps(SHOES) + b"\n"] * 20

    answer = client.post("/admin/catalog", content=unannounced(), headers=ADMIN)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
