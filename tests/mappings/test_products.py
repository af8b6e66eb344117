"""The index body against the source design and its generator."""

import orjson

from analyzers.char_filter import build_rules
from mappings.products import build_index_body

SOURCE_DESIGN_TYPES = {
    "id": "keyword",
    "name": "text",
    "description": "text",
    "category_path": "keyword",
    "brand": "keyword",
    "price": "float",
    "attributes": "nested",
    "seller_id": "keyword",
    "status": "keyword",
    "created_at": "date",
    "popularity_score": "float",
}


def test_the_source_design_keeps_its_fields_and_types() -> None:
    fields = build_index_body(1, 0, {})["mappings"]["properties"]

    assert {name: fields[name]["type"] for name in SOURCE_DESIGN_TYPES} == SOURCE_DESIGN_TYPES
    assert (fields["name"]["analyzer"], fields["description"]["analyzer"]) == ("kuromoji", "kuromoji")
    assert fields["name"]["fields"]["keyword"]["type"] == "keyword"


def test_what_the_protocol_relies_on() -> None:
    body = build_index_body(2, 1, {"generation_id": 3})

    assert body["mappings"]["dynamic"] == "strict"
    assert body["settings"]["index"]["translog.durability"] == "request"
    assert body["settings"]["index"]["search.concurrent_segment_search.mode"] == "none"
    assert (body["settings"]["index"]["number_of_shards"], body["settings"]["index"]["number_of_replicas"]) == (2, 1)


def test_the_char_filter_is_the_generated_one() -> None:
    body = build_index_body(1, 0, {})

    rules = body["settings"]["analysis"]["char_filter"]["nfkc_casefold"]["mappings"]
    assert rules == build_rules(), "run: python -m analyzers.char_filter mappings/nfkc_casefold.json"


def test_the_body_is_a_copy() -> None:
    build_index_body(1, 0, {})["mappings"].clear()

    assert orjson.dumps(build_index_body(1, 0, {})["mappings"]["properties"])
