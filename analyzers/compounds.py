"""The head of a compound that the dictionary has as one word: who asks for タオル also finds a バスタオル.

Only the last part is taken, since it says what the thing is: a ボールペン is a pen and no ball, a 日傘 an umbrella. It
must be one of analyzers/heads.tsv, and one in katakana must stand after a word: many ends only look like one.
"""

from functools import cache
from pathlib import Path

HEADS_FILE = Path(__file__).with_name("heads.tsv")

_REST_MIN_CHARS = 2


@cache
def load_heads() -> frozenset[str]:
    """The file's lines without its comments; a word that is not of its end's kind has a hyphen before it."""
    lines = map(str.strip, HEADS_FILE.read_text(encoding="utf-8").splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


def split_head(word: str) -> tuple[str, str] | None:
    """What may be a word by itself, and the longest head after it.

    >>> split_head("バスタオル"), split_head("タオル"), split_head("フライパン"), split_head("ハンペン")
    (('バス', 'タオル'), None, None, None)
    >>> split_head("日傘"), split_head("化粧水"), split_head("筋肉")
    (('日', '傘'), None, None)
    """
    heads = load_heads()
    if f"-{word}" in heads:
        return None
    if len(word) > 1 and "一" <= word[-1] <= "龠":
        return (word[:-1], word[-1]) if word[-1] in heads else None
    ends = range(_REST_MIN_CHARS, len(word) - 1)
    return next(((word[:at], word[at:]) for at in ends if word[at:] in heads), None)
