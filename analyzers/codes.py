"""Codes that shoppers paste: JAN, SKU and model numbers, compared without hyphens, width or case."""

import re

from analyzers.normalizer import fold

_NOT_CODE = re.compile(r"[^a-z0-9]+")


def normalize_code(text: str) -> str:
    """Letters and digits only.

    >>> normalize_code("ＷＨ－1000 XM5")
    'wh1000xm5'
    """
    return _NOT_CODE.sub("", fold(text))


def is_code_like(text: str) -> bool:
    """Whether a query may be a code: latin letters, digits and separators, with at least four digits or letters
    of which one is a digit.

    >>> is_code_like("WH-1000XM5"), is_code_like("4901234567894"), is_code_like("イヤホン"), is_code_like("usb")
    (True, True, False, False)
    """
    folded = fold(text)
    if not re.fullmatch(r"[a-z0-9][a-z0-9 ._/-]*", folded):
        return False
    code = normalize_code(folded)
    return len(code) >= 4 and any(char.isdigit() for char in code)
