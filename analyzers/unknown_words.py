"""Words in katakana that the dictionary does not have: the words that they are made of.

SudachiPy takes a row of katakana that it does not know for one word, though カフェインレスコーヒー is コーヒー.
"""

from collections.abc import Sequence
from functools import lru_cache

from analyzers.compounds import load_heads, split_head
from analyzers.dictionary import load_dictionary
from analyzers.kana import is_kana

_PART_MIN_KANA = 3
"""Of any part but the first and those in analyzers/heads.tsv: shorter words are there by chance."""
_FIRST_MIN_KANA = 2
_WORD_MAX_KANA = 24
_KEPT_WORDS = 4_096
_PREFIXES = ("ノン", "ノー", "アンチ", "セミ")
"""What begins with one is not what follows: ノンシリコン, セミダブル."""
_NAMES = ("人名", "地名")


@lru_cache(maxsize=_KEPT_WORDS)
def split_unknown(word: str) -> tuple[str, ...]:
    """Nouns that make up a row of katakana, as few as possible; or one of analyzers/heads.tsv and what is before it.

    Empty when neither is so.

    >>> split_unknown("ローテーブル"), split_unknown("ゲルインクボールペン"), split_unknown("カーオーディオ")
    (('ロー', 'テーブル'), ('ゲル', 'インク', 'ボールペン'), ('カー', 'オーディオ'))
    >>> split_unknown("ノンシリコンシャンプー"), split_unknown("ソフトフラスク"), split_unknown("オリオス")
    (('ノンシリコン', 'シャンプー'), (), ())
    """
    if len(word) > _WORD_MAX_KANA:
        return ()
    parts = _keep_prefix(_cover(word))
    if len(parts) > 1:
        return parts
    head = split_head(word)
    return (*(_cover(head[0]) or (head[0],)), head[1]) if head and head[0] not in _PREFIXES else ()


def _keep_prefix(parts: tuple[str, ...]) -> tuple[str, ...]:
    return ("".join(parts[:2]), *parts[2:]) if parts and parts[0] in _PREFIXES else parts


@lru_cache(maxsize=_KEPT_WORDS)
def _cover(word: str) -> tuple[str, ...]:
    """The fewest nouns that are the word together; of as many, those with the longest end."""
    if _is_noun(word) and len(word) >= _FIRST_MIN_KANA:
        return (word,)
    cuts = [(*before, word[at:]) for at in range(_FIRST_MIN_KANA, len(word)) if (before := _before(word, at))]
    return min(cuts, key=len, default=())


def _before(word: str, at: int) -> Sequence[str]:
    end = word[at:]
    return _cover(word[:at]) if (len(end) >= _PART_MIN_KANA or end in load_heads()[0]) and _is_noun(end) else ()


@lru_cache(maxsize=_KEPT_WORDS)
def _is_noun(word: str) -> bool:
    """One that is written in katakana and is nobody's name: バス, not オス, which is 雄."""
    return any(
        each.part_of_speech()[0] == "名詞"
        and each.part_of_speech()[2] not in _NAMES
        and is_kana(each.normalized_form())
        for each in load_dictionary().lookup(word)
    )
