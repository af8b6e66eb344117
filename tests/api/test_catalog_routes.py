"""GET /v1/categories, /v1/categories/{slug} and /v1/products/{id} over HTTP."""

from uuid import uuid4

import pytest

from tests.api.conftest import Site

pytestmark = pytest.mark.live


def test_the_tree_has_what_shoppers_may_see(site: Site) -> None:
    roots = {root["slug"]: root for root in site.client.get("/v1/categories").json()["categories"]}
    assert {child["slug"] for child in roots["kaden"]["children"]} == {"audio", "camera"}


def test_a_category_has_its_path_children_and_siblings(site: Site) -> None:
    answer = site.client.get("/v1/categories/audio").json()
    assert answer == {
        "slug": "audio",
        "name": "オーディオ",
        "path": [{"slug": "kaden", "name": "家電"}, {"slug": "audio", "name": "オーディオ"}],
        "children": [],
        "siblings": [{"slug": "camera", "name": "カメラ"}],
    }


def test_a_renamed_category_redirects(site: Site) -> None:
    response = site.client.get("/v1/categories/old-audio")
    assert (response.status_code, response.headers["location"]) == (301, "/v1/categories/audio")


@pytest.mark.parametrize("slug", ["nowhere", "hidden", "%00", "%FF", "a" * 5_000, "%E6%9C%AC", ".."])
def test_a_category_that_is_not_there_is_a_404(site: Site, slug: str) -> None:
    response = site.client.get(f"/v1/categories/{slug}")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_a_product_has_its_breadcrumb_variations_and_rating(site: Site) -> None:
    answer = site.client.get(f"/v1/products/{site.earphones}").json()
    assert (answer["price"], answer["list_price"], answer["rating"]) == (12_800, 15_800, 4.0)
    assert [crumb["slug"] for crumb in answer["breadcrumb"]] == ["kaden", "audio"]
    assert {variation["sku"] for variation in answer["variations"]} == {"EAR-1-B", "EAR-1-W"}


def test_a_product_that_is_gone_is_a_410_and_one_to_come_a_404(site: Site) -> None:
    assert site.client.get(f"/v1/products/{site.gone}").status_code == 410
    assert site.client.get(f"/v1/products/{site.draft}").status_code == 404
    assert site.client.get(f"/v1/products/{uuid4()}").status_code == 404


@pytest.mark.parametrize("text", ["1", "null", "%00", "x" * 1_000, "%FF"])
def test_an_id_that_is_none_is_refused_and_named(site: Site, text: str) -> None:
    response = site.client.get(f"/v1/products/{text}")
    assert (response.status_code, response.json()["code"]) == (400, "invalid_parameter")
    assert "product_id" in response.json()["message"]
