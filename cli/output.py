"""How commands talk: sentences, progress, one JSON object with --json, errors in one line, exit codes.

    output = Output(as_json=json)
    output.say("Loading the catalog")
    with output.progress("Indexing", "products") as advance:
        advance(500, 20_000)
    output.result({"products": 20_000}, "20,000 products are indexed.")

Exit codes: 0 done, 1 the check said no, 2 wrong usage, 3 a dependency is unreachable.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from core.errors import BadRequest, DependencyDown, SearchDown, StackError, TanabanError
from stack.reporter import Advance, Reporter

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object, and nothing else, on stdout.")]
"""`json: JsonOption = False` in a command."""

LINE_EVERY_S = 5.0


class Output(Reporter):
    """stdout has the result; with --json everything else moves to stderr."""

    def __init__(self, as_json: bool = False) -> None:
        self.as_json = as_json
        self._stream = sys.stderr if as_json else sys.stdout

    def say(self, text: str) -> None:
        self._stream.write(f"{text}\n")  # in one piece: servers are stopped by several threads
        self._stream.flush()

    def result(self, data: dict[str, Any], text: str) -> None:
        """What the command found: `data` with --json (dates and paths become text), else `text`."""
        print(json.dumps(data, ensure_ascii=False, default=str) if self.as_json else text, flush=True)

    @contextmanager
    def progress(self, label: str, unit: str = "") -> Iterator[Advance]:
        """A bar on a terminal, a line every few seconds elsewhere."""
        show = _bar if self._stream.isatty() else _lines
        with show(label, unit, self) as advance:
            yield advance


@contextmanager
def _bar(label: str, unit: str, output: Output) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[amount]}"))
    with Progress(*columns, console=Console(file=output._stream)) as progress:
        started = time.monotonic()
        task = progress.add_task(label, total=None, amount="")

        def advance(done: int, total: int | None) -> None:
            amount = describe_amount(done, total, unit, time.monotonic() - started)
            progress.update(task, completed=done, total=total, amount=amount)

        yield advance


@contextmanager
def _lines(label: str, unit: str, output: Output) -> Iterator[Advance]:
    started = last = time.monotonic()
    shown = ""
    newest = ""

    def advance(done: int, total: int | None) -> None:
        nonlocal last, shown, newest
        now = time.monotonic()
        newest = f"{label}: {describe_amount(done, total, unit, now - started)}"
        if now - last >= LINE_EVERY_S:
            output.say(newest)
            last, shown = now, newest

    yield advance
    if newest != shown:
        output.say(newest)


def describe_amount(done: int, total: int | None, unit: str, seconds: float) -> str:
    """
    >>> describe_amount(5_000, 20_000, "products", 2.0)
    '5,000 of 20,000 products, 2,500/s, 6 s left'
    >>> describe_amount(30_000_000, 76_000_000, "bytes", 3.0)
    '30 of 76 MB, 10 MB/s, 5 s left'
    """
    scale, name = (1_000_000, "MB") if unit == "bytes" else (1, unit)
    rate = done / seconds if seconds > 0 else 0.0
    of = f" of {total / scale:,.0f}" if total is not None else ""
    parts = [f"{done / scale:,.0f}{of} {name}".rstrip()]
    if rate and done != total:
        parts.append(f"{rate / scale:,.0f} MB/s" if unit == "bytes" else f"{rate:,.0f}/s")
        parts += [f"{(total - done) / rate:,.0f} s left"] if total is not None else []
    return ", ".join(parts)


def exit_code(error: TanabanError) -> int:
    """1 unless the caller used it wrongly (2) or a server is not to be had (3)."""
    if isinstance(error, BadRequest):
        return 2
    return 3 if isinstance(error, DependencyDown | StackError) else 1


def print_error(error: TanabanError, as_json: bool) -> None:
    """One line on stderr; with --json the object that stdout promises."""
    if as_json:
        print(json.dumps({"code": error.code, "message": str(error)}, ensure_ascii=False), flush=True)
    else:
        print(f"error: {error} [{error.code}]", file=sys.stderr, flush=True)


def as_tanaban_error(error: Exception) -> TanabanError | None:
    """A driver's "server is gone" as ours; None for anything else, which is a bug and keeps its traceback."""
    from opensearchpy.exceptions import ConnectionError as OpenSearchConnectionError

    from core.clients import as_database_error

    if isinstance(error, TanabanError):
        return error
    if isinstance(error, OpenSearchConnectionError):
        return SearchDown(f"OpenSearch does not answer: {error}. Run `tanaban doctor`.")
    return as_database_error(error)
