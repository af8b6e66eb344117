"""Synonyms: what they add to a query, what is refused, and that the curated file holds to it."""

from time import perf_counter

import pytest

from analyzers.synonym_check import SynonymCheck
from analyzers.synonym_file import CURATED, load_curated, parse_file, parse_line, parse_sound_file
from analyzers.synonyms import Synonym, SynonymTable, expand_synonyms, leave_out, normalize_synonym, read_rule
from analyzers.word import Alternative, Word
from analyzers.words import read_words
from core.errors import SynonymFileError, SynonymRefused
from core.limits import SYNONYM_TARGETS_MAX


def found_by(query: str, *synonyms: Synonym) -> list[str]:
    """What the query's words would also find, as text."""
    words = expand_synonyms(read_words(query), SynonymTable(synonyms))
    return [text_of(alternative.parts) for word in words for alternative in word.alternatives if is_added(alternative)]


def is_added(alternative: Alternative) -> bool:
    return alternative.weight < 1.0 and all(isinstance(part, Word) for part in alternative.parts)


def text_of(parts: tuple[object, ...]) -> str:
    return " ".join(part.text for part in parts if isinstance(part, Word))


def refusal(*synonyms: Synonym) -> str:
    """The reason for which the last one is refused; those before it are not."""
    check = SynonymCheck()
    for synonym in synonyms[:-1]:
        check.add(synonym, "the first")
    with pytest.raises(SynonymRefused) as refused:
        check.add(synonyms[-1], "the last")
    return str(refused.value)


def test_a_rule_holds_in_its_direction_only() -> None:
    rule = Synonym("チャリ", "自転車")
    assert found_by("チャリ", rule) == ["自転車"]
    assert found_by("自転車", rule) == []


def test_rules_are_not_chained_so_a_circle_ends() -> None:
    circle = [Synonym("チャリ", "自転車"), Synonym("自転車", "バイシクル"), Synonym("バイシクル", "チャリ")]
    assert found_by("チャリ", *circle) == ["自転車"]


def test_a_target_of_several_words_needs_all_of_them() -> None:
    (added,) = expand_synonyms(read_words("メンズ"), SynonymTable([Synonym("メンズ", "紳士 服")]))[0].alternatives[-1:]
    assert [part.text for part in added.parts if isinstance(part, Word)] == ["紳士", "服"]


@pytest.mark.parametrize("query", ["ノートパソコン", "ノート パソコン", "軽い ノートパソコン 中古"])
def test_a_source_is_found_with_spaces_and_without(query: str) -> None:
    assert "ラップトップ" in found_by(query, Synonym("ノートパソコン", "ラップトップ"))


def test_a_span_of_words_becomes_one_that_its_own_words_satisfy_first() -> None:
    table = SynonymTable([Synonym("電動 歯 ブラシ", "ソニッケアー"), Synonym("電動", "バッテリー")])
    first, *others = expand_synonyms(read_words("電動 歯 ブラシ 青"), table)
    inner = [part for part in first.alternatives[0].parts if isinstance(part, Word)]

    assert (first.text, first.start, first.end) == ("電動 歯 ブラシ", 0, 8)
    assert [word.text for word in inner] == ["電動", "歯", "ブラシ"]
    assert text_of(inner[0].alternatives[-1].parts) == "バッテリー"
    assert [word.text for word in others] == ["青"]


def test_words_without_synonyms_stay_as_they_are() -> None:
    words = read_words("赤い 靴下 3足")
    assert expand_synonyms(words, SynonymTable([Synonym("青", "ブルー")])) == words


def test_a_word_gets_no_more_than_the_limit() -> None:
    names = [f"{first}{second}" for first in "東西南北" for second in "山川谷島"]
    assert len(found_by("靴", *(Synonym("靴", name) for name in names))) == SYNONYM_TARGETS_MAX


def test_of_two_rules_for_the_same_words_the_first_holds() -> None:
    word = expand_synonyms(read_words("靴"), SynonymTable([Synonym("靴", "シューズ", 0.5), Synonym("靴", "シューズ")]))[
        0
    ]
    assert [alternative.weight for alternative in word.alternatives if is_added(alternative)] == [0.5]


def test_only_rules_of_wanted_domains() -> None:
    table = SynonymTable([Synonym("ローション", "化粧水", domain="cosmetics"), Synonym("靴", "シューズ")], {"general"})
    assert (len(table), len(table.find("靴"))) == (1, 1)


def test_a_table_has_no_use_for_rules_that_are_refused_or_needless() -> None:
    assert len(SynonymTable([Synonym("サーバ", "サーバー"), Synonym("☆", "靴"), Synonym("靴", "シューズ")])) == 1


def test_rules_are_left_out_by_their_words_however_written() -> None:
    kept = leave_out([Synonym("靴", "シューズ", 0.9), Synonym("鞄", "バッグ")], [Synonym("靴", "ｼｭｰｽﾞ")])
    assert [synonym.source for synonym in kept] == ["鞄"]


@pytest.mark.parametrize(
    ("synonym", "reason"),
    [
        (Synonym("！？", "靴"), "no word"),
        (Synonym("靴", "☆"), "no word"),
        (Synonym("サーバ", "サーバー"), "one word already"),
        (Synonym("引越し", "引っ越し"), "one word already"),
        (Synonym("ｿﾆｰ", "SONY"), "one word already"),
        (Synonym("す", "酢"), "single kana"),
        (Synonym("靴", "a"), "single kana, letter"),
        (Synonym("靴", "用"), "says nothing"),
        (Synonym("商品", "靴"), "says nothing"),
        (Synonym("靴", "シューズ", 0.0), "weight"),
        (Synonym("靴", "シューズ", 1.5), "weight"),
        (Synonym("靴", "シューズ", float("nan")), "weight"),
        (Synonym("靴", "シューズ", domain="靴"), "domain"),
        (Synonym("靴", "靴" * 60), "characters"),
        (Synonym("赤い 青い 黒い 白い", "靴"), "allowed: 3"),
    ],
)
def test_what_is_refused_says_why(synonym: Synonym, reason: str) -> None:
    assert reason in refusal(synonym)


@pytest.mark.parametrize("particles", ["の", "のに", "から", "を の", "です"])
def test_a_target_of_particles_alone_is_refused(particles: str) -> None:
    refusal(Synonym("靴", particles))


def test_a_repetition_is_refused_and_names_the_first() -> None:
    assert "靴 -> シューズ is there already (the first)" in refusal(Synonym("靴", "シューズ"), Synonym("靴", "ｼｭｰｽﾞ"))


def test_a_contradiction_is_refused_with_both_weights() -> None:
    reason = refusal(Synonym("靴", "シューズ", 0.9), Synonym("靴", "シューズ", 0.4))
    assert "0.9" in reason
    assert "0.4 contradicts" in reason


def test_the_other_direction_is_no_repetition() -> None:
    check = SynonymCheck()
    check.add(Synonym("靴", "シューズ"), "the first")
    check.add(Synonym("シューズ", "靴", 0.3), "the last")


def test_a_source_has_a_limited_number_of_targets() -> None:
    names = [f"{first}{second}" for first in "東西南北" for second in "山川谷"]
    assert "limit" in refusal(*(Synonym("靴", name) for name in names[: SYNONYM_TARGETS_MAX + 1]))


@pytest.mark.parametrize(
    ("line", "pairs"),
    [
        ("チャリ\t自転車", "チャリ>自転車"),
        ("チャリ\t自転車, バイシクル\t>\t0.5\tsports", "チャリ>自転車 チャリ>バイシクル"),
        ("チャリ\t自転車\t=", "チャリ>自転車 自転車>チャリ"),
        ("ﾁｬﾘ => 自転車", "チャリ>自転車"),
        ("ipod, i-pod => ipod", "i-pod>ipod"),
        ("a1, b2, c3", "a1>b2 a1>c3 b2>a1 b2>c3 c3>a1 c3>b2"),
    ],
)
def test_lines_of_every_form(line: str, pairs: str) -> None:
    assert " ".join(f"{rule.source}>{rule.target}" for rule in parse_line(line)) == pairs


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("靴", "expected"),
        ("靴 => ", "missing"),
        ("靴, => シューズ", "missing"),
        ("a => b => c", "expected"),
        ("靴 => 靴", "no other word"),
        ("靴\tシューズ\t<", "direction"),
        ("靴\tシューズ\t=\tmuch", "weight"),
        ("靴\tシューズ\t=\t1\tfashion\tmore", "columns"),
        ("a\\,b => c", "backslash"),
        (",".join(f"w{n}" for n in range(500)), "500 words"),
    ],
)
def test_lines_of_no_form_say_why(line: str, reason: str) -> None:
    with pytest.raises(SynonymRefused, match=reason):
        parse_line(line)


def test_a_csv_file_may_have_a_head_and_quotes() -> None:
    lines = ["source,target,direction,weight,domain", '靴,"シューズ, フットウェア",>,0.6,fashion']
    (line,) = parse_file("shop.csv", lines)
    assert line.number == 2
    assert [(rule.target, rule.weight) for rule in line.synonyms] == [("シューズ", 0.6), ("フットウェア", 0.6)]


@pytest.mark.parametrize("broken", ["靴", "靴\tの", "靴\tシューズ\t>\t2", "鞄\tバッグ\t>\t0.3"])
def test_a_broken_line_is_named_with_its_file(broken: str) -> None:
    with pytest.raises(SynonymFileError, match=r"^shop\.tsv, line 3: "):
        parse_sound_file("shop.tsv", ["# bags", "鞄\tバッグ\t>\t0.9", broken])


def test_the_curated_file_is_large_enough_and_needs_no_mending() -> None:
    check = SynonymCheck()
    for synonym in load_curated():
        check.add(synonym, CURATED)

    assert len(SynonymTable(load_curated())) == len(load_curated()) > 1_000
    assert all(synonym == normalize_synonym(synonym) for synonym in load_curated())


@pytest.mark.parametrize(
    ("query", "also"),
    [
        ("パソコン", "pc"),
        ("pc", "パソコン"),
        ("メンズ", "男性"),
        ("男性用", "メンズ"),
        ("ノートパソコン", "ラップトップ"),
        ("スマホ", "スマートフォン"),
        ("化粧水", "ローション"),
        ("漫画", "コミック"),
        ("黒", "ブラック"),
    ],
)
def test_what_the_curated_file_knows(query: str, also: str) -> None:
    assert also in found_by(query, *load_curated())


@pytest.mark.parametrize(
    ("query", "other"),
    [("イヤホン", "ヘッドホン"), ("水", "化粧水"), ("ケース", "スマホ"), ("シャンプー", "リンス"), ("テーブル", "机")],
)
def test_another_product_is_no_synonym(query: str, other: str) -> None:
    assert other not in found_by(query, *load_curated())


def test_a_query_costs_little() -> None:
    """50 µs is what it may cost; a busy machine gets some more here."""
    table = SynonymTable(load_curated())
    words = read_words("メンズ 黒 スニーカー 防水 軽量 スマホ ケース")
    best_s = min(_time_s(words, table) for _ in range(50))
    assert best_s < 100e-6


def _time_s(words: tuple[Word, ...], table: SynonymTable) -> float:
    began = perf_counter()
    expand_synonyms(words, table)
    return perf_counter() - began


def test_a_rule_is_read_once() -> None:
    assert read_rule(Synonym("靴", "シューズ")) is read_rule(Synonym("靴", "シューズ"))
