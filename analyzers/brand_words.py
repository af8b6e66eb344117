"""Brands as words: which terms, and which rows of terms, are a form of a brand."""

from functools import cache

from analyzers.brands import Brand, load_brands
from analyzers.dictionary import tokenize
from analyzers.morphemes import Role, plain_term, role_of


@cache
def brands_by_term() -> dict[tuple[str, ...], Brand]:
    """Brands by the plain terms of each form: ("ザ", "ノース", "face") and ("ノースフェイス",) are one.

    A form of one character or of a numeral alone is left out, and so is what the dictionary takes for a symbol.
    """
    found: dict[tuple[str, ...], Brand] = {}
    for brand in load_brands():
        for form in brand.forms:
            tokens = [token for token in tokenize(form) if role_of(token) is not Role.SYMBOL]
            key = tuple(map(plain_term, tokens))
            if len("".join(key)) > 1:
                found.setdefault(key, brand)
    return found


@cache
def brand_lengths() -> dict[str, tuple[int, ...]]:
    """How many words the forms of several words have that begin with a term, longest first."""
    lengths: dict[str, set[int]] = {}
    for key in brands_by_term():
        if len(key) > 1:
            lengths.setdefault(key[0], set()).add(len(key))
    return {term: tuple(sorted(counts, reverse=True)) for term, counts in lengths.items()}
