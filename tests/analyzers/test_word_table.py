"""A table of words with a broken line says which one it is."""

import pytest

from analyzers.word_table import parse_word_table
from core.errors import WordTableError


@pytest.mark.parametrize(
    "line", ["マスク メロン", "マスク\tメロン\tケース", "\tメロン", "マスク\tメロン, ", "マスク\t"]
)
def test_a_broken_line_is_named(line: str) -> None:
    with pytest.raises(WordTableError, match=r"homonyms\.tsv, line 3: "):
        list(parse_word_table(["# what it is not", "ワイン\tレッド", line], "homonyms.tsv"))
