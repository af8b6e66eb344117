"""The document that a row becomes."""

import math
from dataclasses import replace
from typing import Any

import orjson
import pytest

from catalog.product import ProductRow
from indexing import documents
from indexing.documents import build_document, build_tombstone, hash_document
from mappings.products import build_index_body
from tests.catalog.rows import PRODUCT_ID, category, product_row, variation

SHIRT = product_row(
    name="Ｔシャツ",
    attributes={"素材": ["綿"], "内容量": ["1,500ml"]},
    images=[["/1.svg", "Tシャツ"], ["/2.svg", "Tシャツ 青"]],
    variations=[
        variation("TS-R-M", {"色": ["赤"], "サイズ": ["M"]}, stock=0),
        variation("TS-B-L", {"色": ["青"], "サイズ": ["L"]}, adjustment_yen=200, stock=4),
    ],
    review_count=2,
    rating_sum=9,
    popularity=8.0,
)


def test_every_field_of_a_document_is_in_the_strict_mapping() -> None:
    fields = build_index_body(1, 0, {})["mappings"]["properties"]

    for document in (build_document(SHIRT), build_document(product_row(path=[category(str(n)) for n in range(9)]))):
        assert document.keys() <= fields.keys()
    nested = build_document(SHIRT)["variations"][0]
    assert nested.keys() <= fields["variations"]["properties"].keys()


def test_category_ids_and_paths_name_every_ancestor() -> None:
    document = build_document(SHIRT)

    assert document["category_ids"] == ["id-家電", "id-音響", "id-イヤホン"]
    assert document["category_path"] == ["家電", "家電 > 音響", "家電 > 音響 > イヤホン"]
    assert document["category_lvl2"] == "家電 > 音響 > イヤホン"


def test_flat_attributes_are_the_union_of_the_variations() -> None:
    document = build_document(SHIRT)

    assert document["attribute_names"] == ["素材", "内容量", "色", "サイズ"]
    assert "色\x1f赤" in document["attribute_tokens"]
    assert "色\x1f青" in document["attribute_tokens"]
    assert {"name": "内容量", "value": "1,500ml", "number": 1500.0} in document["attributes"]


def test_offer_is_that_of_the_cheapest_and_stock_of_all() -> None:
    document = build_document(SHIRT)

    assert (document["price"], document["price_yen"]) == (10_000.0, 10_000)
    assert document["variation_prices_yen"] == [10_000, 10_200]
    assert (document["stock"], document["in_stock"]) == (4, True)
    assert [each["in_stock"] for each in document["variations"]] == [False, True]


def test_codes_are_compared_without_hyphens() -> None:
    document = build_document(product_row(sku="AB-12", attributes={"JANコード": ["4901234567894"], "型番": ["X-9"]}))

    assert document["codes"] == ["ab12", "4901234567894", "x9"]


def test_codes_are_no_facets() -> None:
    document = build_document(product_row(attributes={"JANコード": ["4901234567894"], "型番": ["X-9"], "色": ["赤"]}))

    assert document["attribute_names"] == ["色"]
    assert document["attribute_tokens"] == document["variations"][0]["attribute_tokens"] == ["色\x1f赤"]
    assert len(document["attributes"]) == 3


def test_rating_is_absent_without_reviews_and_pulled_to_the_middle_with_few() -> None:
    assert "rating" not in build_document(product_row())
    document = build_document(SHIRT)
    assert (document["rating"], document["rating_score"]) == (4.5, 3.786)


@pytest.mark.parametrize(("popularity", "indexed"), [(8.0, 8.0), (1e39, 3e38), (1e-40, 1.2e-38)])
def test_popularity_is_clamped_to_what_rank_feature_takes(popularity: float, indexed: float) -> None:
    document = build_document(product_row(popularity=popularity))

    assert document["popularity"] == indexed
    assert document["popularity_score"] == pytest.approx(math.log2(indexed), abs=1e-4)


@pytest.mark.parametrize("popularity", [None, 0.0])
def test_no_popularity_means_no_field(popularity: float | None) -> None:
    assert {"popularity", "popularity_score"}.isdisjoint(build_document(product_row(popularity=popularity)))


def test_what_is_not_searchable_becomes_a_tombstone() -> None:
    document = build_document(product_row(status="draft"))

    assert document == build_tombstone(PRODUCT_ID)
    assert document.keys() == {"id", "tombstone", "doc_hash"}


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "別の名前"},
        {"stock": 4},
        {"popularity": 1.0},
        {"review_count": 1, "rating_sum": 5},
        {"images": [["/1", None]]},
    ],
)
def test_the_hash_follows_the_content(changes: dict[str, Any]) -> None:
    assert build_document(product_row())["doc_hash"] == build_document(product_row())["doc_hash"]
    assert build_document(product_row(**changes))["doc_hash"] != build_document(product_row())["doc_hash"]


def test_a_document_is_json() -> None:
    assert orjson.loads(orjson.dumps(build_document(SHIRT))) == build_document(SHIRT)


def test_stocks_that_exceed_an_integer_together_are_clamped() -> None:
    row = product_row(variations=[variation("A", stock=2**31 - 1), variation("B", stock=2**31 - 1)])

    assert build_document(row)["stock"] == 2**31 - 1


@pytest.mark.parametrize(
    "row", [SHIRT, product_row(brand_kana="ソニー"), product_row(variations=[]), product_row(status="draft")]
)
def test_the_hash_of_a_row_is_that_of_its_document(row: ProductRow) -> None:
    document = build_document(row)

    assert hash_document(row) == (None if "tombstone" in document else document["doc_hash"])


@pytest.mark.parametrize(
    "change",
    [
        {"name": "別の名前"},
        {"description": "別の説明"},
        {"brand_name": "別のブランド"},
        {"brand_kana": "ベツノブランド"},
        {"attributes": {"色": ["別の色"]}},
        {"path": [category("別のカテゴリ")]},
        {"popularity": 12.5},
    ],
    ids=str,
)
def test_what_changes_a_document_changes_its_hash(change: dict[str, Any]) -> None:
    """Words too, which the hash covers by what they are made of."""
    assert hash_document(replace(SHIRT, **change)) != hash_document(SHIRT)


def test_another_normaliser_makes_another_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    before = hash_document(SHIRT)
    monkeypatch.setattr(documents, "NORMALIZER_VERSION", "other")

    assert hash_document(SHIRT) != before
