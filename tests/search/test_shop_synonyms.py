"""What a change of synonyms does to a shop's rows."""

import pytest

from analyzers.synonyms import Synonym
from catalog.synonyms import RowKind, SynonymRow
from core.errors import NotFound, SynonymRefused
from core.limits import SYNONYM_ROWS_MAX
from search.shop_synonyms import Done, Origin, SynonymChanges, choose_fetched, list_synonyms
from search.vocabulary import build_synonym_table

OWN = SynonymRow("チャリ", "自転車", 0.8)
FETCHED = SynonymRow("スタイ", "ビブ", 0.6, kind=RowKind.SUDACHI)
OFF = SynonymRow("パソコン", "pc", 0.9, kind=RowKind.OFF)


def targets(source: str, *rows: SynonymRow) -> list[float]:
    """The weights of what a word also finds."""
    return [alternative.weight for alternative in build_synonym_table(rows).find(source)]


def test_own_rules_stand_beside_the_curated_ones_and_come_first() -> None:
    (curated,) = targets("パソコン")[:1]
    assert targets("パソコン", SynonymRow("パソコン", "電算機", 0.3))[:2] == [0.3, curated]


def test_a_rule_that_is_off_finds_nothing() -> None:
    assert len(targets("パソコン", OFF)) == len(targets("パソコン")) - 1


def test_off_never_means_a_rule_of_the_shop_itself() -> None:
    own = SynonymRow("パソコン", "pc", 0.4)
    assert targets("パソコン", OFF, own)[0] == 0.4


def test_a_stored_rule_that_is_one_word_by_now_harms_nobody() -> None:
    assert targets("サーバ", SynonymRow("サーバー", "サーバ")) == []


def test_the_list_shows_each_origin() -> None:
    origins = [listed.origin for listed in list_synonyms([FETCHED, OFF, OWN])]
    assert list(dict.fromkeys(origins)) == [Origin.SHOP, Origin.CURATED, Origin.SUDACHI, Origin.OFF]


def test_removing_finds_the_row_however_it_is_written() -> None:
    changes = SynonymChanges([OWN])
    assert changes.remove(Synonym("ﾁｬﾘ", "自 転車")) is Done.REMOVED
    assert changes.delete == [OWN]


def test_a_rule_is_switched_off_only_once() -> None:
    with pytest.raises(NotFound):
        SynonymChanges([OFF]).remove(Synonym("パソコン", "PC"))


def test_a_stored_rule_that_is_refused_by_now_can_still_be_removed() -> None:
    broken = SynonymRow("☆", "★")
    changes = SynonymChanges([broken])
    changes.remove(Synonym("☆", "★"))
    assert changes.delete == [broken]


def test_a_repetition_names_where_the_rule_is() -> None:
    for rule, origin in ((Synonym("パソコン", "PC", 0.9), "curated"), (Synonym("チャリ", "自転車", 0.8), "shop")):
        with pytest.raises(SynonymRefused, match=rf"is there already \({origin}\)"):
            SynonymChanges([OWN]).add(rule)


def test_rows_have_a_limit() -> None:
    changes = SynonymChanges([OWN] * SYNONYM_ROWS_MAX)
    with pytest.raises(SynonymRefused, match="limit"):
        changes.add(Synonym("靴", "くつしたてぶくろ"))


def test_a_fetch_takes_only_what_says_something_new() -> None:
    fetched = [
        Synonym("パソコン", "PC"),
        Synonym("チャリ", "自転車"),
        Synonym("サーバ", "サーバー"),
        Synonym("甘藍", "キャベツ"),
    ]
    chosen = list(choose_fetched([OWN, OFF, FETCHED], fetched))
    assert [(row.source, row.kind) for row in chosen] == [("パソコン", RowKind.SUDACHI), ("甘藍", RowKind.SUDACHI)]


def test_a_fetched_rule_that_is_off_stays_off() -> None:
    off = SynonymRow("スタイ", "ビブ", 0.6, kind=RowKind.OFF)
    assert not any(listed.origin is Origin.SUDACHI for listed in list_synonyms([FETCHED, off]))
