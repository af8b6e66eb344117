"""A catalog over a taxonomy, and what is asked of it, on a tiny taxonomy in the same format."""

from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest

from catalog.catalog_line import check_line
from catalog.tree import Category, CategoryTree
from cli import relevance_taxonomy
from cli.main import main
from cli.relevance_taxonomy import measure_understanding
from cli.taxonomy_text import Measured, Understood, build_measured_json, describe_measured
from core.errors import InvalidParameter
from core.types import CategoryId
from relevance.scale import Outcome, ask_part_words, ask_plain, ask_wishes, find_percentile, summarize_outcomes
from relevance.taxonomy import ATTRIBUTES, CATEGORIES, Brand, build_taxonomy_lines, draw_leaves, read_taxonomy
from relevance.wishes import Wish, build_attribute_wishes, build_category_wishes, build_part_words, is_part_only
from search.vocabulary import Vocabulary, build_brands, build_categories, build_synonym_table
from tests.relevance.test_shopper import asking

BRANDS = [Brand("ソラネ", "ソラネ"), Brand("VELTO", "ベルト")]
CATEGORY_ROWS = [
    ("fb", "1", "食品・飲料", "食品・飲料", "Food", ""),
    ("fb-1", "2", "飲料", "食品・飲料 > 飲料", "Food > Beverages", ""),
    ("fb-1-1", "3", "水", "食品・飲料 > 飲料 > 水", "Food > Beverages > Water", "flavor,unknown"),
    ("fb-1-2", "3", "お茶", "食品・飲料 > 飲料 > お茶", "Food > Beverages > Tea", "flavor"),
    ("aa", "1", "衣料品", "衣料品", "Apparel", ""),
    ("aa-1", "2", "水着", "衣料品 > 水着", "Apparel > Swimwear", "color"),
    ("aa-2", "2", "ベルト", "衣料品 > ベルト", "Apparel > Belts", "color"),
]
ATTRIBUTE_ROWS = [("flavor", "味", "レモン|緑茶|その他"), ("color", "色", "ブルー|レッド")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / CATEGORIES, "id level name_ja path_ja path_en attribute_handles", CATEGORY_ROWS)
    write(tmp_path / ATTRIBUTES, "handle name_ja values_ja", ATTRIBUTE_ROWS)
    return tmp_path


def write(file: Path, head: str, rows: list[Any]) -> None:
    file.write_text("\n".join(["\t".join(row) for row in (head.split(), *rows)]) + "\n", encoding="utf-8")


def line(sku: str, name: str, category: list[str], **more: Any) -> dict[str, Any]:
    return {"sku": sku, "name": name, "category": category, "brand": None, "description": None, "attributes": {}} | more


def test_leaves_have_their_path_and_the_values_of_their_attributes(folder: Path) -> None:
    leaves = {leaf.name: leaf for leaf in read_taxonomy(folder)}

    assert list(leaves) == ["水", "お茶", "水着", "ベルト"]
    assert leaves["水"].path == ("食品・飲料", "飲料", "水")
    assert leaves["水"].attributes == {"味": ("レモン", "緑茶")}


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (CATEGORIES, "id\tname_ja\n", "line 1"),
        (CATEGORIES, "id\tlevel\tname_ja\tpath_ja\tpath_en\tattribute_handles\nfb\t1\n", "line 2"),
        (ATTRIBUTES, "", "line 1"),
        (ATTRIBUTES, None, "cannot be read"),
    ],
)
def test_a_broken_table_is_refused_with_its_line(folder: Path, file: str, text: str | None, said: str) -> None:
    (folder / file).unlink() if text is None else (folder / file).write_text(text, encoding="utf-8")

    with pytest.raises(InvalidParameter, match=rf"{file}.*{said}"):
        read_taxonomy(folder)


def test_products_are_lines_that_an_import_takes(folder: Path) -> None:
    brands = [Brand(f"ソラネ{number}", "ソラネ") for number in range(100)]
    lines = list(build_taxonomy_lines(read_taxonomy(folder), brands, 2, seed=1))

    assert len({check_line(each).sku for each in lines}) == len(lines) == 8
    assert all(each["category"][-1] in each["name"] for each in lines)
    assert len({each["brand"] for each in lines if each["brand"]}) == 4
    assert [bool(each["brand"]) for each in lines] == [True, False] * 4


def test_a_leaf_has_the_same_products_whichever_others_are_drawn(folder: Path) -> None:
    leaves = read_taxonomy(folder)
    some = draw_leaves(leaves, 2, seed=1)
    name_by_sku = {each["sku"]: each["name"] for each in build_taxonomy_lines(leaves, BRANDS, 2, seed=1)}

    assert len(some) == 2
    assert all(name_by_sku[it["sku"]] == it["name"] for it in build_taxonomy_lines(some, BRANDS, 2, seed=1))
    assert draw_leaves(leaves, None, seed=1) == draw_leaves(leaves, 99, seed=1) == leaves


def test_a_name_asks_for_all_categories_that_bear_it_and_what_is_below() -> None:
    lines = [
        line("a", "A", ["紳士服", "パーカー"]),
        line("b", "B", ["婦人服", "パーカー"]),
        line("c", "C", ["パーカー", "子供用"]),
        line("d", "D", ["婦人服", "靴下"]),
    ]

    wanted = {wish.query: wish.wanted for wish in build_category_wishes(lines)}

    assert wanted == {"パーカー": {"a", "b", "c"}, "子供用": {"c"}, "靴下": {"d"}}


def test_a_value_is_asked_of_the_leaf_that_has_it() -> None:
    lines = [
        line("a", "A", ["靴下"], attributes={"色": ["青"], "素材": ["綿"]}),
        line("b", "B", ["靴下"], attributes={"色": ["青"]}),
        line("c", "C", ["帽子"], attributes={"色": ["青"]}),
    ]

    wanted = {wish.query: wish.wanted for wish in build_attribute_wishes(lines)}

    assert wanted == {"靴下 青": {"a", "b"}, "靴下 綿": {"a"}, "帽子 青": {"c"}}


def test_a_word_must_not_find_what_it_only_begins_under_another_root() -> None:
    lines = [
        line("water", "水 2L", ["食品", "水"]),
        line("suit", "水着 青", ["衣料品", "水着"]),
        line("glass", "水差", ["食品", "食器"]),
        line("tank", "水用タンク", ["家庭用品", "タンク"]),
        line("both", "水着と水", ["衣料品", "セット"]),
        line("hat", "帽子", ["衣料品", "帽子"], description="水着と一緒にお使いいただけます。"),
    ]

    assert build_part_words(lines) == {"水": {"suit"}}


@pytest.mark.parametrize("text", ["香水", "手作り", "靴下と靴", "飲料水", "水"])
def test_what_somebody_could_argue_about_is_not_forbidden(text: str) -> None:
    assert not any(is_part_only(kanji, text) for kanji in "水手靴")


def test_shares_and_times_are_of_all_queries() -> None:
    outcomes = [
        Outcome("水", 1, True, "strict", 4.0),
        Outcome("水着", None, True, "typo", 9.0),
        Outcome("靴", None, False, "popular", 30.0),
        Outcome("帽子", 10, True, "strict", 5.0),
    ]

    figures = summarize_outcomes(outcomes)

    assert (figures.queries, figures.first, figures.in_first_ten) == (4, 0.25, 0.5)
    assert (figures.zero_hits, figures.strict) == (0.25, 0.5)
    assert (figures.p50_ms, figures.p99_ms) == (5.0, 30.0)
    assert find_percentile([float(n) for n in range(1, 201)], 0.99) == 198


def test_only_the_first_ten_count() -> None:
    skus = [str(n) for n in range(1, 12)]
    found = ask_plain(
        lambda query: skus if query == "水" else [], [Wish("水", frozenset({"11"})), Wish("靴", frozenset())]
    )

    assert [(it.rank, it.has_hits) for it in found] == [(None, True), (None, False)]
    assert ask_plain(lambda _: skus, [Wish("水", frozenset({"10", "x"}))])[0].rank == 10


def test_the_rank_is_that_of_the_best_that_was_wanted() -> None:
    with asking() as shopper:
        outcomes = ask_wishes(shopper, [Wish("傘", frozenset({"b", "c"})), Wish("靴", frozenset({"a"}))])

    assert [(it.rank, it.has_hits, it.stage) for it in outcomes] == [(2, True, "strict"), (None, False, "popular")]


def test_a_part_of_a_word_is_found_however_deep_and_an_error_excuses_nothing() -> None:
    forbidden = {"傘": frozenset({"c", "x"}), "本": frozenset({"x"}), "靴": frozenset({"a"}), "壊": frozenset({"z"})}

    with asking() as shopper:
        assert ask_part_words(shopper, forbidden) == {"傘": {"c"}, "壊": {"z"}}


LONG = "ベルト・バンド・財布・手袋"
"""Of more words than a recognised name has; a brand of the sample is said ベルト."""


def test_a_name_that_is_taken_for_a_brand_is_told() -> None:
    rows = [Category(CategoryId(UUID(int=n)), None, name, name, 0, True) for n, name in enumerate((LONG, "水着"), 1)]
    tree = CategoryTree(rows)
    brands = build_brands((each.name, each.name, each.kana) for each in BRANDS)
    vocabulary = Vocabulary(build_synonym_table(()), brands, build_categories(tree))
    names = [Wish(LONG, frozenset()), Wish("水着", frozenset())]

    understood = measure_understanding(tree, vocabulary, names, [Wish("水着 青", frozenset())])

    assert (understood.texts, understood.as_category, understood.as_brand) == (3, 1, (LONG,))


def measured(**changes: Any) -> Measured:
    outcomes = {"category": ([Outcome("水", 1, True, "strict", 4.0)], [Outcome("水", None, True)])}
    whole: dict[str, Any] = {
        "categories": 1,
        "products": 2,
        "outcomes": outcomes,
        "part_words": 3,
        "wrong_parts": {},
        "understood": Understood(1, 0.2, 0.4, 1, ()),
        "rss_mb": 300.0,
    }
    return Measured(**(whole | changes))


def test_both_systems_stand_in_the_table_and_in_the_json() -> None:
    row = describe_measured(measured(), []).splitlines()[2].split()

    assert row == ["category", "1", "100.0%", "0.0%", "100.0%", "0.0%", "0.0%", "0.0%", "100.0%", "4.0", "4.0"]
    stored = orjson.loads(orjson.dumps(build_measured_json(measured(), [])))
    assert stored["category"]["tanaban"]["in_first_ten"] == 1
    assert stored["category"]["kuromoji"] == {"first": 0.0, "in_first_ten": 0.0, "zero_hits": 0.0}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"wrong_parts": {"水": frozenset({"b", "a"})}}, "水 finds a (2 such)"),
        ({"outcomes": {"category": ([Outcome("壊", None, False, "failed")], [])}}, "壊 gets an error (1 such)"),
        ({"understood": Understood(1, 0.2, 1.6, 1, ())}, "understanding takes 1.60 ms"),
        ({"rss_mb": 401.0}, "401 MB"),
    ],
)
def test_what_is_not_good_enough_is_named(changes: dict[str, Any], said: str) -> None:
    assert measured().list_faults() == []
    assert said in "".join(measured(**changes).list_faults())


def test_a_taxonomy_that_lies_nowhere_is_left_out_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    usual = tmp_path / "taxonomy"
    monkeypatch.setattr(relevance_taxonomy, "TAXONOMY", usual)

    with pytest.raises(SystemExit) as ended:
        main(["relevance", "taxonomy", "--taxonomy", str(usual), "--folder", str(tmp_path / "servers")])

    assert ended.value.code == 0
    assert str(usual) in capsys.readouterr().out
    assert not (tmp_path / "servers").exists()


def test_a_taxonomy_that_was_named_must_be_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["relevance", "taxonomy", "--taxonomy", str(tmp_path / "none"), "--folder", str(tmp_path / "servers")])

    assert ended.value.code == 2
    assert "cannot be read" in capsys.readouterr().err
    assert not (tmp_path / "servers").exists()
