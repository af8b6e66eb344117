"""Judged queries: rules that fit the sample catalog, and grades that follow the guideline of docs/relevance.md."""

from collections import Counter
from pathlib import Path

import pytest

from catalog.sample.words import read_words
from core.errors import InvalidParameter
from relevance.needs import OWN_JUDGEMENTS, Kind, Need, grade, parse_want, read_needs
from relevance.products import JudgedProduct

NEEDS = read_needs(OWN_JUDGEMENTS)
SLUGS = {category.slug for category in read_words().categories}
BRANDS = {brand.name for brand in read_words().brands}


def product(
    name: str = "折りたたみ傘 軽量", *categories: str, brand: str = "あまやどり", **values: str
) -> JudgedProduct:
    attributes = {name: frozenset({value}) for name, value in values.items()}
    return JudgedProduct("A-1", name, frozenset(categories or ("umbrellas",)), brand, attributes, (1_980, 2_480))


def need(*wants: str, what: str = "umbrellas", words: tuple[str, ...] = ("傘",)) -> Need:
    return Need("x", "傘", (Kind(what, words),), tuple(map(parse_want, wants)), (Kind("umbrellas"),))


def test_there_are_enough_queries_each_asked_once() -> None:
    assert len(NEEDS) >= 120
    assert [query for query, count in Counter(need.query for need in NEEDS).items() if count > 1] == []


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: need.query)
def test_rules_name_what_the_catalog_has(need: Need) -> None:
    named = {kind.slug for kind in (*need.what, *need.near)} - {"*"}
    brands = {value for want in need.wants if want.name == "brand" for value in want.values}

    assert named <= SLUGS
    assert brands <= BRANDS


@pytest.mark.parametrize(
    ("wants", "expected"),
    [
        ((), 3),
        (("色=赤/青",), 3),
        (("色=黒",), 1),
        (("色=黒", "brand=あまやどり"), 2),
        (("色=黒", "brand=ソラネ"), 1),
        (("price<=2000",), 3),
        (("price>=2000",), 3),
        (("price<=1000",), 0),
        (("not~軽量",), 0),
        (("name~軽量/丈夫",), 3),
        (("name~丈夫",), 1),
    ],
)
def test_wishes_lower_a_grade_and_limits_end_it(wants: tuple[str, ...], expected: int) -> None:
    assert grade(need(*wants), product(色="赤")) == expected


def test_what_is_near_is_related_when_it_has_all_that_was_wished() -> None:
    raincoat = product("レインコート", 色="赤")

    assert grade(need(), raincoat) == 1
    assert grade(need("色=赤"), raincoat) == 1
    assert grade(need("色=黒"), raincoat) == 0
    assert grade(need(), product("帽子", "hats")) == 0


def test_a_code_is_of_one_product_only() -> None:
    code = need("型番=TK-D6757", what="*", words=())

    assert grade(code, product(型番="TK-D6757")) == 3
    assert grade(code, product(型番="TK-D6758")) == 0


@pytest.mark.parametrize("want", ["色", "price=100", "name=傘", "色~赤", "price~100"])
def test_a_want_that_cannot_be_read_is_refused(tmp_path: Path, want: str) -> None:
    file = tmp_path / "judgements.tsv"
    file.write_text(f"kind\tquery\twhat\twants\tnear\nx\t傘\tumbrellas\t{want}\t", encoding="utf-8")

    with pytest.raises(InvalidParameter, match="line 2"):
        read_needs(file)
