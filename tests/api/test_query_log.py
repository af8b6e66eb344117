"""What shoppers search for becomes a suggestion for others, once enough of them did, and costs no request anything."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.rows import TupleRow
from structlog.testing import capture_logs

from api import query_log, vocabulary
from api.query_log import QueryLog
from core.errors import DatabaseDown
from core.limits import LOGGED_AT_ONCE_MAX
from core.metrics import QUERIES_NOT_LOGGED
from core.settings import Settings
from indexing.rebuild import rebuild
from search import suggest_cache
from search.request import Filters, SearchRequest
from search.result import Facets, QueryReading, SearchResult
from tests.api.server import serve
from tests.catalog.factory import Shop
from tests.faults.processes import wait_for

FOUND = SearchResult((), 7, 1, 1, None, Facets(), QueryReading("strict", ()), 1)


class Written:
    """What a log writes, instead of PostgreSQL; it fails while there is a `failure`."""

    def __init__(self) -> None:
        self.batches: list[list[Any]] = []
        self.failure: Exception | None = None

    async def in_thread(self, _: Callable[..., object], *batch: list[Any]) -> None:
        if self.failure:
            raise self.failure
        self.batches += batch

    def counts(self) -> dict[str, int]:
        return {query.text: query.asked for batch in self.batches for query in batch}


def new_log(**settings: Any) -> QueryLog:
    return QueryLog(None, Settings(**settings))  # type: ignore[arg-type]


def note(log: QueryLog, text: str, address: str = "192.0.2.1", result: SearchResult = FOUND, **asked: Any) -> None:
    log.note(SearchRequest(text, **asked), result, address)


def written(log: QueryLog) -> dict[str, int]:
    store = Written()
    asyncio.run(log.write(store.in_thread))
    return store.counts()


def test_only_plain_first_pages_that_found_all_words_are_counted() -> None:
    log = new_log()
    note(log, "")
    note(log, "二頁目", page=2)
    note(log, "続き", cursor="x")
    note(log, "絞り込み", filters=Filters(in_stock=True))
    note(log, "書いた通り", literal=("書いた",))
    note(log, "無い", result=replace(FOUND, total=0))
    note(log, "似た", result=replace(FOUND, query=QueryReading("typo", ())))
    note(log, "長い", result=replace(FOUND, query=QueryReading("strict", (), ("い",))))
    note(log, "090-1234-5678")
    note(log, "靴下 ☠")
    note(log, "靴下")

    assert written(log) == {"靴下": 1}


@pytest.mark.parametrize(
    ("text", "is_counted"),
    [
        ("靴下 -店主は馬鹿", False),
        ("靴下 田中一郎以外", False),
        ("靴下 田中一郎以外の", False),
        ("-店主は馬鹿", False),
        ("靴下 1000円以下", True),
        ("除く 靴下", True),
        ("赤い 靴下 m", True),
    ],
)
def test_a_text_that_excludes_is_not_counted_for_what_it_excludes_is_found_nowhere(text: str, is_counted: bool) -> None:
    log = new_log()
    note(log, text)

    assert (written(log) == {text: 1}) is is_counted


def test_a_caller_counts_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    log = new_log()
    for _ in range(10):
        note(log, "靴下")
    note(log, "靴下", "192.0.2.2")
    note(log, "靴下", "2001:db8::1")
    note(log, "靴下", "2001:db8::2")
    assert written(log) == {"靴下": 3}
    note(log, "靴下")
    assert written(log) == {}
    later = monotonic() + query_log.REMEMBERED_S
    monkeypatch.setattr(query_log, "monotonic", lambda: later)
    note(log, "靴下")
    assert written(log) == {"靴下": 1}


def test_memory_is_bounded() -> None:
    log, dropped = new_log(), QUERIES_NOT_LOGGED._value.get()
    for number in range(LOGGED_AT_ONCE_MAX + 5):
        note(log, f"靴下 {number}番")

    assert len(written(log)) == LOGGED_AT_ONCE_MAX
    assert QUERIES_NOT_LOGGED._value.get() - dropped == 5


def test_it_can_be_switched_off() -> None:
    log = new_log(query_log=False)
    note(log, "靴下")

    assert written(log) == {}


@pytest.mark.parametrize("failure", [DatabaseDown("PostgreSQL does not answer"), ValueError("of any other kind")])
def test_while_texts_cannot_be_written_they_are_dropped_with_one_line(
    monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    monkeypatch.setattr(query_log, "WRITE_EVERY_S", 0.01)

    async def run() -> None:
        log, store, dropped = new_log(), Written(), QUERIES_NOT_LOGGED._value.get()
        store.failure = failure
        with capture_logs() as lines:
            async with log.writing(store.in_thread):
                for number in range(3):
                    note(log, f"靴下 {number}番")
                    await asyncio.sleep(0.05)
                assert QUERIES_NOT_LOGGED._value.get() - dropped == 3
                store.failure = None
                note(log, "手袋")
                await asyncio.sleep(0.05)
                assert store.counts() == {"手袋": 1}
                note(log, "帽子")
        assert store.counts() == {"手袋": 1, "帽子": 1}, "the last ones are written at the end"
        assert [line["event"] for line in lines] == ["What shoppers search for is not counted"]

    asyncio.run(run())


def test_what_was_written_stays_when_forgetting_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_log, "WRITE_EVERY_S", 0.01)
    monkeypatch.setattr(query_log, "PRUNE_EVERY_S", 0.01)

    async def run() -> None:
        log, store, dropped = new_log(), Written(), QUERIES_NOT_LOGGED._value.get()

        async def in_thread(work: Callable[..., object], *batch: list[Any]) -> None:
            if not batch:
                raise DatabaseDown("PostgreSQL does not answer")
            await store.in_thread(work, *batch)

        with capture_logs() as lines:
            async with log.writing(in_thread):
                for text in ("靴下", "手袋"):
                    note(log, text)
                    await asyncio.sleep(0.05)
        assert store.counts() == {"靴下": 1, "手袋": 1}
        assert QUERIES_NOT_LOGGED._value.get() == dropped
        assert [line["event"] for line in lines] == ["Old search texts are not deleted"]

    asyncio.run(run())


def test_processes_that_share_the_admin_token_set_the_same_bits(tmp_path: Path) -> None:
    def bits(**settings: Any) -> list[int]:
        log, store = new_log(**settings), Written()
        for number in range(9):
            note(log, f"靴下 {number}番")
        asyncio.run(log.write(store.in_thread))
        return [query.callers for query in store.batches[0]]

    (tmp_path / "admin-token").write_text("token\n")
    assert bits(admin_token="token") == bits(admin_token="token") == bits(home=tmp_path)
    assert bits(admin_token="another") != bits(admin_token="token") != bits(home=tmp_path / "empty")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes a minute takes a moment."""
    monkeypatch.setattr(query_log, "WRITE_EVERY_S", 0.1)
    monkeypatch.setattr(vocabulary, "NAMES_LIFE_S", 0.1)
    monkeypatch.setattr(vocabulary, "SYNONYMS_LIFE_S", 0.1)
    monkeypatch.setattr(suggest_cache, "LIFE_S", 0.1)


def fill(database: psycopg.Connection[TupleRow], settings: Settings) -> None:
    Shop(database).product("厚手の靴下 3足組", category="服")
    rebuild(settings)


def search_as(client: httpx.Client, text: str, callers: int) -> None:
    for number in range(callers):
        asked = client.get("/v1/search", params={"q": text}, headers={"X-Forwarded-For": f"198.51.100.{number}"})
        assert asked.json()["total"] == 1


def suggested(client: httpx.Client, text: str) -> list[str]:
    return [query["text"] for query in client.get("/v1/suggest", params={"q": text}).json()["queries"]]


@pytest.mark.live
@pytest.mark.usefixtures("impatient")
def test_what_many_search_for_is_suggested_to_others_while_it_finds_something(
    settings: Settings, database: psycopg.Connection[TupleRow]
) -> None:
    fill(database, settings)
    with serve(settings) as client:
        for _ in range(20):
            search_as(client, "三足 靴下 厚手", 1)
        for planted in ("靴下 -店主は馬鹿", "靴下 田中一郎以外", "靴下 ☠"):
            search_as(client, planted, 12)
        search_as(client, "靴下 厚手", 12)
        wait_for(lambda: "靴下 厚手" in suggested(client, "くつした あ"), 10)
        stored = {text for (text,) in database.execute("SELECT query FROM tanaban.search_queries")}
        assert stored == {"三足 靴下 厚手", "靴下 厚手"}
        assert suggested(client, "kutus at")[:1] == ["靴下 厚手"]
        assert "三足 靴下 厚手" not in suggested(client, "靴下"), "one caller makes nothing known"

        is_written = "SELECT asked = 12 FROM tanaban.search_queries WHERE query = '靴下 厚手'"
        wait_for(lambda: database.execute(is_written).fetchone() == (True,), 10)  # what comes later would bring it back
        database.execute("UPDATE tanaban.search_queries SET query = '靴下 薄手' WHERE query = '靴下 厚手'")
        wait_for(lambda: "靴下 厚手" not in suggested(client, "くつした"), 10)
        assert "靴下 薄手" not in suggested(client, "くつした"), "no product has it"


@pytest.mark.live
@pytest.mark.usefixtures("impatient")
def test_switched_off_nothing_is_stored_or_suggested(
    settings: Settings, database: psycopg.Connection[TupleRow]
) -> None:
    fill(database, settings)
    with serve(settings) as client:
        search_as(client, "靴下 厚手", 12)
    stored = "SELECT count(*) FROM tanaban.search_queries"
    assert database.execute(stored).fetchone() == (1,), "written when the process ended"
    with serve(settings.model_copy(update={"query_log": False})) as client:
        search_as(client, "厚手 靴下", 12)
        client.get("/search", params={"q": "厚手 靴下"})
        wait_for(lambda: client.get("/v1/suggest", params={"q": "靴下"}).status_code == 200)
        assert "靴下 厚手" not in suggested(client, "靴下")
    assert database.execute(stored).fetchone() == (1,)
