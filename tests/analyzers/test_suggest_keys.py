"""A name is found by every way of typing its beginning, and by nothing else."""

from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.kana import fold_sounds
from analyzers.normalizer import normalize_text
from analyzers.romaji_key import romaji_key, romaji_prefixes
from analyzers.scan import scan_text
from analyzers.suggest_keys import KEY_MAX_CHARS, TYPED_PARTS_MAX, build_suggest_keys, keys_of, read_typed
from tests.analyzers.test_any_text import ANY_TEXT

WORDS = [
    ("トースター", "to-suta-", "toosutaa", "tosuta"),
    ("靴下", "kutsushita", "kutusita"),
    ("本棚", "hondana", "honndana"),
    ("掃除機", "soujiki", "souziki", "sojiki"),
    ("抹茶", "maccha", "mattya", "matcha"),
    ("自転車", "jitensha", "zitensya", "jitennsha"),
    ("チューリップ", "chu-rippu", "tyu-rippu", "churippu", "tyurippu"),
    ("ジャケット", "jaketto", "zyaketto", "jyaketto"),
    ("ファスナー", "fasuna-", "fasunaa"),
    ("パーティー", "pa-ti-", "pa-thi-"),
    ("小遣い", "kozukai", "kodukai", "kodzukai"),
    ("天ぷら", "tempura", "tenpura", "tennpura"),
    ("新茶", "shincha", "sintya", "shinncha"),
    ("ウィスキー", "wisuki-", "uisuki-"),
    ("ヴァイオリン", "vaiorin", "baiorin"),
    ("フューエル", "fyu-eru", "hyu-eru"),
    ("デュアル", "dyuaru", "dhuaru"),
    ("ルームランプ", "ru-muranpu", "lu-mulampu", "ruumurampu"),
]


def begins(typed: str, name: str) -> bool:
    """As the index decides it: each part of the text begins some key."""
    keys = build_suggest_keys(name)
    parts = read_typed(normalize_text(typed))
    return bool(parts) and all(
        any(key.startswith(part.prefixes) for key in (*keys.first, *keys.inner)) for part in parts
    )


@pytest.mark.parametrize(("name", "typed"), [(name, romaji) for name, *typed in WORDS for romaji in typed])
def test_each_half_finished_romaji_is_the_beginning(name: str, typed: str) -> None:
    missed = [typed[:end] for end in range(1, len(typed) + 1) if not begins(typed[:end], name)]

    assert missed == []


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("とs", "トースター"),
        ("とーs", "トースター"),
        ("ほんd", "本棚"),
        ("くつsh", "靴下"),
        ("くつs", "靴下"),
        ("靴s", "靴下"),
        ("じてんsy", "自転車"),
        ("じてんsh", "自転車"),
        ("でんき とー", "電気トースター"),
        ("とーすた", "電気トースター"),
        ("ﾄｰｽﾀ", "トースター"),
        ("と〜す", "トースター"),
        ("ルイヴ", "ルイ・ヴィトン 財布"),
        ("ルイビ", "ルイ・ヴィトン 財布"),
        ("引越し", "引っ越し用ダンボール"),
        ("ひっこ", "引越し用ダンボール"),
        ("そにー", "SONY ワイヤレスヘッドホン"),
        ("soni", "SONY ワイヤレスヘッドホン"),
        ("sony ヘッド", "SONY ワイヤレスヘッドホン"),
        ("wh1000", "SONY WH-1000XM5"),
        ("WH-10", "SONY WH-1000XM5"),
        ("バッグ", "トートバッグ"),
        ("ケース", "スマホケース iPhone 15"),
    ],
)
def test_what_begins_a_word_of_a_name(typed: str, name: str) -> None:
    assert begins(typed, name)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("水", "化粧水"),
        ("すたー", "トースター"),
        ("靴s", "唇セット"),
        ("橋s", "箸セット"),
        ("橋", "箸置き"),
        ("牡蠣", "柿"),
        ("下", "靴下"),
        ("いちご", "15インチ"),
        ("m", "ロープ 10m"),
        ("ソニー カメラ", "ソニー イヤホン"),
        ("そう", "ソニー"),
        ("かー", "カメラ"),
        ("100", "200ml ボトル"),
    ],
)
def test_what_begins_none(typed: str, name: str) -> None:
    assert not begins(typed, name)


@pytest.mark.parametrize("typed", ["", " ", "!?", "😀", "👨‍👩‍👧", "ー", "・", "゛", "\u0301", "-"])
def test_a_text_without_letters_has_no_part(typed: str) -> None:
    assert read_typed(normalize_text(typed)) == ()


@pytest.mark.parametrize("typed", ["んんんん", "xxxxxxxx", "ああああ"])
def test_one_letter_again_and_again_is_not_that_letter(typed: str) -> None:
    (part,) = read_typed(typed)

    assert all(len(prefix) > 1 for prefix in (*part.prefixes, *part.loose))


SYLLABLES = (
    *"あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわがじずでばぴんっー",
    *("きゃ", "しゅ", "ちょ", "じぇ", "ふぁ", "てぃ", "うぃ", "ゔぁ"),
)


@given(st.lists(st.sampled_from(SYLLABLES), max_size=8))
def test_the_key_of_a_beginning_begins_the_key(syllables: list[str]) -> None:
    key = romaji_key(fold_sounds("".join(syllables)))
    for end in range(len(syllables)):
        assert key.startswith(romaji_prefixes(fold_sounds("".join(syllables[:end])))), syllables[:end]


@given(st.text("フツテデトウシチジヅァィゥェォャュョッーンマバ", max_size=6))
def test_the_romaji_of_kana_is_one_spelling_however_often_it_is_unified(kana: str) -> None:
    assert romaji_key(romaji_key(kana)) == romaji_key(kana)


@given(st.text(max_size=300) | st.text("っッーんゔヴxlsツ1 ", max_size=6))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_and_has_keys_of_a_bounded_size(text: str) -> None:
    keys = build_suggest_keys(text)
    parts = read_typed(normalize_text(text))

    assert len(parts) <= 2 * TYPED_PARTS_MAX
    texts = [*keys.first, *keys.inner, *(each for part in parts for each in (*part.prefixes, *part.loose))]
    assert all(0 < len(each) <= KEY_MAX_CHARS for each in texts)
    assert len(keys.inner) <= 50


@given(ANY_TEXT)
@settings(deadline=None)
def test_a_name_that_was_read_already_has_the_keys_of_its_text(name: str) -> None:
    read = scan_text(name)
    keys = build_suggest_keys(name)

    assert tuple(dict.fromkeys(filter(None, chain(*keys_of(read.text, read.read))))) == keys.first + keys.inner
