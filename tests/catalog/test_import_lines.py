"""What a line may hold, and the words in which a wrong one is refused. No database."""

from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.catalog_line import LineRefused, check_line, parse_line
from catalog.import_merge import merge_line
from catalog.import_reader import read_batches
from core.limits import CATALOG_LINE_MAX_BYTES

LEAST: dict[str, Any] = {"sku": "A", "name": "靴", "category": ["靴"], "price": 100}

BAD_VALUES = [
    ({"price": "100"}, "price: must be a number without quotes"),
    ({"price": True}, "price: must be a number"),
    ({"price": 99.5}, "price: must be a whole number"),
    ({"price": -1}, "price: should be greater than or equal to 0"),
    ({"price": 10**12}, "price: should be less than or equal to 9999999999"),
    ({"price": None}, "price: must be a number"),
    ({"sale_price": 101}, "sale_price: 101 is above the price, 100"),
    ({"stock": -3}, "stock: should be greater than or equal to 0"),
    ({"stock": 2**31}, "stock: should be less than"),
    ({"status": "sold"}, "status: should be 'draft', 'active', 'out_of_stock' or 'discontinued'"),
    ({"category": "家電 > 靴"}, "category: must be a list"),
    ({"category": []}, "category: List should have at least 1 item"),
    ({"category": ["家電", " "]}, "category[1]: String should have at least 1 character"),
    ({"category": ["家電 > 靴"]}, 'category[0]: may not contain " > "'),
    ({"category": ["x"] * 9}, "category: List should have at most 8 items"),
    ({"category_slugs": ["a", "b"]}, "category_slugs: must be as many as category has names, 1"),
    ({"category_slugs": ["a/b"]}, "category_slugs[0]"),
    ({"colour": 1}, "colour: is not a key; known are sku, name"),
    ({"prise": 1}, "prise: is not a key; did you mean price?"),
    ({"variations": [{"sku": "B", "stok": 1}]}, "variations[0].stok: is not a key; did you mean stock?"),
    ({"variations": [{"sku": "B"}, {"sku": "B"}]}, "variations: 'B' is there twice"),
    (
        {"variations": [{"sku": "B", "price_adjustment": -101}]},
        "variations[0].price_adjustment: -101 makes the price -1",
    ),
    ({"variations": [{"name": "M"}]}, "variations[0].sku: is required"),
    ({"attributes": {"色": None}}, "attributes: '色' must have text, a number or a list"),
    ({"attributes": {"色": []}}, "attributes: has an empty value"),
    ({"attributes": ["赤"]}, "attributes: must be an object"),
    ({"attributes": {"色\x1f": "赤"}}, "U+001F"),
    ({"attributes": {str(n): "赤" for n in range(101)}}, "more than 100 names"),
    ({"images": ["javascript:alert(1)"]}, "images[0]: 'javascript:alert(1)' is not an address"),
    ({"images": ["/a.jpg", "/a.jpg"]}, "images: '/a.jpg' is there twice"),
    ({"name": "赤\x00靴"}, "name: has the control character U+0000"),
    ({"name": "赤い\n靴"}, "name: has a line break"),
    ({"name": " 　"}, "name: String should have at least 1 character"),
    ({"description": "赤\x07"}, "description: has the control character U+0007"),
    ({"brand_kana": "アカ"}, "brand_kana: needs a brand"),
    ({"published_at": "2026-01-01T00:00:00"}, "published_at: should have timezone info"),
    ({"published_at": 1767225600}, "published_at: must be a time with its offset"),
    ({"published_at": "0001-01-01T00:00:00Z"}, "published_at: must be from 1900 to 9998"),
]


@pytest.mark.parametrize(("change", "reason"), BAD_VALUES, ids=[reason for _, reason in BAD_VALUES])
def test_a_wrong_value_is_refused_by_its_key(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(LineRefused) as refused:
        check_line({**LEAST, **change})
    assert reason in str(refused.value)


@pytest.mark.parametrize("key", LEAST)
def test_a_required_key_is_named(key: str) -> None:
    with pytest.raises(LineRefused, match=f"{key}: is required"):
        check_line({name: value for name, value in LEAST.items() if name != key})


def test_every_wrong_key_of_a_line_is_named_at_once() -> None:
    with pytest.raises(LineRefused, match=r"price: .*; stock: .*"):
        check_line({**LEAST, "price": "1", "stock": "2"})


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("靴".encode("cp932"), "is not UTF-8: byte 0x8C at position 1; save the file as UTF-8"),
        (b'{"sku": "A"', "is not JSON"),
        (b'{"sku": "\\ud800"}', "is not JSON"),
        (b'["A"]', "is not a JSON object"),
        (b"1", "is not a JSON object"),
    ],
)
def test_a_line_that_is_no_object_is_refused(line: bytes, reason: str) -> None:
    with pytest.raises(LineRefused, match=reason):
        parse_line(line)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_are_refused(line: bytes) -> None:
    try:
        value = parse_line(line)
    except LineRefused:
        return
    assert isinstance(value, dict)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(["sku", "name", "category", "attributes", "images", "variations", "published_at",
                                        "price", "stock", "brand", "x"]), json_values))  # fmt: skip
def test_any_object_is_a_product_or_is_refused(value: dict[str, Any]) -> None:
    with suppress(LineRefused):
        check_line({**LEAST, **value})


def test_values_become_text_in_lists_and_names_are_trimmed_and_normalised() -> None:
    line = check_line({**LEAST, "sku": " A ", "brand": "ｿﾆｰ　", "attributes": {"色": "赤", "重さ": 1.5, "防水": True}})
    assert (line.sku, line.brand) == ("A", "ソニー")
    assert line.attributes == {"色": ["赤"], "重さ": ["1.5"], "防水": ["はい"]}


def read(data: bytes) -> tuple[list[list[str]], list[tuple[int, str]]]:
    bad: list[tuple[int, str]] = []
    batches = read_batches(BytesIO(data), lambda number, _, reason: bad.append((number, reason)))
    return [[given.sku for given in batch] for batch, _ in batches], bad


def test_a_byte_order_mark_crlf_and_empty_lines_are_passed_over() -> None:
    assert read(b'\xef\xbb\xbf{"sku":"A"}\r\n\r\n \n{"sku":"B"}') == ([["A", "B"]], [])


def test_line_numbers_count_every_line() -> None:
    assert read(b'\n{"sku":"A"}\n{"name":"B"}\n') == (
        [["A"]],
        [(3, "sku: is required, as text of 1 to 255 characters")],
    )


def test_a_line_that_is_too_long_is_refused_and_the_next_one_is_read() -> None:
    batches, bad = read(b'{"sku":"' + b"x" * (10 * 2**20) + b'"}\n{"sku":"B"}\n')
    assert batches == [["B"]]
    assert [(number, "is longer than" in reason) for number, reason in bad] == [(1, True)]


def test_the_longest_line_is_read() -> None:
    padding = CATALOG_LINE_MAX_BYTES - len(b'{"sku":"A","x":""}')
    batches, bad = read(b'{"sku":"A","x":"' + b"x" * padding + b'"}\r\n{"sku":"B"}')
    assert ([sku for batch in batches for sku in batch], bad) == (["A", "B"], [])


def test_a_new_brand_or_category_leaves_the_old_ones_kana_and_slugs() -> None:
    stored = {"sku": "A", "brand": "古", "brand_kana": "フル", "category": ["靴"], "category_slugs": ["kutsu"]}
    assert merge_line(stored, {"sku": "A", "brand": "新", "category": ["本"]}) == {
        "sku": "A",
        "brand": "新",
        "category": ["本"],
    }
