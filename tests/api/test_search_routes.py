"""GET /v1/search and /v1/suggest over HTTP: the shape of answers, and that nothing a caller sends breaks them."""

import socket
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.conftest import Site

pytestmark = pytest.mark.live


def test_a_search_answers_hits_facets_and_how_it_was_read(site: Site) -> None:
    answer = site.client.get("/v1/search", params={"q": "イヤホン", "attr.色": "黒", "facets": "brand,price"}).json()
    assert [hit["sku"] for hit in answer["hits"]] == ["EAR-1"]
    assert answer["hits"][0]["variation"]["sku"] == "EAR-1-B"
    assert (answer["total"], answer["page"], answer["pages"]) == (1, 1, 1)
    assert set(answer["facets"]) == {"brand", "price"}
    assert answer["query"]["applied"][0]["parameter"] == "attr.色"
    assert answer["took_ms"] >= 0


def test_an_empty_search_browses_everything_shown(site: Site) -> None:
    assert {hit["sku"] for hit in site.client.get("/v1/search").json()["hits"]} == {"EAR-1", "CAM-1"}


def test_a_category_narrows_to_its_subtree(site: Site) -> None:
    assert site.client.get("/v1/search?category=kaden").json()["total"] == 2
    assert site.client.get("/v1/search?category=audio").json()["total"] == 1


def test_a_renamed_category_redirects_with_the_rest_of_the_query(site: Site) -> None:
    response = site.client.get("/v1/search?q=a&category=old-audio&brand=x&brand=y")
    assert response.status_code == 301
    assert response.headers["location"] == "/v1/search?q=a&category=audio&brand=x&brand=y"


@pytest.mark.parametrize("slug", ["nowhere", "hidden", "a" * 255, "' OR 1=1 --", "😀"])
def test_an_unknown_category_is_refused_and_named(site: Site, slug: str) -> None:
    response = site.client.get("/v1/search", params={"category": slug})
    assert_problem(response, 400, "invalid_parameter", "category: ")


def test_an_unknown_attribute_is_refused_and_named(site: Site) -> None:
    response = site.client.get("/v1/search", params={"attr.味": "甘い"})
    assert_problem(response, 400, "unknown_parameter", "attr.味")


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/v1/search?colour=red", "colour"),
        ("/v1/search?sort=cheapest", "sort"),
        ("/v1/search?page=-1", "page"),
        ("/v1/search?per_page=101", "per_page"),
        ("/v1/search?page=1000", "10000"),
        ("/v1/search?q=" + "a" * 10_000, "q: "),
        ("/v1/search?q=%ff", "q: "),
        ("/v1/search?q=%ED%A0%80", "q: "),
        ("/v1/search?q=%00", "q: "),
        ("/v1/search?q=a&q=b", "q: "),
        ("/v1/search?cursor=not-one-of-ours", "cursor"),
        ("/v1/suggest?q=a&limit=11", "limit"),
        ("/v1/suggest?q=a&page=1", "page"),
        ("/v1/categories?page=1", "page"),
        ("/v1/categories/audio?x=1", "x"),
    ],
)
def test_a_bad_request_is_refused_and_named(site: Site, path: str, named: str) -> None:
    response = site.client.get(path)
    assert response.status_code == 400
    assert named in response.json()["message"]
    assert set(response.json()) == {"code", "message", "request_id"}


@pytest.mark.parametrize(
    "text", ["😀", "   ", "　", "!?*\\\"'()[]{}", "AND OR NOT", "<script>", "\t", "ﷺ", "%", "a" * 200]
)
def test_any_text_is_answered(site: Site, text: str) -> None:
    for path in ("/v1/search", "/v1/suggest"):
        assert site.client.get(path, params={"q": text}).status_code == 200


def test_bytes_that_are_not_percent_encoded_are_refused(site: Site) -> None:
    """By uvicorn itself: an address is ASCII."""
    assert raw_status(site, b"GET /v1/search?q=" + "靴".encode() + b" HTTP/1.1") == 400
    assert raw_status(site, b"GET /v1/search?q=\xff\xfe HTTP/1.1") == 400


def test_a_text_of_ten_thousand_japanese_characters_is_refused(site: Site) -> None:
    assert raw_status(site, f"GET /v1/search?q={quote('あ' * 10_000)} HTTP/1.1".encode()) == 400


def test_suggestions_come_by_prefix(site: Site) -> None:
    answer = site.client.get("/v1/suggest", params={"q": "オ"}).json()
    assert [brand["name"] for brand in answer["brands"]] == ["オトネ"]
    assert [category["path"] for category in answer["categories"]] == ["家電 > オーディオ"]
    assert {each["kind"] for each in answer["ranked"]} >= {"brand", "category"}
    nothing: dict[str, list[str]] = {kind: [] for kind in ("ranked", "queries", "categories", "brands", "products")}
    assert site.client.get("/v1/suggest?q=").json() == nothing


NAMES = "q category brand price_min price_max in_stock rating_min attr.色 sort page per_page facets cursor attr. Q"
names = st.sampled_from([*NAMES.split(), ""])
oddities = st.sampled_from(
    ["", "0", "1", "-1", "１", "true", "none", "brand", "name", "audio", "5", "9" * 30, "%00", "%FF", "+"]
)
values = oddities | st.text(max_size=30).map(lambda text: quote(text.encode("utf-8", "surrogatepass")))
queries = st.lists(st.tuples(names, values), max_size=6).map(lambda pairs: "&".join(f"{n}={v}" for n, v in pairs))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["/v1/search", "/v1/suggest", "/v1/categories/audio", "/search", "/c/audio"]), queries)
def test_no_query_string_breaks_the_server(site: Site, path: str, query: str) -> None:
    response = site.client.get(f"{path}?{query}")
    assert response.status_code < 500, (response.url, response.text)
    if response.status_code >= 400 and path.startswith("/v1/"):
        assert set(response.json()) == {"code", "message", "request_id"}


def assert_problem(response: httpx.Response, status: int, code: str, named: str) -> None:
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert named in response.json()["message"]


def raw_status(site: Site, request_line: bytes) -> int:
    url = site.client.base_url
    with socket.create_connection((url.host, url.port or 0), timeout=10) as connection:
        connection.sendall(request_line + b"\r\nHost: test\r\nConnection: close\r\n\r\n")
        return int(connection.makefile("rb").readline().split()[1])
