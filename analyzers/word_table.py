"""Reads tables of words in analyzers/: a word, a tab, and words that go with it, with commas between."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from core.errors import WordTableError

_COMMENT = "#"
_COLUMNS = 2


def read_word_table(name: str) -> list[tuple[str, tuple[str, ...]]]:
    """Rows of the table `name`, such as homonyms.tsv. Raises: WordTableError."""
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    return list(parse_word_table(lines, name))


def parse_word_table(lines: Iterable[str], source: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The rows, without comments; `source` names the file in errors.

    >>> list(parse_word_table(["# a comment", "ワイン\\tレッド, カラー"], "homonyms.tsv"))
    [('ワイン', ('レッド', 'カラー'))]

    Raises: WordTableError: a line without two columns, an empty word.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith(_COMMENT):
            continue
        columns = line.split("\t")
        if len(columns) != _COLUMNS:
            raise WordTableError(f"{source}, line {number}: {len(columns)} columns instead of 2, parted by a tab.")
        word, *others = (text.strip() for text in (columns[0], *columns[1].split(",")))
        if not (word and all(others)):
            raise WordTableError(f"{source}, line {number}: an empty word. Remove a comma too many.")
        yield word, tuple(others)
