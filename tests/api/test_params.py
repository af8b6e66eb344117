"""What the query string of a search may hold, without any server."""

from contextlib import suppress
from urllib.parse import quote, urlencode
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.params import SearchParameters, build_query, build_request
from api.query_string import read_parameters
from catalog.tree import Category, CategoryTree
from core.errors import BadRequest
from core.limits import PAGE_WINDOW_MAX, QUERY_FIELDS_MAX, QUERY_STRING_MAX_BYTES
from core.types import CategoryId, Yen
from search.request import Facet, Filters, SearchRequest, Sort

BOOKS = Category(CategoryId(UUID(int=1)), None, "本", "hon", 0, True)
TREE = CategoryTree([BOOKS])

BAD = [
    # query string, what the message must name
    ("colour=red", "colour"),
    ("per_pge=10", "did you mean 'per_page'"),
    ("attr=赤", "attr.<name>"),
    ("sort=cheapest", "price_asc"),
    ("facets=brand,colour", "facets: must be none, or some of category, brand"),
    ("facets=none,brand", "facets"),
    ("page=0", "page: "),
    ("page=-1", "page: must be a whole number"),
    ("page=１", "page: must be a whole number"),
    ("page=1_0", "page: must be a whole number"),
    ("page=+1", "page: must be a whole number"),
    ("page=1.0", "page: must be a whole number"),
    ("page=1e3", "page: must be a whole number"),
    ("page=" + "9" * 400, "page: must be a whole number"),
    ("page=1&page=1", "page: given 2 times"),
    ("per_page=0", "per_page"),
    ("per_page=101", "per_page: Input should be less than or equal to 100"),
    ("page=101&per_page=100", f"at most {PAGE_WINDOW_MAX}"),
    ("cursor=abc&page=2", "cursor: not together with page"),
    ("cursor=" + "a" * 20_000, "cursor"),
    ("price_min=abc", "price_min"),
    ("price_min=-5", "price_min"),
    ("price_max=１００", "price_max"),
    ("price_max=999999999999999", "price_max"),
    ("price_min=10&price_max=9", "price_min: must be at most price_max"),
    ("rating_min=5.1", "rating_min"),
    ("rating_min=nan", "rating_min"),
    ("rating_min=inf", "rating_min"),
    ("in_stock=yes", "in_stock: must be true, false, 1 or 0"),
    ("q=" + "a" * 10_000, "q: has 10000 characters; at most 200"),
    ("q=" + quote("あ" * 10_000), "q: "),
    ("q=" + quote("ﷺ" * 20), "q: "),
    ("q=%FF", "q: not valid UTF-8"),
    ("q=%ED%A0%80", "q: not valid UTF-8"),
    ("%FF=1", "not valid UTF-8"),
    ("q=a%00b", "q: holds a NUL"),
    ("category=a%00b", "category: holds a NUL"),
    ("attr.%E8%89%B2=%00", "attr.色: holds a NUL"),
    ("q=a&q=b", "q: given 2 times; give it once"),
    ("brand=" + "x" * 256, "brand: "),
    ("&".join(f"brand={n}" for n in range(51)), "brand: "),
    ("&".join(f"attr.{n}=1" for n in range(11)), "attr: "),
    ("&".join(f"attr.色={n}" for n in range(51)), "attr.色: "),
    (f"attr.{'x' * 256}=1", "attr.x"),
    ("&".join("a=1" for _ in range(QUERY_FIELDS_MAX + 1)), "601 parameters"),
    ("q=1&longest=" + "x" * QUERY_STRING_MAX_BYTES, "longest: too long"),
]


@pytest.mark.parametrize(("query", "named"), BAD, ids=[query[:40] for query, _ in BAD])
def test_a_bad_parameter_is_refused_and_named(query: str, named: str) -> None:
    with pytest.raises(BadRequest) as refused:
        read(query)
    assert named in str(refused.value)
    assert len(str(refused.value)) < 400


GOOD: list[tuple[str, SearchRequest]] = [
    ("", SearchRequest()),
    ("q=&page=&price_min=&category=&sort=", SearchRequest()),
    ("q=ﾜｲﾔﾚｽ　イヤホン", SearchRequest(text="ワイヤレス イヤホン")),
    ("q=%20+%E3%80%80", SearchRequest()),
    ("q=😀", SearchRequest(text="😀")),
    ("q=%21%22%2A%3F%5C", SearchRequest(text='!"*?\\')),
    ("q=a=b", SearchRequest(text="a=b")),
    ("q=100%", SearchRequest(text="100%")),
    ("facets=none", SearchRequest(facets=())),
    ("facets=price,brand&facets=brand", SearchRequest(facets=(Facet.PRICE, Facet.BRAND))),
    ("brand=b&brand=a&brand=b", SearchRequest(filters=Filters(brands=("b", "a")))),
    (
        "attr.色=赤&attr.サイズ=M&attr.色=青",
        SearchRequest(filters=Filters(attributes=(("色", ("赤", "青")), ("サイズ", ("M",))))),
    ),
    ("page=100&per_page=100", SearchRequest(page=100, per_page=100)),
    ("price_min=0&price_max=0", SearchRequest(filters=Filters(price_min_yen=Yen(0), price_max_yen=Yen(0)))),
    ("in_stock=1&rating_min=3.5", SearchRequest(filters=Filters(in_stock=True, rating_min=3.5))),
]


@pytest.mark.parametrize(("query", "wanted"), GOOD, ids=[query for query, _ in GOOD])
def test_a_query_string_becomes_the_request_that_it_says(query: str, wanted: SearchRequest) -> None:
    assert build_request(read(query), None) == wanted


def test_a_page_takes_links_with_tracking_parameters() -> None:
    tracked = b"q=shoes&utm_source=mail&attr=1"
    assert read_parameters(SearchParameters, tracked, ignore_unknown=True).q == "shoes"


texts = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=20)
values = st.lists(texts, unique=True, max_size=3).map(tuple)
requests = st.builds(
    SearchRequest,
    text=st.sampled_from(["", "赤い 靴", "a&b=c+d%"]),
    filters=st.builds(
        Filters,
        category_id=st.sampled_from([None, BOOKS.id]),
        brands=values,
        sellers=values,
        price_min_yen=st.none() | st.integers(0, 500).map(Yen),
        price_max_yen=st.none() | st.integers(500, 10**9).map(Yen),
        in_stock=st.booleans(),
        rating_min=st.sampled_from([None, 0.0, 3.5, 5.0]),
        attributes=st.dictionaries(texts, values.filter(bool), max_size=3).map(lambda it: tuple(it.items())),
    ),
    sort=st.sampled_from(Sort),
    page=st.integers(1, 100),
    per_page=st.integers(1, 100),
    facets=st.lists(st.sampled_from(Facet), unique=True).map(tuple),
)


@given(requests)
def test_a_request_survives_its_own_query_string(request: SearchRequest) -> None:
    parameters = read(urlencode(build_query(request, TREE)))
    category_id = TREE.by_slug[parameters.category].id if parameters.category else None
    assert build_request(parameters, category_id) == request


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(query: bytes) -> None:
    with suppress(BadRequest):
        read_parameters(SearchParameters, query)


def read(query: str) -> SearchParameters:
    return read_parameters(SearchParameters, query.encode())
