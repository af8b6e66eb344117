"""Which search texts may be counted, and who asked without saying who. Pure."""

import hmac
import re
from ipaddress import IPv6Address

from analyzers.codes import is_jan
from core.limits import LOGGED_QUERY_MAX_CHARS

CALLER_BITS = 63
"""Of a `bigint` without its sign."""

_MAIL = re.compile(r"\S@\S|@\s*[\w.-]+\.[a-z]{2}|://")
_SIGNS = frozenset("-‐–・.,&+/'′%×#@°()~〜")
"""All that names of products need: a search looks for words, and any other sign would be suggested unseen."""

_DIGIT = r"[\d〇零一二三四五六七八九]"
_NUMBER = re.compile(rf"{_DIGIT}(?:[\W_ー]*{_DIGIT})*")
"""Whatever stands between the digits, unless it is a letter."""

_NUMBER_MAX_DIGITS = 6
"""Postal codes have 7 digits, telephones 10, cards 14 or more."""


def may_be_kept(text: str) -> bool:
    """Whether a normalised text is short and has nothing that looks like a person's: no address of mail, no number
    as long as a telephone's or a postal code unless it is a JAN; nor a sign that no search looks for.

    >>> [may_be_kept(text) for text in ("ソニー wh-1000xm5", "4901234567894", "090-1234-5678", "taro@example.jp")]
    [True, True, False, False]
    """
    if len(text) > LOGGED_QUERY_MAX_CHARS or _MAIL.search(text):
        return False
    if not all(char.isalnum() or char.isspace() or char in _SIGNS for char in text):
        return False
    numbers = ("".join(re.findall(_DIGIT, match[0])) for match in _NUMBER.finditer(text))
    return all(len(digits) <= _NUMBER_MAX_DIGITS or is_jan(digits) for digits in numbers)


def read_caller(address: str) -> str:
    """Whom an address stands for: a whole IPv6 network of 64 bits is one household, and IPv4 stays IPv4.

    >>> read_caller("2001:db8::1") == read_caller("2001:db8::2"), read_caller("::ffff:192.0.2.1")
    (True, '192.0.2.1')
    """
    if ":" not in address:
        return address
    try:
        parsed = IPv6Address(address)
    except ValueError:
        return address
    return str(parsed.ipv4_mapped) if parsed.ipv4_mapped else parsed.exploded[:19]


def build_caller_key(admin_token: str) -> bytes:
    """What bits are made with, so that the database alone does not tell whether an address could have set one.

    >>> build_caller_key("one") == build_caller_key("another")
    False
    """
    return hmac.digest(admin_token.encode(), b"tanaban callers of search texts", "sha256")


def mark_caller(text: str, caller: str, key: bytes) -> int:
    """One bit of `CALLER_BITS`, the same wherever the key is. A 63rd of all addresses have it, others for each text.

    >>> mark_caller("靴下", "192.0.2.1", build_caller_key("token")).bit_count()
    1
    """
    digest = hmac.digest(key, f"{caller}\n{text}".encode(), "sha256")
    return 1 << int.from_bytes(digest[:8]) % CALLER_BITS
