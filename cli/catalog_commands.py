"""`tanaban catalog`: schema, sample, import and export."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from cli.output import JsonOption, Output
from cli.runtime import settings_for_command
from core.clients import connect_database, create_redis
from core.errors import CatalogFileError, InvalidParameter
from core.settings import Settings

if TYPE_CHECKING:
    from catalog.importer import BadLine, ImportReport

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The catalog in PostgreSQL.")

SHOWN_BAD_LINES = 10


@app.command()
def migrate(json: JsonOption = False) -> None:
    """Bring the database to the schema of this version."""
    from catalog.migrate import database_revision
    from catalog.migrate import migrate as migrate_database

    output = Output(json)
    settings = settings_for_command(output)
    migrate_database(settings)
    revision = database_revision(settings)
    output.result({"revision": revision}, f"The schema is at {revision}.")


@app.command()
def sample(
    products: Annotated[int, typer.Option(min=1, max=10_000_000, help="Number of products.")] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same shop.")] = 20_260_101,
    json: JsonOption = False,
) -> None:
    """Fill an empty database with a made-up Japanese shop."""
    from catalog.sample.generate import generate_sample

    output = Output(json)
    settings = settings_for_command(output)
    with output.progress("Sample catalog", "products") as advance:
        report = generate_sample(settings, products, seed, on_progress=advance)
    output.result(
        {"products": report.products, "rows": report.rows},
        f"{report.products:,} products are loaded, {report.rows:,} rows in all. Next: `tanaban index rebuild`.",
    )


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="JSON Lines in UTF-8; - reads standard input.")],
    partial: Annotated[bool, typer.Option("--partial", help="Update only the keys that a line has.")] = False,
    prune_missing: Annotated[
        bool, typer.Option("--prune-missing", help="Discontinue the products that the file lacks.")
    ] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Exit 0 even if lines were bad.")] = False,
    rejects: Annotated[
        Path | None, typer.Option(help="Where bad lines go as they were; default: FILE.rejects.jsonl.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Load a catalog file. Bad lines are named and written to a rejects file, the rest is loaded; exit 1 then."""
    from analyzers.reading import romaji_slug
    from catalog.importer import import_catalog

    output = Output(json)
    rejects_file = rejects or Path("stdin.rejects.jsonl" if str(file) == "-" else f"{file}.rejects.jsonl")
    if rejects_file.resolve() == file.resolve():
        raise InvalidParameter("--rejects names the file that is read; name another one")
    settings = settings_for_command(output)
    with (
        _reading(file) as lines,
        closing(connect_database(settings, autocommit=True)) as connection,
        _fresh_caches(settings),
        _Rejects(rejects_file, output) as reject,
        output.progress("Import", "lines") as advance,
    ):
        report = import_catalog(
            connection,
            lines,
            slugify=romaji_slug,
            partial=partial,
            prune_missing=prune_missing,
            on_progress=lambda read: advance(read, None),
            on_bad=reject,
        )
    output.result(_import_data(report, rejects_file), _describe_import(report, rejects_file))
    if (report.bad_lines and not skip_bad) or report.prune_refused:
        sys.exit(1)


@app.command("export")
def export_file(
    file: Annotated[Path, typer.Argument(help="Where to write; - writes to standard output.")],
    json: JsonOption = False,
) -> None:
    """Write every product as a line that `catalog import` reads, sorted by sku."""
    from catalog.exporter import export_catalog

    to_stdout = str(file) == "-"
    output = Output(json or to_stdout)
    settings = settings_for_command(output)
    with closing(connect_database(settings, autocommit=True)) as connection:
        if to_stdout:
            count = export_catalog(connection, sys.stdout.buffer)
        else:
            with _writing(file) as out:
                count = export_catalog(connection, out)
    if to_stdout:
        output.say(f"{count:,} products are written.")
    else:
        output.result({"products": count, "file": str(file)}, f"{count:,} products are in {file}.")


@contextmanager
def _fresh_caches(settings: Settings) -> Iterator[None]:
    """Categories and products that are cached are read anew afterwards, also when an import ends half-way."""
    from catalog.tree_cache import invalidate_catalog_caches

    with create_redis(settings) as redis:
        try:
            yield
        finally:
            invalidate_catalog_caches(redis, settings)


@contextmanager
def _reading(file: Path) -> Iterator[IO[bytes]]:
    """Raises: CatalogFileError."""
    if str(file) == "-":
        yield sys.stdin.buffer
        return
    try:
        lines = file.open("rb")
    except OSError as error:
        raise CatalogFileError(f"{file} cannot be read: {error.strerror}. Name a file in JSON Lines.") from error
    with lines:
        yield lines


@contextmanager
def _writing(file: Path) -> Iterator[IO[bytes]]:
    """A file that appears when it is whole: an export that fails leaves an older one as it was.

    Raises: CatalogFileError.
    """
    unfinished = file.with_name(f"{file.name}.part")
    try:
        with unfinished.open("wb") as out:
            yield out
        unfinished.replace(file)
    except OSError as error:
        raise CatalogFileError(f"{file} cannot be written: {error.strerror}.") from error
    finally:
        unfinished.unlink(missing_ok=True)


class _Rejects:
    """Writes bad lines to a file that is made with the first of them, and says the first few reasons."""

    def __init__(self, file: Path, output: Output) -> None:
        self._file = file
        self._output = output
        self._out: IO[bytes] | None = None
        self._count = 0

    def __enter__(self) -> "_Rejects":
        return self

    def __exit__(self, *_: object) -> None:
        if self._out:
            self._out.close()

    def __call__(self, bad: "BadLine") -> None:
        try:
            self._out = self._out or self._file.open("wb")
            self._out.write(bad.line + b"\n")
        except OSError as error:
            raise CatalogFileError(
                f"The rejects file {self._file} cannot be written: {error.strerror}. Name another with --rejects."
            ) from error
        self._count += 1
        if self._count <= SHOWN_BAD_LINES:
            self._output.say(f"line {bad.number}: {bad.reason}")


def _import_data(report: "ImportReport", rejects: Path) -> dict[str, object]:
    return {
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "pruned": report.pruned,
        "bad_lines": report.bad_lines,
        "bad": [{"line": bad.number, "reason": bad.reason} for bad in report.bad],
        "rejects": str(rejects) if report.bad_lines else None,
        "prune_refused": report.prune_refused,
    }


def _describe_import(report: "ImportReport", rejects: Path) -> str:
    text = f"{report.created:,} products created, {report.updated:,} updated, {report.unchanged:,} unchanged"
    text += f", {report.pruned:,} discontinued." if report.pruned else "."
    if report.bad_lines:
        text += f" {report.bad_lines:,} bad lines are in {rejects}: mend them and import that file."
    if report.prune_refused:
        text += f" Nothing was discontinued: {report.prune_refused}."
    return text
