"""A catalog file as batches of lines that are JSON and have a sku, in bounded memory. The file is read once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from catalog.catalog_line import LineRefused, parse_line
from core.limits import CATALOG_LINE_MAX_BYTES

BATCH_LINES = 1_000
BATCH_BYTES = 4 * 2**20
_SKU_MAX_CHARS = 255


@dataclass(frozen=True, slots=True)
class Given:
    """A line that is JSON: its number, bytes and object, which has a sku."""

    number: int
    raw: bytes
    value: dict[str, Any]
    sku: str


def read_batches(file: IO[bytes], refuse: Callable[[int, bytes, str], None]) -> Iterator[tuple[list[Given], int]]:
    """(Lines that are JSON with a sku, lines read so far); others go to `refuse`, empty ones are passed over."""
    batch: list[Given] = []
    size = number = 0
    for number, raw in enumerate(_read_lines(file), start=1):
        line = raw.strip(b"\r\n")
        try:
            if line.strip():
                batch.append(_give(number, line))
                size += len(line)
        except LineRefused as refusal:
            refuse(number, line, str(refusal))
        if len(batch) == BATCH_LINES or size >= BATCH_BYTES:
            yield batch, number
            batch, size = [], 0
    yield batch, number


def _give(number: int, line: bytes) -> Given:
    value = parse_line(line)
    sku = value.get("sku")
    if not isinstance(sku, str) or not sku.strip() or "\0" in sku or len(sku) > _SKU_MAX_CHARS:
        raise LineRefused(f"sku: is required, as text of 1 to {_SKU_MAX_CHARS} characters")
    return Given(number, line, value, sku.strip())


def _read_lines(file: IO[bytes]) -> Iterator[bytes]:
    """Lines, without a byte order mark; of one that is too long only the beginning is kept in memory."""
    most = CATALOG_LINE_MAX_BYTES + 2
    first = True
    while line := file.readline(most):
        rest = line
        while len(rest) == most and not rest.endswith(b"\n"):
            rest = file.readline(most)
        yield line.removeprefix(b"\xef\xbb\xbf") if first else line
        first = False
