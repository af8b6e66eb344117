"""The values of a catalog file's keys: what each may be, and the words in which it is refused. Pure."""

import re
import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints

from catalog.product import read_attributes
from core.limits import SHOWN_ATTRIBUTES_MAX

MONEY_MAX_YEN = 9_999_999_999
"""What numeric(12,2) holds."""
STOCK_MAX = 2**31 - 1
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BREAK = re.compile(r"[\t\n\r]")


def refuse_control(text: str) -> str:
    """The text, which may have line breaks and tabs. Raises: ValueError for any other control character."""
    if found := _CONTROL.search(text):
        raise ValueError(f"has the control character U+{ord(found.group()):04X}; remove it")
    return text


def refuse_breaks(text: str) -> str:
    """The text, which is on one line. Raises: ValueError."""
    if _BREAK.search(text):
        raise ValueError("has a line break or a tab; write it on one line")
    return refuse_control(text)


def normalize_party_name(text: str) -> str:
    """NFKC, by which brands and sellers are found: ｿﾆｰ and ソニー are one."""
    return unicodedata.normalize("NFKC", text).strip()


def _refuse_separator(text: str) -> str:
    if " > " in text:
        raise ValueError('may not contain " > ", which separates categories; write a list of names')
    return text


def _read_whole(value: Any) -> Any:
    """1980.0 is 1980; "1980" and true are not numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number without quotes")
    if value != value // 1:
        raise ValueError("must be a whole number; prices are whole yen")
    return int(value)


def _read_time(value: Any) -> Any:
    if value is not None and not isinstance(value, str | datetime):
        raise ValueError('must be a time with its offset, such as "2026-04-01T10:00:00+09:00"')
    return value


def _check_time(value: datetime) -> datetime:
    if not _EARLIEST <= value < _LATEST:
        raise ValueError("must be from 1900 to 9998")
    return value


def _read_named_values(value: Any) -> Any:
    """Attributes with each value as text in a list, as the database has them."""
    if not isinstance(value, dict):
        raise ValueError('must be an object such as {"色": ["赤"], "内容量": "500ml"}')
    for name, given in value.items():
        _check_attribute(name, given if isinstance(given, list) else [given])
    attributes = {name: list(values) for name, values in read_attributes(value).items()}
    if len(attributes) < len(value):
        raise ValueError(f"has an empty value, an empty or repeated name, or more than {SHOWN_ATTRIBUTES_MAX} names")
    return attributes


def _check_attribute(name: str, values: list[Any]) -> None:
    if len(values) > SHOWN_ATTRIBUTES_MAX:
        raise ValueError(f"{name!r} has more than {SHOWN_ATTRIBUTES_MAX} values")
    for text in (name, *values):
        if not isinstance(text, str | int | float):
            raise ValueError(f"{name!r} must have text, a number or a list of them")
        if len(refuse_breaks(str(text))) > 255:
            raise ValueError(f"{name!r} has a name or value of more than 255 characters")


OneLine = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(refuse_breaks)]
Key = Annotated[OneLine, Field(max_length=255)]
PartyName = Annotated[Key, AfterValidator(normalize_party_name), Field(min_length=1, max_length=255)]
CategoryName = Annotated[Key, AfterValidator(_refuse_separator)]
Slug = Annotated[str, StringConstraints(pattern=r"^[^\s/?#%&]+$", max_length=255), AfterValidator(refuse_breaks)]
PriceYen = Annotated[int, BeforeValidator(_read_whole), Field(ge=0, le=MONEY_MAX_YEN)]
AdjustmentYen = Annotated[int, BeforeValidator(_read_whole), Field(ge=-MONEY_MAX_YEN, le=MONEY_MAX_YEN)]
Stock = Annotated[int, BeforeValidator(_read_whole), Field(ge=0, le=STOCK_MAX)]
Attributes = Annotated[dict[str, list[str]], BeforeValidator(_read_named_values)]
ImageUrl = Annotated[
    str,
    StringConstraints(pattern=r"^(https?://[^/\s]|/)[^\s\\\"<>]*$", max_length=2_048),
    AfterValidator(refuse_breaks),
]
PublishedAt = Annotated[AwareDatetime, BeforeValidator(_read_time), AfterValidator(_check_time)]
