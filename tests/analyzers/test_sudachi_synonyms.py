"""What is taken from the Sudachi synonym dictionary, in its own form."""

import orjson
import pytest

from analyzers.sudachi_synonyms import DOMAINS, USUAL_FIELDS, build_rules, parse_dictionary
from core.errors import SynonymFileError


def item(word: str, **changes: object) -> dict[str, object]:
    plain = {
        "taigenYogen": "体言",
        "expandControl": 0,
        "vocabularyNumber": 1,
        "gokeiSyubetsu": "代表語",
        "ryakusyou": "代表語形",
        "hyoukiYure": "代表表記",
        "bunya": ["美容"],
        "midashi": word,
    }
    return plain | changes


def rules(*groups: list[dict[str, object]], fields: tuple[str, ...] = USUAL_FIELDS) -> set[str]:
    content = orjson.dumps([{"id": f"{number:06}", "items": items} for number, items in enumerate(groups)])
    return {
        f"{rule.source}>{rule.target} {rule.weight:g} {rule.domain}"
        for rule in build_rules(parse_dictionary(content), fields)
    }


def test_words_of_one_group_find_each_other() -> None:
    found = rules([item("美容液"), item("Serum", vocabularyNumber=2), item("Ｓerum Essence", vocabularyNumber=2)])
    assert "美容液>serum 0.6 cosmetics" in found
    assert "serum>serum essence 0.8 cosmetics" in found
    assert len(found) == 6


def test_a_word_that_may_not_ask_is_only_found() -> None:
    assert rules([item("特許", expandControl=1), item("パテント")]) == {"パテント>特許 0.8 cosmetics"}


def test_a_word_that_was_taken_out_is_not_used() -> None:
    assert rules([item("弦", expandControl=2), item("ストリング")]) == set()


def test_a_mistake_asks_and_is_never_shown() -> None:
    found = rules([item("シミュレーション"), item("シュミレーション", gokeiSyubetsu="間違い")])
    assert found == {"シュミレーション>シミュレーション 0.8 cosmetics"}


def test_verbs_are_left_out() -> None:
    assert rules([item("洗う", taigenYogen="用言"), item("洗顔")]) == set()


def test_a_word_of_several_groups_has_several_meanings_and_asks_in_none() -> None:
    found = rules([item("リッチ"), item("濃厚")], [item("リッチ"), item("富裕")])
    assert found == {"濃厚>リッチ 0.8 cosmetics", "富裕>リッチ 0.8 cosmetics"}


@pytest.mark.parametrize("fields", [["企業名"], ["医療"], []])
def test_fields_that_are_not_wanted_are_left_out(fields: list[str]) -> None:
    assert rules([item("一", bunya=fields), item("二", bunya=fields)]) == set()


def test_more_fields_can_be_asked_for() -> None:
    group = [item("去痰剤", bunya=["医療"]), item("去痰薬", bunya=["医療"])]
    assert rules(group, fields=("医療",)) == {"去痰剤>去痰薬 0.8 health", "去痰薬>去痰剤 0.8 health"}
    assert set(USUAL_FIELDS) < set(DOMAINS)


@pytest.mark.parametrize("content", [b"", b"{}", b'[{"items": [{"midashi": "a"}]}]', "靴".encode("cp932")])
def test_another_file_is_refused(content: bytes) -> None:
    with pytest.raises(SynonymFileError, match="not the Sudachi synonym dictionary"):
        parse_dictionary(content)
