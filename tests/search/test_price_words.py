"""Price words as shoppers write them, and what only looks like one."""

import pytest

from search.price_words import find_price_words


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("イヤホン 5000円以下", (None, 5_000)),
        ("¥3,000以内 靴", (None, 3_000)),
        ("2千円まで", (None, 2_000)),
        ("5000円(税込)以下", (None, 5_000)),
        ("10000円未満", (None, 9_999)),
        ("1.5万円以上 腕時計", (15_000, None)),
        ("5000円〜", (5_000, None)),
        ("5000円から", (5_000, None)),
        ("3000円台 ワイン", (3_000, 3_999)),
        ("1万円台", (10_000, 19_999)),
        ("1万円前後 財布", (8_000, 12_000)),
        ("1〜2万円 財布", (10_000, 20_000)),
        ("5000円から3000円", (3_000, 5_000)),
        ("3,000円~5,000円まで", (3_000, 5_000)),
    ],
)
def test_bounds_are_inclusive_whole_yen(text: str, bounds: tuple[int | None, int | None]) -> None:
    (word,) = find_price_words(text)

    assert (word.min_yen, word.max_yen) == bounds
    assert not word.cheap


@pytest.mark.parametrize(
    "text", ["5000円 ギフト券", "1000円札", "100円ショップ", "2m以下", "5000 以下のこと", "目安", "1/144"]
)
def test_what_is_no_price_word_stays_text(text: str) -> None:
    assert find_price_words(text) == ()


@pytest.mark.parametrize("text", ["安い イヤホン", "格安 テレビ", "靴 激安", "安いイヤホン"])
def test_cheap_asks_for_an_order(text: str) -> None:
    (word,) = find_price_words(text)

    assert word.cheap
    assert (word.min_yen, word.max_yen) == (None, None)
