"""Which search texts may be counted, and who asked without saying who. Pure."""

import re
from hashlib import sha256
from ipaddress import IPv6Address

from analyzers.codes import is_jan
from core.limits import LOGGED_QUERY_MAX_CHARS

CALLER_BITS = 63
"""Of a `bigint` without its sign."""

_MAIL = re.compile(r"\S@\S|@\s*[\w.-]+\.[a-z]{2}|://")
_NUMBER = re.compile(r"[0-9](?:[\s().+/\-‐‑‒–—−ー]*[0-9])*")
_NUMBER_MAX_DIGITS = 6
"""Postal codes have 7 digits, telephones 10, cards 14 or more."""


def may_be_kept(text: str) -> bool:
    """Whether a normalised text is short and has nothing that looks like a person's: no address of mail, no number
    as long as a telephone's or a postal code unless it is a JAN.

    >>> [may_be_kept(text) for text in ("ソニー wh-1000xm5", "4901234567894", "090-1234-5678", "taro@example.jp")]
    [True, True, False, False]
    """
    if len(text) > LOGGED_QUERY_MAX_CHARS or _MAIL.search(text):
        return False
    numbers = (re.sub(r"[^0-9]", "", match[0]) for match in _NUMBER.finditer(text))
    return all(len(digits) <= _NUMBER_MAX_DIGITS or is_jan(digits) for digits in numbers)


def read_caller(address: str) -> str:
    """Whom an address stands for: a whole IPv6 network of 64 bits is one household.

    >>> read_caller("2001:db8::1") == read_caller("2001:db8::2"), read_caller("192.0.2.1")
    (True, '192.0.2.1')
    """
    if ":" not in address:
        return address
    try:
        return IPv6Address(address).exploded[:19]
    except ValueError:
        return address


def mark_caller(text: str, caller: str) -> int:
    """One bit of `CALLER_BITS`, the same in every process. A 63rd of all addresses have it, other ones for each text.

    >>> mark_caller("靴下", "192.0.2.1").bit_count()
    1
    """
    digest = sha256(f"{caller}\n{text}".encode()).digest()
    return 1 << int.from_bytes(digest[:8]) % CALLER_BITS
