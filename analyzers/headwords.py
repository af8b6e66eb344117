"""What a name says that the product is: the last word of each of its phrases, so not メガネ of メガネ対応.

The index has them beside the name's terms, with a sign that no term has, so that such products rank higher. Whatever
finds a product still does: a スマホケース is found by スマホ, below what is one.
"""

from functools import lru_cache
from itertools import pairwise

from analyzers.lexicon import Entry
from analyzers.morphemes import Role
from analyzers.scan import Scan
from analyzers.tokens import Token

HEAD_SIGN = "="

_AND = ("ト", "ヤ")
_KEPT_WORDS = 50_000


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
    heads: list[str] = []
    for chunk in scan.chunks:
        for token in _ends_of(chunk):
            heads += _heads_of(token.entry)
    heads += [head_term(brand.term) for brand, _, _ in scan.brands]
    return tuple(dict.fromkeys(heads))


def _ends_of(chunk: tuple[Token, ...]) -> tuple[Token, ...]:
    """What nothing follows, or one more thing: what falls off 石けんで is no soap, りんごの木 is a tree."""
    if len(chunk) == 1:
        return chunk
    ends = [token for token, after in pairwise(chunk) if after.entry.is_loose and after.entry.term in _AND]
    return (*ends, chunk[-1])


@lru_cache(maxsize=_KEPT_WORDS)
def _heads_of(entry: Entry) -> tuple[str, ...]:
    """The last unit too, since ー may be folded otherwise in the whole: キーボード of テンキーレスキーボード."""
    last = entry.units[-1].term if entry.units else entry.term
    is_word = entry.role is Role.WORD
    return tuple(head_term(term) for term in entry.terms if is_word and (entry.term.endswith(term) or term == last))
