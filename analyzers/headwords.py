"""What a name says that the product is: the last word of each of its phrases, so not メガネ of メガネ対応.

The index has them beside the name's terms, with a sign that no term has, so that such products rank higher. Whatever
finds a product still does: a スマホケース is found by スマホ, below what is one.
"""

from collections.abc import Iterator

from analyzers.morphemes import Role
from analyzers.scan import Scan, Token

HEAD_SIGN = "="

_AND = ("と", "や")


def head_term(term: str) -> str:
    """
    >>> head_term("イヤホン")
    '=イヤホン'
    """
    return f"{HEAD_SIGN}{term}"


def build_head_terms(scan: Scan) -> tuple[str, ...]:
    """Each once, in order.

    >>> from analyzers.scan import scan_text
    >>> build_head_terms(scan_text("メガネ対応 双眼鏡")), build_head_terms(scan_text("スマホケース 手帳型"))
    (('=対応', '=双眼鏡'), ('=ケース', '=型'))
    """
    heads = (head for chunk in scan.chunks for head in _heads_of(chunk))
    brands = (brand.term for brand, _, _ in scan.brands)
    return tuple(dict.fromkeys(map(head_term, (*heads, *brands))))


def _heads_of(chunk: tuple[Token, ...]) -> Iterator[str]:
    for place, token in enumerate(chunk):
        if token.entry.role is Role.WORD and _ends_phrase(chunk[place + 1 :]):
            yield from (term for term in token.entry.terms if token.entry.term.endswith(term))


def _ends_phrase(after: tuple[Token, ...]) -> bool:
    """Whether nothing follows, or one more thing: what falls off 石けんで is no soap, りんごの木 is a tree."""
    return not after or after[0].morpheme.surface() in _AND
