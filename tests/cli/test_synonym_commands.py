"""`tanaban synonyms` as a person calls it: what it prints, what it leaves, how it exits."""

from collections.abc import Callable
from pathlib import Path

import orjson
import psycopg
import pytest
from psycopg.rows import TupleRow

from catalog.synonyms import fetch_synonyms
from cli.main import main
from core.settings import Settings

pytestmark = pytest.mark.live

Connection = psycopg.Connection[TupleRow]
Call = Callable[..., int]


@pytest.fixture
def call(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Call:
    """Runs a command on this test's servers, in a folder of its own; returns its exit code."""
    monkeypatch.chdir(tmp_path)
    for name in ("database_url", "opensearch_url", "redis_url"):
        monkeypatch.setenv(f"TANABAN_{name.upper()}", getattr(settings, name))

    def run(*arguments: str) -> int:
        with pytest.raises(SystemExit) as ended:
            main(["synonyms", *arguments])
        return int(ended.value.code or 0)

    return run


def stored(database: Connection) -> list[str]:
    return [f"{row.kind}: {row.source} -> {row.target} {row.weight:g}" for row in fetch_synonyms(database)[1]]


def test_a_rule_is_added_normalised_and_listed(
    call: Call, database: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("add", "ﾁｬﾘ", "ママチャリ", "--weight", "0.9", "--note", "from support") == 0
    assert "チャリ -> ママチャリ: added" in capsys.readouterr().out
    assert stored(database) == ["shop: チャリ -> ママチャリ 0.9"]
    assert call("list", "チャリ") == 0
    assert "チャリ -> ママチャリ  0.9 general, shop  (from support)" in capsys.readouterr().out


def test_both_directions_come_and_go_together(call: Call, database: Connection) -> None:
    assert call("add", "チャリ", "ママチャリ", "--both") == 0
    assert stored(database) == ["shop: チャリ -> ママチャリ 0.7", "shop: ママチャリ -> チャリ 0.7"]
    assert call("remove", "ママチャリ", "チャリ", "--both") == 0
    assert stored(database) == []


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("サーバ", "サーバー", "one word already"),
        ("靴", "用", "says nothing"),
        ("！？", "靴", "no word"),
        ("パソコン", "pc", "curated"),
    ],
)
def test_a_refused_rule_says_why_and_leaves_nothing(
    call: Call, database: Connection, capsys: pytest.CaptureFixture[str], source: str, target: str, reason: str
) -> None:
    assert call("add", source, target) == 2
    assert reason in capsys.readouterr().err
    assert stored(database) == []


def test_one_of_both_directions_refused_leaves_nothing(call: Call, database: Connection) -> None:
    assert call("add", "チャリ", "自転車") == 0
    assert call("add", "自転車", "チャリ", "--both") == 2
    assert len(stored(database)) == 1


def test_a_contradiction_is_refused(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("add", "チャリ", "自転車", "--weight", "0.9") == 0
    assert call("add", "チャリ", "自転車", "--weight", "0.3") == 2
    assert "contradicts" in capsys.readouterr().err


def test_a_curated_rule_is_switched_off_and_on_again(
    call: Call, database: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("remove", "パソコン", "PC") == 0
    assert "パソコン -> pc: switched off" in capsys.readouterr().out
    assert stored(database) == ["off: パソコン -> pc 0.9"]
    assert call("remove", "パソコン", "PC") == 1
    assert call("add", "パソコン", "PC", "--weight", "0.9") == 0
    assert stored(database) == []


def test_a_shop_may_weigh_a_curated_rule_its_own_way(
    call: Call, database: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("remove", "パソコン", "PC") == 0
    assert call("add", "パソコン", "PC", "--weight", "0.4") == 0
    assert stored(database) == ["off: パソコン -> pc 0.9", "shop: パソコン -> pc 0.4"]
    capsys.readouterr()
    assert call("list", "パソコン", "--origin", "shop", "--json") == 0
    (rule,) = orjson.loads(capsys.readouterr().out)["synonyms"]
    assert (rule["target"], rule["weight"], rule["origin"]) == ("pc", 0.4, "shop")


def test_removing_what_is_not_there_says_so(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("remove", "靴", "自転車") == 1
    assert "has no synonym" in capsys.readouterr().err


def test_list_knows_its_origins(call: Call) -> None:
    assert call("list", "--origin", "elsewhere") == 2


def test_a_file_is_imported_and_again_without_a_change(
    call: Call, database: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("shop.txt").write_text("# Solr\nチャリ, ママチャリ => 自転車\n自転車, バイシクル\n", encoding="utf-8")
    assert call("import", "shop.txt", "--json") == 0
    assert orjson.loads(capsys.readouterr().out)["added"] == len(stored(database)) == 4
    assert call("import", "shop.txt", "--json") == 0
    answer = orjson.loads(capsys.readouterr().out)
    assert (answer["added"], answer["known"], len(stored(database))) == (0, 4, 4)


def test_a_file_with_a_bad_line_is_left_out_as_a_whole(
    call: Call, database: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("shop.tsv").write_text("チャリ\t自転車\n靴\n靴\t用\n", encoding="utf-8")
    assert call("import", "shop.tsv") == 1
    text = capsys.readouterr().out
    assert "line 2: " in text
    assert "line 3: " in text
    assert stored(database) == []
    assert call("import", "shop.tsv", "--skip-bad") == 0
    assert stored(database) == ["shop: チャリ -> 自転車 0.7"]


def test_a_file_that_is_not_utf8_is_named_with_its_line(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    Path("shop.tsv").write_bytes("チャリ\t自転車\n".encode() + "靴\tシューズ\n".encode("cp932"))
    assert call("import", "shop.tsv") == 1
    assert "line 2: not UTF-8" in capsys.readouterr().err
    assert call("import", "missing.tsv") == 1


def test_fetched_rules_are_new_ones_of_wanted_fields_and_stay_off_when_removed(
    call: Call, database: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    groups = [group("美容", "スタイ", "ビブリオ"), group("企業名", "東山", "西川"), group("IT", "パソコン", "PC")]
    Path("dictionary.json").write_bytes(orjson.dumps(groups))
    assert call("fetch", "--file", "dictionary.json", "--json") == 0
    assert orjson.loads(capsys.readouterr().out)["fetched"] == 2
    fetched = ["sudachi: スタイ -> ビブリオ 0.8", "sudachi: ビブリオ -> スタイ 0.8"]
    assert stored(database) == fetched
    assert call("remove", "スタイ", "ビブリオ") == 0
    assert call("fetch", "--file", "dictionary.json") == 0
    assert stored(database) == ["off: スタイ -> ビブリオ 0.8", *fetched]
    capsys.readouterr()
    assert call("list", "ビブリオ", "--origin", "sudachi", "--json") == 0
    assert [rule["source"] for rule in orjson.loads(capsys.readouterr().out)["synonyms"]] == ["ビブリオ"]


def group(field: str, *words: str) -> dict[str, object]:
    item = {"taigenYogen": "体言", "expandControl": 0, "vocabularyNumber": 1, "gokeiSyubetsu": "代表語"}
    return {"items": [{**item, "hyoukiYure": "代表表記", "bunya": [field], "midashi": word} for word in words]}


def test_a_fetch_says_what_is_wrong(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    Path("other.json").write_text("{}")
    assert call("fetch", "--file", "other.json") == 1
    assert "not the Sudachi synonym dictionary" in capsys.readouterr().err
    assert call("fetch", "--field", "企業名") == 2
    assert "allowed: ファッション" in capsys.readouterr().err
