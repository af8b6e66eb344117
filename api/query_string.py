"""A query string, decoded strictly and in bounded time, into a pydantic model.

Nothing is guessed: bytes that are not UTF-8, a NUL, an unknown name or a single value given twice is a 400 that
names the parameter and what is allowed. An empty value counts as not given, as HTML forms send it.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, TypeVar, get_origin
from urllib.parse import unquote_to_bytes

from pydantic import BaseModel, ValidationError

from core.errors import InvalidParameter, UnknownParameter
from core.limits import QUERY_FIELDS_MAX, QUERY_STRING_MAX_BYTES

Model = TypeVar("Model", bound=BaseModel)

ATTRIBUTE_PREFIX = "attr."
SHOWN_VALUE_CHARS = 40


def read_parameters(model: type[Model], query_string: bytes, ignore_unknown: bool = False) -> Model:
    """The model filled from the query string. A tuple field may be repeated; a field `attr` takes all `attr.<name>`.

    `ignore_unknown` is for pages, whose shared links collect things like `utm_source`.

    Raises: InvalidParameter, UnknownParameter.
    """
    fields = parse_query_string(query_string)
    values: dict[str, Any] = {}
    if "attr" in model.model_fields:
        values["attr"] = _take_attributes(fields)
    unknown = [name for name in fields if name == "attr" or name not in model.model_fields]
    if unknown and not ignore_unknown:
        raise UnknownParameter(_explain_unknown(unknown[0], model.model_fields))
    for name in fields.keys() - set(unknown):
        is_repeatable = get_origin(model.model_fields[name].annotation) is tuple
        values[name] = fields[name] if is_repeatable else _single(name, fields[name])
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise InvalidParameter(explain_validation(error)) from None


def parse_query_string(query_string: bytes) -> dict[str, list[str]]:
    """Name -> values in order, empty values left out.

    >>> parse_query_string(b"q=%E8%B5%A4+%E9%9D%B4&brand=a&brand=b&page=")
    {'q': ['赤 靴'], 'brand': ['a', 'b']}

    Raises: InvalidParameter.
    """
    pairs = [pair.partition(b"=") for pair in query_string.split(b"&") if pair]
    if len(query_string) > QUERY_STRING_MAX_BYTES:
        longest = max(pairs, key=lambda pair: len(pair[2]))[0]
        raise InvalidParameter(
            f"{_readable(longest)}: too long; a query string has at most {QUERY_STRING_MAX_BYTES} bytes"
        )
    if len(pairs) > QUERY_FIELDS_MAX:
        raise InvalidParameter(f"{len(pairs)} parameters; at most {QUERY_FIELDS_MAX} are allowed")
    fields: dict[str, list[str]] = {}
    for name, _, value in pairs:
        if value:
            fields.setdefault(_decode(name, name), []).append(_decode(value, name))
    return fields


def explain_validation(error: ValidationError) -> str:
    """Pydantic's first finding as one sentence: which parameter, what is allowed, what came."""
    found = error.errors(include_url=False, include_context=False)[0]
    name = ".".join(part for part in found["loc"] if isinstance(part, str) and part != "[key]")
    got = f"; got {shorten(found['input'])}" if isinstance(found["input"], str) else ""
    message = found["msg"].removeprefix("Value error, ") + got
    return f"{name[: 2 * SHOWN_VALUE_CHARS]}: {message}" if name else message


def shorten(value: str) -> str:
    """For a message: a long value is cut.

    >>> shorten("あ" * 100)[:6], len(shorten("あ" * 100))
    ("'あああああ", 43)
    """
    return repr(value if len(value) <= SHOWN_VALUE_CHARS else f"{value[:SHOWN_VALUE_CHARS]}…")


def nearest(name: str, allowed: Iterable[str]) -> str:
    """The end of a message about a wrong name: the likely one, and all that are allowed.

    >>> nearest("hitsPerPage", ["literal", "page", "per_page"])
    "did you mean 'per_page'? Allowed: literal, page, per_page"
    """
    names = sorted(allowed)
    by_plain = {_plain(each): each for each in names}
    close = get_close_matches(_plain(name[:SHOWN_VALUE_CHARS]), by_plain, n=1, cutoff=0.5)
    hint = f"did you mean {by_plain[close[0]]!r}? " if close else ""
    return f"{hint}Allowed: {', '.join(names) or 'none'}"


def _plain(name: str) -> str:
    """The same for perPage and per_page."""
    return name.replace("_", "").lower()


def _explain_unknown(name: str, fields: Iterable[str]) -> str:
    allowed = [f"{ATTRIBUTE_PREFIX}<name>" if field == "attr" else field for field in fields]
    return f"unknown parameter {shorten(name)}; {nearest(name, allowed)}"


def _take_attributes(fields: dict[str, list[str]]) -> dict[str, list[str]]:
    """Move the `attr.<name>` fields out of `fields`."""
    names = [name for name in fields if name.startswith(ATTRIBUTE_PREFIX)]
    return {name.removeprefix(ATTRIBUTE_PREFIX): fields.pop(name) for name in names}


def _single(name: str, values: list[str]) -> str:
    if len(values) > 1:
        raise InvalidParameter(f"{name}: given {len(values)} times; give it once")
    return values[0]


def _decode(raw: bytes, name: bytes) -> str:
    text = _utf8(raw.replace(b"+", b" "), name)
    if "\x00" in text:
        raise InvalidParameter(f"{_readable(name)}: holds a NUL character; remove it")
    return text


def _utf8(raw: bytes, name: bytes) -> str:
    try:
        return unquote_to_bytes(raw).decode()
    except UnicodeDecodeError as error:
        raise InvalidParameter(f"{_readable(name)}: not valid UTF-8; percent-encode the text as UTF-8") from error


def _readable(name: bytes) -> str:
    """A parameter's name for a message, whatever its bytes are."""
    decoded = unquote_to_bytes(name[: 3 * SHOWN_VALUE_CHARS]).decode(errors="replace").replace("\x00", "�")
    return decoded[:SHOWN_VALUE_CHARS] or "query string"
