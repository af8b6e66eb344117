"""`tanaban synonyms`: the curated rules and a shop's own, live on every API process within seconds."""

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import JsonOption, Output
from cli.runtime import settings_for_command
from cli.synonym_import import SHOWN_BAD_LINES, ImportReport, read_bytes, read_lines
from core.clients import connect_database
from core.errors import InvalidParameter
from core.settings import Settings

if TYPE_CHECKING:
    from search.shop_synonyms import Listed, SynonymChanges

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Synonyms: list, add, remove, import, fetch.")

SourceArgument = Annotated[str, typer.Argument(help="What shoppers search for.")]
TargetArgument = Annotated[str, typer.Argument(help="What they find too.")]
BothOption = Annotated[bool, typer.Option("--both", help="The other direction too.")]
NoteOption = Annotated[str | None, typer.Option(help="Why, or by whom; shown by list.")]


@app.command("list")
def list_rules(
    word: Annotated[str | None, typer.Argument(help="Only rules with this in source or target.")] = None,
    origin: Annotated[str | None, typer.Option(help="Only curated, shop, sudachi or off.")] = None,
    json: JsonOption = False,
) -> None:
    """Show the rules in force, a shop's own first, and those that are switched off."""
    from analyzers.normalizer import normalize_text
    from catalog.synonyms import fetch_synonyms
    from search.shop_synonyms import Origin, list_synonyms

    output = Output(json)
    if origin is not None and origin not in list(Origin):
        raise InvalidParameter(f"--origin is {origin}; allowed: {', '.join(Origin)}")
    settings = settings_for_command(output)
    with closing(connect_database(settings, autocommit=True)) as connection:
        _, rows = fetch_synonyms(connection)
    part = normalize_text(word or "")
    found = [
        listed
        for listed in list_synonyms(rows)
        if (origin is None or listed.origin.value == origin)
        and (part in listed.synonym.source or part in listed.synonym.target)
    ]
    text = "\n".join([*map(_describe, found), f"{len(found):,} rules."])
    output.result({"synonyms": [_as_data(listed) for listed in found]}, text)


@app.command()
def add(
    source: SourceArgument,
    target: TargetArgument,
    weight: Annotated[float, typer.Option(help="What it counts of a plain match, over 0, up to 1.")] = 0.7,
    domain: Annotated[str, typer.Option(help="What kind of goods it is about.")] = "general",
    both: BothOption = False,
    note: NoteOption = None,
    json: JsonOption = False,
) -> None:
    """Who searches for SOURCE also finds TARGET. Refused with the reason when that would help nobody."""
    from analyzers.synonyms import Synonym

    output = Output(json)
    pairs = _pair_up(source, target, both)
    with _changes(settings_for_command(output)) as changes:
        done = [changes.add(Synonym(*pair, weight, domain), note) for pair in pairs]
    _tell(output, pairs, list(map(str, done)))


@app.command()
def remove(
    source: SourceArgument,
    target: TargetArgument,
    both: BothOption = False,
    note: NoteOption = None,
    json: JsonOption = False,
) -> None:
    """Remove a rule of the shop's own, or switch off a curated one; add switches it on again."""
    from analyzers.synonyms import Synonym

    output = Output(json)
    pairs = _pair_up(source, target, both)
    with _changes(settings_for_command(output)) as changes:
        done = [changes.remove(Synonym(*pair), note) for pair in pairs]
    _tell(output, pairs, list(map(str, done)))


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="Columns with tabs, *.csv, or Solr's `a, b => c`; - reads stdin.")],
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Store the good lines even if others are bad.")] = False,
    note: NoteOption = None,
    json: JsonOption = False,
) -> None:
    """Add the rules of a file: all of them, or none when a line is bad (exit 1 then)."""
    from analyzers.synonym_file import parse_file

    output = Output(json)
    lines = read_lines(file)
    settings = settings_for_command(output)
    report = ImportReport()
    with (
        output.progress("Synonyms", "lines") as advance,
        _changes(settings, keep=lambda: skip_bad or not report.bad) as changes,
    ):
        for line in parse_file(file.name, lines):
            report.take(line, changes, note)
            advance(line.number, len(lines))
    for number, reason in report.bad[:SHOWN_BAD_LINES]:
        output.say(f"line {number}: {reason}")
    added = report.added if skip_bad or not report.bad else 0
    output.result(report.as_data(added), report.describe(added))
    if report.bad and not skip_bad:
        sys.exit(1)


@app.command()
def fetch(
    fields: Annotated[
        list[str] | None, typer.Option("--field", help="Field of the dictionary, such as 美容; repeat for more.")
    ] = None,
    file: Annotated[Path | None, typer.Option(help="The package's JSON file, instead of a download.")] = None,
    json: JsonOption = False,
) -> None:
    """Take rules from the Sudachi synonym dictionary, in place of those that were fetched before.

    Only fields that goods are of, and only rules that say something new. A rule that is removed stays away.
    """
    from analyzers.sudachi_synonyms import DOMAINS, USUAL_FIELDS, build_rules, parse_dictionary
    from catalog.synonyms import changing_synonyms, replace_fetched
    from cli.sudachi_dictionary import download_dictionary
    from search.shop_synonyms import choose_fetched

    output = Output(json)
    wanted = fields or list(USUAL_FIELDS)
    if unknown := [field for field in wanted if field not in DOMAINS]:
        raise InvalidParameter(f"--field is {unknown[0]}; allowed: {', '.join(DOMAINS)}")
    settings = settings_for_command(output)
    groups = parse_dictionary(read_bytes(file) if file else download_dictionary())
    with (
        closing(connect_database(settings, autocommit=True)) as connection,
        output.progress("Synonyms", "rules") as advance,
        changing_synonyms(connection) as rows,
    ):
        found = []
        for row in choose_fetched(rows, build_rules(groups, wanted)):
            found.append(row)
            advance(len(found), None)
        replace_fetched(connection, found)
    output.result(
        {"fetched": len(found), "fields": wanted}, f"{len(found):,} rules were fetched, for {', '.join(wanted)}."
    )


@contextmanager
def _changes(settings: Settings, keep: Callable[[], bool] = lambda: True) -> Iterator["SynonymChanges"]:
    """Changes to plan, done at the end in one transaction that nobody else changes rows in; not when `keep` says no."""
    from catalog.synonyms import changing_synonyms, delete_synonyms, write_synonyms
    from search.shop_synonyms import SynonymChanges

    with closing(connect_database(settings, autocommit=True)) as connection, changing_synonyms(connection) as rows:
        changes = SynonymChanges(rows)
        yield changes
        if keep():
            delete_synonyms(connection, changes.delete)
            write_synonyms(connection, changes.write)


def _pair_up(source: str, target: str, both: bool) -> list[tuple[str, str]]:
    from analyzers.normalizer import normalize_text

    pair = normalize_text(source), normalize_text(target)
    return [pair, pair[::-1]] if both else [pair]


def _tell(output: Output, pairs: list[tuple[str, str]], done: list[str]) -> None:
    text = "\n".join(f"{source} -> {target}: {what}." for (source, target), what in zip(pairs, done, strict=True))
    data = [
        {"source": source, "target": target, "done": what} for (source, target), what in zip(pairs, done, strict=True)
    ]
    output.result({"changes": data}, f"{text}\nEvery API process uses it within seconds.")


def _describe(listed: "Listed") -> str:
    rule = listed.synonym
    note = f"  ({listed.note})" if listed.note else ""
    return f"{rule.source} -> {rule.target}  {rule.weight:g} {rule.domain}, {listed.origin}{note}"


def _as_data(listed: "Listed") -> dict[str, object]:
    return {**asdict(listed.synonym), "origin": listed.origin.value, "note": listed.note}
