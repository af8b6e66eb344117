"""Highlighting in Python, by what really matched."""

from collections.abc import Sequence
from html import escape

from analyzers.words import Word


def mark_words(text: str, words: Sequence[Word]) -> str | None:
    """The text, HTML-escaped, with <mark> around what the words match; None when nothing does."""
    marked = escape(text)
    for word in words:
        marked = marked.replace(escape(word.text), f"<mark>{escape(word.text)}</mark>")
    return marked if "<mark>" in marked else None
