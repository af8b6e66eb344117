"""What shoppers search for, in PostgreSQL: it fades, few do not make it known, and it is forgotten."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.rows import TupleRow

from catalog.search_queries import AskedQuery, fetch_popular_queries, prune_queries, write_queries
from core import limits
from core.clients import connect_database
from core.settings import Settings

pytestmark = pytest.mark.live

NOW = datetime(2026, 8, 1, tzinfo=UTC)
HALF_LIFE = timedelta(days=14)
FIVE = 0b11111

Connection = psycopg.Connection[TupleRow]


def asked(text: str, times: int = 5, callers: int = FIVE) -> AskedQuery:
    return AskedQuery(text, times, callers)


def popular(database: Connection, settings: Settings, now: datetime = NOW) -> dict[str, float]:
    return {query.text: round(query.score, 6) for query in fetch_popular_queries(database, settings, now)}


def test_asks_add_up_and_lose_half_in_a_half_life(database: Connection, settings: Settings) -> None:
    write_queries(database, [asked("靴下", 8)], settings, NOW)
    assert popular(database, settings) == {"靴下": 8}
    assert popular(database, settings, NOW + HALF_LIFE) == {"靴下": 4}

    write_queries(database, [asked("靴下", 1)], settings, NOW + HALF_LIFE)
    assert popular(database, settings, NOW + HALF_LIFE) == {"靴下": 5}
    row = database.execute("SELECT asked, last_at FROM tanaban.search_queries").fetchone()
    assert row == (9, NOW + HALF_LIFE)


def test_the_most_asked_lately_comes_first(database: Connection, settings: Settings) -> None:
    write_queries(database, [asked("水着", 100)], settings, NOW - 6 * HALF_LIFE)
    write_queries(database, [asked("靴下", 9), asked("手袋", 10)], settings, NOW)

    assert list(popular(database, settings)) == ["手袋", "靴下", "水着"]
    assert list(popular(database, settings, NOW + timedelta(days=10_000))) == ["手袋", "靴下", "水着"]


def test_one_caller_makes_nothing_known_however_often(database: Connection, settings: Settings) -> None:
    for times in range(1, 5):
        write_queries(database, [asked("山田 太郎", 1_000, callers=0b1), asked("靴下", 1, 1 << times)], settings, NOW)
        assert popular(database, settings) == {}
    write_queries(database, [asked("靴下", 1, callers=1 << 62)], settings, NOW)
    assert popular(database, settings) == {"靴下": 5}
    assert set(popular(database, settings.model_copy(update={"query_log_callers": 1}))) == {"靴下", "山田 太郎"}


def test_what_a_shop_hides_stays_hidden(database: Connection, settings: Settings) -> None:
    write_queries(database, [asked("靴下")], settings, NOW)
    database.execute("UPDATE tanaban.search_queries SET is_hidden = true WHERE query = '靴下'")
    write_queries(database, [asked("靴下")], settings, NOW)
    prune_queries(database, NOW + timedelta(days=365))

    assert popular(database, settings) == {}
    assert database.execute("SELECT count(*) FROM tanaban.search_queries").fetchone() == (1,)


def test_what_nobody_asks_for_is_forgotten_and_so_is_what_is_too_much(
    database: Connection, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_queries(database, [asked("水着")], settings, NOW - timedelta(days=limits.LOGGED_QUERY_DAYS, seconds=1))
    for age_s, text in enumerate(["靴下", "手袋", "帽子"]):
        write_queries(database, [asked(text)], settings, NOW - timedelta(seconds=age_s))
    assert prune_queries(database, NOW) == 1
    assert set(popular(database, settings)) == {"靴下", "手袋", "帽子"}

    monkeypatch.setattr("catalog.search_queries.LOGGED_QUERIES_MAX", 2)
    assert prune_queries(database, NOW) == 1
    assert set(popular(database, settings)) == {"靴下", "手袋"}


def test_one_caller_pushes_out_nothing_that_several_asked_for(
    database: Connection, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.search_queries.LOGGED_QUERIES_MAX", 3)
    write_queries(database, [asked("靴下"), asked("手袋", callers=0b11)], settings, NOW - timedelta(days=1))
    write_queries(database, [asked(f"言葉{number}", callers=0b1) for number in range(9)], settings, NOW)

    assert prune_queries(database, NOW) == 8
    kept = {text for (text,) in database.execute("SELECT query FROM tanaban.search_queries")}
    assert kept == {"靴下", "手袋", "言葉0"}


def test_a_prune_waits_for_no_process_that_writes(settings: Settings, database: Connection) -> None:
    old = NOW - timedelta(days=limits.LOGGED_QUERY_DAYS, seconds=1)
    write_queries(database, [asked("水着"), asked("靴下")], settings, old)
    with closing(connect_database(settings)) as writer:
        write_queries(writer, [asked("水着")], settings, NOW)
        database.execute("SET lock_timeout = '500ms'")
        assert prune_queries(database, NOW) == 1
        writer.commit()
    assert set(popular(database, settings)) == {"水着"}


def test_processes_write_the_same_texts_at_once_without_losing_any(settings: Settings, database: Connection) -> None:
    texts = [f"言葉{number}" for number in range(50)]

    def write(number: int) -> None:
        with closing(connect_database(settings, autocommit=True)) as own:
            for _ in range(5):
                ordered = texts if number % 2 else texts[::-1]
                write_queries(own, [asked(text, 1, 1 << number) for text in ordered], settings, NOW)

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(write, range(6)))
    assert popular(database, settings) == dict.fromkeys(texts, 30)
