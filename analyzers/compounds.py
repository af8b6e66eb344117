"""The head of a katakana compound that the dictionary has as one word: who asks for タオル also finds a バスタオル.

Only the last part is taken, since it says what the thing is (a ボールペン is a pen and no ball). It must be one of
analyzers/heads.tsv and stand after a word, since ends that look like a word are many (フライパン is no パン).
"""

from functools import cache
from pathlib import Path

HEADS_FILE = Path(__file__).with_name("heads.tsv")

_REST_MIN_CHARS = 2


@cache
def load_heads() -> frozenset[str]:
    """The file's lines without its comments."""
    lines = map(str.strip, HEADS_FILE.read_text(encoding="utf-8").splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


def split_head(word: str) -> tuple[str, str] | None:
    """What may be a word by itself, and the longest head after it.

    >>> split_head("バスタオル"), split_head("タオル"), split_head("フライパン")
    (('バス', 'タオル'), None, None)
    """
    for at in range(_REST_MIN_CHARS, len(word) - 1):
        if word[at:] in load_heads():
            return word[:at], word[at:]
    return None
