"""The storefront over HTTP: what a browser without JavaScript, a crawler and a cache get."""

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from api.pages_render import STATIC_FILES
from core.settings import Settings
from tests.api.conftest import Site
from tests.api.server import closed_port, serve

pytestmark = pytest.mark.live

HTML = {"Accept": "text/html"}


def get(site: Site, path: str, **headers: str) -> httpx.Response:
    return site.client.get(path, headers=HTML | headers)


def tags(answer: httpx.Response, pattern: str) -> list[str]:
    return re.findall(pattern, answer.text)


def structured_data(answer: httpx.Response) -> dict[str, Any]:
    """@type -> data"""
    blocks = tags(answer, r'<script type="application/ld\+json">(.*?)</script>')
    return {data["@type"]: data for data in map(json.loads, blocks)}


PAGES = ["/", "/search?q=イヤホン", "/c/audio", "/admin/", "/p/no-such", "/search?page=0"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_title_a_description_and_a_policy_that_allows_nothing_inline(site: Site, path: str) -> None:
    answer = get(site, path)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text.startswith('<!doctype html>\n<html lang="ja">')
    assert len(tags(answer, "<title>[^<]+</title>")) == 1
    assert len(tags(answer, '<meta name="description" content="[^"]+">')) == 1
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_search_lists_hits_with_price_and_marks_what_matched(site: Site) -> None:
    answer = get(site, "/search?q=イヤホン")
    assert answer.status_code == 200
    assert "<mark>イヤホン</mark>" in answer.text
    assert "¥12,800" in answer.text
    assert "税込" in answer.text
    assert '<meta name="robots" content="noindex, follow">' in answer.text


def test_what_is_typed_comes_back_as_text_and_never_as_markup(site: Site) -> None:
    answer = get(site, '/search?q="><script>alert(1)</script>')
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text


def test_a_search_for_a_category_alone_goes_to_the_category_s_own_page(site: Site) -> None:
    answer = get(site, "/search?q=&category=audio&in_stock=true")
    assert (answer.status_code, answer.headers["location"]) == (302, "/c/audio?in_stock=true")


@pytest.mark.parametrize(
    ("beyond", "first"), [("/c/audio?page=9", "/c/audio"), ("/search?q=ear-1&page=9", "/search?q=ear-1")]
)
def test_a_page_beyond_the_last_leads_back_to_the_first(site: Site, beyond: str, first: str) -> None:
    answer = get(site, beyond)
    assert (answer.status_code, answer.headers["location"]) == (302, first)


def test_a_category_page_is_canonical_only_without_filters(site: Site) -> None:
    plain, filtered = get(site, "/c/audio"), get(site, "/c/audio?in_stock=true&utm_source=mail")
    canonical = f'<link rel="canonical" href="{site.settings.public_url}/c/audio">'
    assert canonical in plain.text
    assert canonical in filtered.text
    assert "noindex" not in plain.text
    assert "noindex" in filtered.text
    names = [step["name"] for step in structured_data(plain)["BreadcrumbList"]["itemListElement"]]
    assert names == ["家電", "オーディオ"]


def test_a_category_s_old_address_leads_to_its_new_one(site: Site) -> None:
    answer = get(site, "/c/old-audio?in_stock=true")
    assert (answer.status_code, answer.headers["location"]) == (301, "/c/audio?in_stock=true")
    answer = get(site, "/search?q=赤&category=old-audio")
    assert answer.status_code == 301
    assert unquote(answer.headers["location"]) == "/search?q=赤&category=audio"


@pytest.mark.parametrize("path", ["/c/no-such", "/c/hidden", "/c/%00", "/p/no-such", "/no-such-page"])
def test_what_does_not_exist_is_a_japanese_404_page(site: Site, path: str) -> None:
    answer = get(site, path)
    assert answer.status_code == 404
    assert "ページが見つかりません" in answer.text


def test_a_product_page_shows_price_list_price_stock_rating_and_its_path(site: Site) -> None:
    answer = get(site, f"/p/{site.earphones}")
    assert answer.status_code == 200
    for text in ["完全ワイヤレスイヤホン", "¥12,800", "¥15,800", "18%OFF", "残り5点", "オーディオ", "オトネ"]:
        assert text in answer.text
    assert f'<link rel="canonical" href="{site.settings.public_url}/p/{site.earphones}">' in answer.text
    data = structured_data(answer)
    assert data["Product"]["offers"]["price"] == 12_800
    assert data["Product"]["aggregateRating"]["reviewCount"] == 1
    assert data["BreadcrumbList"]["itemListElement"][-1]["name"] == "完全ワイヤレスイヤホン"


def test_a_variation_has_an_address_but_the_product_stays_canonical(site: Site) -> None:
    (url,) = tags(get(site, f"/p/{site.earphones}"), r'href="(/p/[^"]+\?variation=[^"]+)"[^>]*>白</a>')
    answer = get(site, url)
    assert "<dd>EAR-1-W</dd>" in answer.text
    assert f'<link rel="canonical" href="{site.settings.public_url}/p/{site.earphones}">' in answer.text


def test_a_product_that_is_gone_is_a_japanese_410_page(site: Site) -> None:
    answer = get(site, f"/p/{site.gone}")
    assert answer.status_code == 410
    assert "この商品の取り扱いは終了しました" in answer.text


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("price_min=abc", "price_min"),
        ("price_min=5&price_max=3", "price_min"),
        ("sort=cheapest", "sort"),
        ("attr.no-such=x", "no-such"),
        ("q=%ff", "q"),
    ],
)
def test_a_wrong_parameter_is_a_japanese_400_page_that_names_it(site: Site, query: str, named: str) -> None:
    answer = get(site, f"/search?{query}")
    assert answer.status_code == 400
    assert "条件を読み取れませんでした" in answer.text
    assert named in tags(answer, r'<p class="muted" lang="en">([^<]+)</p>')[0]


def test_fields_that_a_form_sends_empty_and_what_mailings_add_are_no_parameters(site: Site) -> None:
    answer = get(site, "/search?q=イヤホン&price_min=&price_max=&utm_source=mail&fbclid=x")
    assert answer.status_code == 200
    assert 'class="chips"' not in answer.text


@pytest.mark.parametrize("text", ["😀", "　", "!!!", "%EF%BF%BD", "\u200b", "a" * 200])
def test_any_text_gets_an_answer(site: Site, text: str) -> None:
    assert get(site, f"/search?q={text}").status_code == 200


def test_pages_are_compressed_for_those_who_ask(site: Site) -> None:
    small, large = get(site, "/c/audio"), get(site, "/c/audio", **{"Accept-Encoding": "identity"})
    assert small.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in large.headers
    assert small.text == large.text
    assert int(small.headers["content-length"]) < int(large.headers["content-length"]) / 3


def test_link_checkers_may_ask_with_head(site: Site) -> None:
    for path in ["/", "/c/audio", f"/p/{site.earphones}", "/search"]:
        answer = site.client.head(path, headers=HTML)
        assert (answer.status_code, answer.content) == (200, b"")


def test_static_files_are_kept_for_good_under_an_address_that_names_their_content(site: Site) -> None:
    linked = tags(get(site, "/"), r'"(/static/[^"#]+)')
    assert {path.rpartition("/")[2] for path in linked} == {"icon.svg", "shop.css", "suggest.js"}
    for path in linked:
        answer = site.client.get(path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.content == STATIC_FILES[path.rpartition("/")[2]].content


def test_a_page_older_than_the_server_still_gets_its_style_but_does_not_keep_it(site: Site) -> None:
    answer = site.client.get("/static/000000000000/shop.css")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
    assert site.client.get("/static/000000000000/no-such.css", headers=HTML).status_code == 404


def test_without_search_the_pages_that_need_only_postgresql_go_on(site: Site) -> None:
    nowhere: Settings = site.settings.model_copy(update={"opensearch_url": f"http://127.0.0.1:{closed_port()}"})
    with serve(nowhere) as client:
        down = replace(site, client=client)
        search = get(down, "/search?q=イヤホン")
        assert search.status_code == 503
        assert int(search.headers["retry-after"]) > 0
        assert "ただいまご利用いただけません" in search.text
        home, category, product = get(down, "/"), get(down, "/c/kaden"), get(down, f"/p/{site.earphones}")
    assert "カテゴリから探す" in home.text
    assert "ただいま人気の商品を表示できません" in home.text
    assert "ただいま商品一覧を表示できません" in category.text
    assert "オーディオ" in category.text
    assert "noindex" in category.text
    assert "¥12,800" in product.text
    assert [home.status_code, category.status_code, product.status_code] == [200, 200, 200]
