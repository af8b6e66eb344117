"""`tanaban relevance`: what searches find, measured through the real endpoint on servers of the measurement's own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.output import JsonOption, Output
from cli.relevance_shop import OwnShop, running_shop
from cli.relevance_taxonomy import taxonomy
from core.clients import create_opensearch
from core.errors import InvalidParameter
from relevance.esci import USEFUL_GAIN, read_esci_gains, read_esci_lines
from relevance.judging import Comparison, ask_both, grade_needs
from relevance.kuromoji import plain_search
from relevance.metrics import require_trec_eval
from relevance.needs import OWN_JUDGEMENTS, USEFUL, Need, read_needs
from relevance.pairs import OWN_PAIRS, Pair, PairResult, build_pair_lines, check_pairs, read_pairs
from relevance.products import build_product
from relevance.release import Release, find_losses, find_wrong_pairs, read_release, write_release
from relevance.report import build_comparison_json, build_pairs_json, format_comparison, format_pairs
from relevance.shopper import Shopper
from stack.state import PROJECT

app = typer.Typer(no_args_is_help=True, add_completion=False, help="What searches find, measured.")

PRODUCTS = 20_000
FURTHER_PAIRS = PROJECT.parent / "shared" / "data" / "relevance" / "pairs.tsv"
"""Beside the checkout; not part of it, and left out with a word where it is not."""


@dataclass
class Run:
    """What was measured: parts that were not asked for stay empty."""

    own_pairs: list[PairResult] = field(default_factory=list)
    further_pairs: list[PairResult] = field(default_factory=list)
    judged: Comparison | None = None
    esci: Comparison | None = None


app.command()(taxonomy)


@app.command()
def run(
    pairs: Annotated[Path, typer.Option(help="Further pairs, asked beside the project's own.")] = FURTHER_PAIRS,
    judgements: Annotated[Path, typer.Option(help="Judged queries.")] = OWN_JUDGEMENTS,
    esci: Annotated[Path | None, typer.Option(help="Folder of your copy of the ESCI data set: measured too.")] = None,
    products: Annotated[int, typer.Option(min=1, max=1_000_000, help="Products of the sample catalog.")] = PRODUCTS,
    folder: Annotated[Path, typer.Option(help="Of the servers; may be deleted.")] = PROJECT / "build" / "relevance",
    save: Annotated[bool, typer.Option("--save", help="Keep the figures as this release's.")] = False,
    json: JsonOption = False,
) -> None:
    """Ask all pairs and judged queries, beside stock kuromoji. Exit 1: a pair broke, or nDCG fell by more than 1 %."""
    output = Output(json)
    is_usual = (judgements, products) == (OWN_JUDGEMENTS, PRODUCTS)
    if save and not is_usual:
        raise InvalidParameter("--save keeps figures of the usual judgements and catalog only")
    require_trec_eval()  # what is missing is said before minutes of work
    gains = read_esci_gains(esci) if esci else {}
    needs = read_needs(judgements)
    further = read_further(pairs, output)
    measured = Run()
    with running_shop(folder, output) as shop:
        shop.empty()
        shop.load_sample(products)
        shop.rebuild()
        measured.judged = _judge(shop, needs, output)
        own = read_pairs(OWN_PAIRS)
        shop.load_lines(build_pair_lines([*own, *further]))
        shop.rebuild()
        measured.own_pairs, measured.further_pairs = _ask_pairs(shop, own, further)
        if esci is not None:
            measured.esci = _measure_esci(shop, esci, gains)
    losses = _compare_with_release(measured, is_usual)
    if save:
        write_release(_build_release(measured))
    output.result(_build_json(measured, losses), _describe(measured, needs, losses))
    raise typer.Exit(1 if losses and not save else 0)


def read_further(file: Path, output: Output) -> tuple[Pair, ...]:
    """A file that was named must be there; the default one need not be."""
    if file == FURTHER_PAIRS and not file.exists():
        output.say(f"Left out: further pairs, because {file} is not there.")
        return ()
    return read_pairs(file)


def _ask_pairs(
    shop: OwnShop, own: Sequence[Pair], further: Sequence[Pair]
) -> tuple[list[PairResult], list[PairResult]]:
    with shop.served() as url, Shopper(url) as shopper:
        results = check_pairs(shopper, [*own, *further])
    return results[: len(own)], results[len(own) :]


def _judge(shop: OwnShop, needs: Sequence[Need], output: Output) -> Comparison:
    shown = shop.fetch_shown_skus(datetime.now(UTC))
    lines = [line for line in shop.fetch_lines() if line["sku"] in shown]
    grades = grade_needs(needs, list(map(build_product, lines)))
    if unmet := [query for query, some in grades.items() if max(some.values(), default=0) < USEFUL]:
        output.say(f"No product is what these ask for, so they measure nothing: {', '.join(unmet)}")
    with (
        create_opensearch(shop.settings) as client,
        plain_search(client, lines) as plain,
        shop.served() as url,
        Shopper(url) as shopper,
    ):
        return ask_both(shopper, plain, grades, USEFUL).compare()


def _measure_esci(shop: OwnShop, folder: Path, gains: dict[str, dict[str, int]]) -> Comparison:
    shop.empty()
    shop.load_lines(read_esci_lines(folder))
    shop.rebuild()
    with (
        create_opensearch(shop.settings) as client,
        plain_search(client, read_esci_lines(folder)) as plain,
        shop.served() as url,
        Shopper(url) as shopper,
    ):
        return ask_both(shopper, plain, gains, USEFUL_GAIN).compare()


def _compare_with_release(measured: Run, is_usual: bool) -> list[str]:
    """nDCG of other queries or another catalog is not compared."""
    ndcg10 = measured.judged.summarize()[0].ndcg10 if measured.judged and is_usual else None
    return find_losses(read_release(), ndcg10, [*measured.own_pairs, *measured.further_pairs])


def _build_release(measured: Run) -> Release:
    """Wrong pairs of the project's own only: further ones are not kept with it."""
    assert measured.judged is not None
    ndcg10 = round(measured.judged.summarize()[0].ndcg10, 4)
    return Release(version("tanaban"), ndcg10, find_wrong_pairs(measured.own_pairs))


def _describe(measured: Run, needs: Sequence[Need], losses: Sequence[str]) -> str:
    parts = [format_pairs("own pairs", measured.own_pairs)]
    if measured.further_pairs:
        parts.append(format_pairs("further pairs", measured.further_pairs))
    if measured.judged:
        parts.append(format_comparison("judged queries", measured.judged, needs))
    if measured.esci:
        parts.append(format_comparison("ESCI, Japanese, test", measured.esci))
    parts.append("\n".join(losses) if losses else "Nothing is worse than in the last release.")
    return "\n\n".join(parts)


def _build_json(measured: Run, losses: Sequence[str]) -> dict[str, Any]:
    return {
        "own_pairs": build_pairs_json(measured.own_pairs),
        "further_pairs": build_pairs_json(measured.further_pairs) if measured.further_pairs else None,
        "judged": build_comparison_json(measured.judged) if measured.judged else None,
        "esci": build_comparison_json(measured.esci) if measured.esci else None,
        "losses": list(losses),
    }
