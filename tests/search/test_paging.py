"""Pages and cursors visit every product once, in order, whatever the sort."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadCursor
from core.limits import CURSOR_LIFE_DAYS, CURSOR_MAX_CHARS
from core.types import Yen
from search.cursor import Position, build_cursor, read_position
from search.request import Facet, Filters, SearchRequest, Sort
from tests.search.oracle import scan
from tests.search.strategies import random_catalog
from tests.search.workbench import NOW, Searcher, Workbench

ROWS = random_catalog(seed=5)


@pytest.fixture(scope="module")
def searcher(workbench: Workbench) -> Iterator[Searcher]:
    with workbench.searcher(ROWS, shards=2, segments=3) as searcher:
        yield searcher


def ask(sort: Sort, **filters: object) -> SearchRequest:
    return SearchRequest(filters=Filters(**filters), sort=sort, per_page=7, facets=())  # type: ignore[arg-type]


def walk(searcher: Searcher, request: SearchRequest) -> list[str]:
    """Ids by cursor, the clock going on."""
    ids: list[str] = []
    now = NOW
    for page in range(1, 100):
        result = searcher.run(request, now)
        assert result.page == page
        ids += [hit.id for hit in result.hits]
        if result.cursor is None:
            return ids
        request, now = replace(request, cursor=result.cursor), now + timedelta(minutes=3)
    raise AssertionError("the walk does not end")


@pytest.mark.live
@pytest.mark.parametrize("filters", [{}, {"in_stock": True, "price_max_yen": Yen(3_000)}], ids=["all", "filtered"])
@pytest.mark.parametrize("sort", list(Sort))
def test_pages_and_cursor_visit_every_product_once(searcher: Searcher, sort: Sort, filters: dict[str, object]) -> None:
    request = ask(sort, **filters)
    truth = {row.id for row, _ in scan(ROWS, request, NOW).matching()}

    first = searcher.run(request)
    paged = [hit.id for page in range(1, first.pages + 1) for hit in searcher.run(replace(request, page=page)).hits]

    assert first.total == len(truth)
    assert sorted(paged) == sorted(truth)
    assert walk(searcher, request) == paged


@pytest.mark.live
def test_a_page_beyond_the_last_is_empty_and_ends(searcher: Searcher) -> None:
    result = searcher.run(replace(ask(Sort.NEWEST), page=50))

    assert (result.hits, result.cursor) == ((), None)
    assert result.total > 0


@pytest.mark.live
@pytest.mark.parametrize(
    "after",
    [["x", "y"], [1e300, "y"], [None, "y"], [True, "y"], ["9" * 500, ""], [-1, ""], ["Infinity", "y"], [2**63, ""]],
)
def test_a_forged_cursor_is_refused_or_harmless(searcher: Searcher, after: list[object]) -> None:
    for sort in Sort:
        request = ask(sort)
        forged = replace(request, cursor=build_cursor(request, Position(NOW, 7), 7, after))
        try:
            assert searcher.run(forged).total == len(scan(ROWS, request, NOW).matching())
        except BadCursor:
            continue


def cursor_of(request: SearchRequest) -> SearchRequest:
    return replace(request, cursor=build_cursor(request, Position(NOW, 0), 7, [3, "id"]))


def test_a_cursor_keeps_its_clock_and_place() -> None:
    position = read_position(cursor_of(ask(Sort.NEWEST)), NOW + timedelta(hours=2))

    assert position == Position(NOW.replace(second=0), seen=7, after=[3, "id"])


def test_page_size_and_facets_may_change_during_a_walk() -> None:
    request = replace(cursor_of(ask(Sort.NEWEST)), per_page=50, facets=(Facet.BRAND,))

    assert read_position(request, NOW).seen == 7


@pytest.mark.parametrize(
    "change", [{"text": "other"}, {"sort": Sort.RATING}, {"filters": Filters(in_stock=True)}], ids=str
)
def test_a_cursor_fits_only_its_own_search(change: dict[str, object]) -> None:
    request = replace(cursor_of(ask(Sort.NEWEST)), **change)  # type: ignore[arg-type]

    with pytest.raises(BadCursor, match="another search"):
        read_position(request, NOW)


@pytest.mark.parametrize("moved", [timedelta(minutes=-1), timedelta(days=CURSOR_LIFE_DAYS, minutes=1)])
def test_a_cursor_from_the_future_or_too_old_is_refused(moved: timedelta) -> None:
    """One from the future would show what is not published yet."""
    with pytest.raises(BadCursor, match="days"):
        read_position(cursor_of(ask(Sort.NEWEST)), NOW + moved)


def test_a_cursor_over_its_limit_is_refused() -> None:
    with pytest.raises(BadCursor):
        read_position(replace(ask(Sort.NEWEST), cursor="A" * (CURSOR_MAX_CHARS + 1)), NOW)


def test_the_longest_reading_fits_into_a_cursor() -> None:
    request = ask(Sort.NAME)
    cursor = build_cursor(request, Position(NOW, 0), 10_000, ["😀" * 1_024, "0" * 36])

    assert read_position(replace(request, cursor=cursor), NOW).seen == 10_000


_SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text()
_JSON = st.recursive(_SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@given(st.text() | _JSON.map(lambda value: base64.urlsafe_b64encode(orjson.dumps(value)).decode()))
def test_any_other_text_is_a_bad_cursor(text: str) -> None:
    with pytest.raises(BadCursor):
        read_position(replace(ask(Sort.NEWEST), cursor=text), NOW)
