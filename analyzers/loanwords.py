"""Words in katakana of which the dictionary knows what they are, so that how they are said need not decide.

ジム is said as 事務 is, テンポ as 店舗, and who writes them in katakana means no kanji. Words of which it is not sure,
as カサ and ハシ, are found by their reading still.
"""

from functools import lru_cache

import jaconv

from analyzers.dictionary import load_dictionary
from analyzers.kana import is_hiragana, is_kana, unvoice
from analyzers.morphemes import plain_term

_KEPT_WORDS = 4_096
_LONG = "ー"


@lru_cache(maxsize=_KEPT_WORDS)
def list_meanings(katakana: str) -> tuple[str, ...]:
    """Terms of all that is written so in katakana; empty when the dictionary does not know, or knows kana alone.

    >>> list_meanings("ジム"), list_meanings("カイロ"), list_meanings("カサ")
    (('ジム',), ('カイロ', '懐炉'), ())
    """
    in_katakana = _list_nouns(katakana)
    found = in_katakana | _list_in_hiragana(katakana) if in_katakana else {}
    return () if any(map(is_hiragana, found)) else tuple(dict.fromkeys(found.values()))


@lru_cache(maxsize=_KEPT_WORDS)
def is_loanword(katakana: str) -> bool:
    """Whether a word is written in katakana alone, with ー at its end or without.

    >>> is_loanword("テンポ"), is_loanword("ラッカ"), is_loanword("コショウ"), is_loanword("カバン")
    (True, True, False, False)
    """
    return any(_is_foreign(spelling) for spelling in (katakana, katakana + _LONG))


def _is_foreign(katakana: str) -> bool:
    found = _list_nouns(katakana)
    return bool(found) and all(map(is_kana, found)) and not _list_nouns(jaconv.kata2hira(katakana))


def _list_in_hiragana(katakana: str) -> dict[str, str]:
    """Without those that are said so only after another word: ダンス is no だんす, which is a 箪笥."""
    hiragana = jaconv.kata2hira(katakana)
    plain = f"{unvoice(hiragana[0])}{hiragana[1:]}"
    voiced = _list_nouns(plain) if plain != hiragana else {}
    return {form: term for form, term in _list_nouns(hiragana).items() if form not in voiced}


def _list_nouns(word: str) -> dict[str, str]:
    """Normal form -> term of each common noun that is written so."""
    nouns = (entry for entry in load_dictionary().lookup(word) if entry.part_of_speech()[1] == "普通名詞")
    return {entry.normalized_form(): plain_term(entry) for entry in nouns}
