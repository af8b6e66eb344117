"""The head of a compound that the dictionary has as one word: who asks for タオル also finds a バスタオル.

Only the last part is taken, since it says what the thing is: a ボールペン is a pen and no ball, a 日傘 an umbrella. It
must be one of analyzers/heads.tsv, and one in katakana must stand after a word: many ends only look like one.
"""

from functools import cache
from pathlib import Path

HEADS_FILE = Path(__file__).with_name("heads.tsv")

_REST_MIN_CHARS = 2


@cache
def load_heads() -> tuple[frozenset[str], tuple[str, ...]]:
    """Heads, and words that are not of their end's kind, which have a hyphen in the file."""
    lines = list(filter(None, map(str.strip, HEADS_FILE.read_text(encoding="utf-8").splitlines())))
    heads = frozenset(line for line in lines if line[0] not in "#-")
    return heads, tuple(line[1:] for line in lines if line[0] == "-")


def split_head(word: str) -> tuple[str, str] | None:
    """What may be a word by itself, and the longest head after it.

    >>> split_head("バスタオル"), split_head("タオル"), split_head("フライパン"), split_head("ハンペン")
    (('バス', 'タオル'), None, None, None)
    >>> split_head("日傘"), split_head("化粧水"), split_head("筋肉")
    (('日', '傘'), None, None)
    """
    heads, others = load_heads()
    if len(word) > 1 and "一" <= word[-1] <= "龠":
        found = (word[:-1], word[-1]) if word[-1] in heads else None
    else:
        ends = range(_REST_MIN_CHARS, len(word) - 1)
        found = next(((word[:at], word[at:]) for at in ends if word[at:] in heads), None)
    return None if found and word.endswith(others) else found
