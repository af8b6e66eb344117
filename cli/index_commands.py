"""`tanaban index`: build, look at, prove, roll back and prune the search index."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from catalog.partitions import SHOP_TIME
from cli.output import JsonOption, Output
from cli.proof_text import describe_proof
from cli.runtime import settings_for_command
from indexing.progress import OnProgress, Progress
from indexing.rebuild import RebuildReport, rebuild
from indexing.status import GenerationStatus, IndexStatus, fetch_status
from stack.reporter import Advance


def parse_time(text: str) -> datetime:
    """
    >>> parse_time("2026-08-01").isoformat(), parse_time("2026-08-01T06:30:00Z").isoformat()
    ('2026-08-01T00:00:00+09:00', '2026-08-01T06:30:00+00:00')
    """
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("not a time such as 2026-08-01 or 2026-08-01T06:30:00+09:00") from None
    return time if time.tzinfo else time.replace(tzinfo=SHOP_TIME)


app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="The index: rebuild, status, reconcile, replay, rollback, prune.",
)

AllowDeadLetters = Annotated[
    int, typer.Option(min=0, help="Serve the new index although OpenSearch rejects up to this many documents.")
]
Repair = Annotated[
    bool,
    typer.Option("--repair", help="Write what is missing or stale, remove ghosts, delete old tombstones."),
]
Since = Annotated[
    datetime | None,
    typer.Option(
        parser=parse_time,
        metavar="TIME",
        help="Compare only products that rows say were changed since then: ISO 8601, in the shop's time unless it has "
        "an offset. Quick, but no proof: it cannot see what was deleted, neither ghosts of products nor variations, "
        "images and reviews that went, nor images changed in place, nor what a transaction did that began before. It "
        "does not count as the last clean proof.",
    ),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Start over instead of going on with an interrupted rebuild.")]


@app.command("rebuild")
def rebuild_index(allow_dead_letters: AllowDeadLetters = 0, fresh: Fresh = False, json: JsonOption = False) -> None:
    """Index the whole catalog anew and serve it once it is proved right; searches go on meanwhile.

    Ctrl-C or a crash loses nothing: the next rebuild goes on with the pages that are left. Exit 1: the new index
    was not right, or could not be built, and the old one serves on.
    """
    output = Output(json)
    settings = settings_for_command(output)
    with show_phases(output) as show:
        report = rebuild(settings, on_progress=show, allow_dead_letters=allow_dead_letters, fresh=fresh)
    output.result(_report_json(report), _describe_report(report))


@app.command()
def status(json: JsonOption = False) -> None:
    """List the generations; exit 1 if none serves, or the alias is not where the registry says."""
    output = Output(json)
    found = fetch_status(settings_for_command(output))
    output.result(_status_json(found), _describe_status(found))
    raise typer.Exit(0 if found.searched_index and found.is_consistent else 1)


@app.command("reconcile")
def reconcile_index(repair: Repair = False, since: Since = None, json: JsonOption = False) -> None:
    """Compare every document of the live and the standby index with PostgreSQL, and say what differs and why.

    Changes that are on their way are waited for, not reported. Exit 1: something is still wrong, or an index could
    not be compared.
    """
    from indexing.proof import prove_served
    from indexing.proof_result import build_proofs_json

    output = Output(json)
    settings = settings_for_command(output)
    with show_phases(output) as show:
        proofs = prove_served(settings, repair=repair, since=since, on_progress=show)
    found = build_proofs_json(proofs)
    output.result(found, "\n".join(describe_proof(proof) for proof in proofs))
    raise typer.Exit(0 if found["clean"] else 1)


@app.command("replay")
def replay_dead_letters(json: JsonOption = False) -> None:
    """Build the documents that OpenSearch rejected anew and write them again, after the cause was mended.

    Exit 1: some are rejected again.
    """
    from indexing.replay import replay

    output = Output(json)
    settings = settings_for_command(output)
    with show_phases(output) as show:
        found = replay(settings, on_progress=show)
    text = f"{found.accepted:,} accepted, {found.gone:,} gone, {found.rejected:,} rejected again."
    if found.dropped:
        text += f" {found.dropped:,} belonged to indices that are not written any more."
    output.result(asdict(found), text)
    raise typer.Exit(1 if found.rejected else 0)


@app.command()
def rollback(json: JsonOption = False) -> None:
    """Serve the generation that was live before; run it again to go back."""
    from indexing.lifecycle import rollback as roll_back

    output = Output(json)
    live = roll_back(settings_for_command(output))
    output.result({"index": live.index_name, "generation": live.id}, f"{live.index_name} serves now.")


@app.command()
def prune(json: JsonOption = False) -> None:
    """Delete indices that are neither live, nor kept for a rollback, nor being built."""
    from indexing.lifecycle import prune as prune_indices

    output = Output(json)
    deleted = prune_indices(settings_for_command(output))
    output.result({"deleted": deleted}, f"Deleted {', '.join(deleted)}." if deleted else "There is nothing to delete.")


@contextmanager
def show_phases(output: Output) -> Iterator[OnProgress]:
    """One progress bar after the other, for the two phases that take time."""
    labels = {"writing": "Writing", "checking": "Checking"}
    shown = ""
    with ExitStack() as bars:
        advance: Advance | None = None

        def show(progress: Progress) -> None:
            nonlocal shown, advance
            if progress.phase != shown:
                bars.close()
                shown, label = progress.phase, labels.get(progress.phase)
                advance = bars.enter_context(output.progress(label, "products")) if label else None
            if advance:
                advance(progress.done, progress.total)

        yield show


def _report_json(report: RebuildReport) -> dict[str, object]:
    return {
        "index": report.generation.index_name,
        "generation": report.generation.id,
        "documents": report.documents,
        "documents_per_s": round(report.documents / report.write_s, 1) if report.write_s else None,
        "write_s": round(report.write_s, 3),
        "check_s": round(report.check_s, 3),
        "gate": asdict(report.gate),
        "pruned": list(report.pruned),
    }


def _describe_report(report: RebuildReport) -> str:
    gate = report.gate
    repaired = ", ".join(f"{count} {cause}" for cause, count in gate.repaired.items()) or "none"
    lines = [
        f"{report.generation.index_name} serves now.",
        f"Wrote {report.documents:,} documents in {report.write_s:.1f} s; "
        f"compared {gate.products:,} products in {report.check_s:.1f} s, repaired: {repaired}.",
    ]
    if gate.parked:
        lines.append(f"{gate.parked} documents are missing because OpenSearch rejects them (dead letters).")
    if report.pruned:
        lines.append(f"Deleted {', '.join(report.pruned)}.")
    return "\n".join(lines)


def _status_json(status: IndexStatus) -> dict[str, object]:
    return {
        "alias": status.alias,
        "searched_index": status.searched_index,
        "consistent": status.is_consistent,
        "generations": [
            {**asdict(it.generation), **{name: value for name, value in asdict(it).items() if name != "generation"}}
            for it in status.generations
        ],
    }


def _describe_status(status: IndexStatus) -> str:
    lines = [f"{status.alias} -> {status.searched_index or 'nothing: run `tanaban index rebuild`'}"]
    if not status.is_consistent:
        lines.append("The alias is not on the live generation; any of rebuild, rollback and prune puts it back.")
    return "\n".join(lines + [_describe_generation(it) for it in status.generations])


def _describe_generation(it: GenerationStatus) -> str:
    generation = it.generation
    size = "index not readable"
    if it.documents is not None and it.size_bytes is not None:
        size = f"{it.documents:,} documents, {it.size_bytes / 1e6:,.0f} MB"
    parts = [f"{generation.state:9}{generation.index_name}: {size}"]
    if it.pages_written < it.pages:
        parts.append(f"{it.pages_written} of {it.pages} pages written")
    if it.dead_letters:
        parts.append(f"{it.dead_letters} dead letters")
    if generation.reason:
        parts.append(generation.reason)
    return ", ".join(parts)
