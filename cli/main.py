"""`tanaban`: the commands, each loaded when it is called, so that help and completion stay fast."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from cli.output import as_tanaban_error, exit_code, print_error


@dataclass(frozen=True)
class Entry:
    """A command of the top level: `module` has a typer `app`, which is the command or contains it by this name."""

    name: str
    module: str
    help: str


ENTRIES = (
    Entry("up", "cli.up", "Start everything: servers, catalog, index, API, worker and change capture."),
    Entry("stack", "cli.stack_commands", "The embedded PostgreSQL, OpenSearch and Valkey: start, stop, status, env."),
    Entry("catalog", "cli.catalog_commands", "The catalog in PostgreSQL: migrate, sample, import, export."),
    Entry("index", "cli.index_commands", "The search index: rebuild, status, rollback, prune."),
    Entry("synonyms", "cli.synonym_commands", "Synonyms: list, add, remove, import, fetch; live within seconds."),
    Entry("search", "cli.search_commands", "Search the catalog from the command line."),
    Entry("explain", "cli.search_commands", "Show why a search finds what it finds: tokens, body, score parts."),
    Entry("relevance", "cli.relevance_commands", "Measure what searches find: pairs, judged queries, ESCI."),
    Entry("serve", "cli.serve", "Run the API and the storefront."),
    Entry("worker", "cli.worker", "Run the worker that does reindex jobs and keeps popularity."),
    Entry("sync", "cli.sync_commands", "Change capture: run, status."),
    Entry("doctor", "cli.doctor", "Check servers, versions, disk and ports, and say what to do."),
)


class LazyCommand(TyperCommand):
    """Stands for a command in the help, and becomes it when it is called."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry.name, help=entry.help)
        self.entry = entry

    def load(self) -> Any:
        command = typer.main.get_command(import_module(self.entry.module).app)
        return command.commands.get(self.entry.name, command) if isinstance(command, TyperGroup) else command

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        return self.load().make_context(info_name, args, parent, **extra)


def build_cli() -> TyperGroup:
    """The whole command line."""
    return TyperGroup(
        name="tanaban",
        help="Search and catalog service for Japanese online shops.",
        commands=[LazyCommand(entry) for entry in ENTRIES],
        no_args_is_help=True,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit. Errors of ours are one line; what is left with a traceback is a bug."""
    try:
        build_cli()(arguments, prog_name="tanaban")
    except Exception as raised:
        error = as_tanaban_error(raised)
        if error is None:
            raise
        print_error(error, as_json="--json" in (sys.argv if arguments is None else arguments))
        sys.exit(exit_code(error))


if __name__ == "__main__":
    main()
