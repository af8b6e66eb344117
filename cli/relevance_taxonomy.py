"""`tanaban relevance taxonomy`: searches and their cost where the shop has ten thousand categories."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from analyzers.normalizer import normalize_text
from catalog.sample.words import read_words as read_sample_words
from catalog.tree import CategoryTree
from cli.output import JsonOption, Output
from cli.relevance_shop import OwnShop, running_shop
from cli.taxonomy_text import Measured, Understood, build_measured_json, describe_measured
from core.clients import create_opensearch
from relevance.kuromoji import plain_search
from relevance.scale import ask_part_words, ask_plain, ask_wishes, find_percentile
from relevance.shopper import Shopper
from relevance.taxonomy import Brand, Leaf, build_taxonomy_lines, draw_leaves, read_taxonomy
from relevance.wishes import Wish, build_attribute_wishes, build_category_wishes, build_part_words, draw_wishes
from search.request import SearchRequest
from search.understanding import understand
from search.vocabulary import Vocabulary
from stack.local_http import fetch_json
from stack.state import PROJECT

TAXONOMY = PROJECT.parent / "shared" / "data" / "shopify-taxonomy-ja"
"""Beside the checkout; not part of it, and left out with a word where it is not."""

SUGGEST_TIMEOUT_S = 60.0


def taxonomy(
    taxonomy: Annotated[Path, typer.Option(help="Folder of categories.tsv and attributes.tsv.")] = TAXONOMY,
    products: Annotated[int, typer.Option(min=1, max=100, help="Products of each leaf category.")] = 2,
    categories: Annotated[int | None, typer.Option(min=1, help="Only so many leaf categories, drawn.")] = None,
    queries: Annotated[int, typer.Option(min=1, help="Of each kind at most, drawn.")] = 2_000,
    seed: Annotated[int, typer.Option(help="Another one makes other products and draws other queries.")] = 1,
    folder: Annotated[Path, typer.Option(help="Of the servers; may be deleted.")] = PROJECT / "build" / "taxonomy",
    json: JsonOption = False,
) -> None:
    """Ask names of categories over the Shopify taxonomy, beside stock kuromoji. Exit 1: a part of a word is found, or a
    limit of time or memory is passed."""
    output = Output(json)
    if taxonomy == TAXONOMY and not taxonomy.exists():
        said = f"Left out: the taxonomy, because {taxonomy} is not there."
        output.result({"left_out": said}, said)
        return
    leaves = draw_leaves(read_taxonomy(taxonomy), categories, seed)
    with running_shop(folder, output) as shop:
        measured = _measure(shop, leaves, products, queries, seed)
    faults = measured.list_faults()
    output.result(build_measured_json(measured, faults), describe_measured(measured, faults))
    raise typer.Exit(1 if faults else 0)


def _measure(shop: OwnShop, leaves: Sequence[Leaf], products: int, queries: int, seed: int) -> Measured:
    brands = [Brand(each.name, each.kana) for each in read_sample_words().brands]
    lines = list(build_taxonomy_lines(leaves, brands, products, seed))
    names = draw_wishes(build_category_wishes(lines), queries, seed)
    values = draw_wishes(build_attribute_wishes(lines), queries, seed)
    part_words = build_part_words(lines)
    shop.empty()
    shop.load_lines(lines)
    shop.rebuild()
    tree, vocabulary = shop.fetch_words()
    with (
        create_opensearch(shop.settings) as client,
        plain_search(client, lines) as plain,
        shop.served() as url,
        Shopper(url) as shopper,
    ):
        fetch_json(f"{url}/v1/suggest?q=a", timeout_s=SUGGEST_TIMEOUT_S)  # loads the suggestions' names too
        return Measured(
            categories=len(leaves),
            products=len(lines),
            outcomes={
                "category": (ask_wishes(shopper, names), ask_plain(plain.search, names)),
                "category and value": (ask_wishes(shopper, values), ask_plain(plain.search, values)),
            },
            part_words=len(part_words),
            wrong_parts=ask_part_words(shopper, part_words),
            understood=measure_understanding(tree, vocabulary, names, values),
            rss_mb=shop.fetch_api_rss_mb(),
        )


def measure_understanding(
    tree: CategoryTree, vocabulary: Vocabulary, names: Sequence[Wish], values: Sequence[Wish]
) -> Understood:
    """Each text once; the words of all names are known, as they are to the API."""
    took_ms, read = [], []
    for wish in (*names, *values):
        started = time.thread_time()
        read.append(understand(SearchRequest(normalize_text(wish.query)), vocabulary))
        took_ms.append((time.thread_time() - started) * 1_000)
    ids: dict[str, set[str]] = {}
    for category in tree.by_id.values():
        ids.setdefault(category.name, set()).add(category.key)
    of_names = list(zip(names, read, strict=False))
    return Understood(
        texts=len(read),
        p50_ms=find_percentile(took_ms, 0.5),
        p99_ms=find_percentile(took_ms, 0.99),
        as_category=sum(not ids[wish.query].isdisjoint(it.category_ids) for wish, it in of_names),
        as_brand=tuple(wish.query for wish, it in of_names if it.brand_ids),
    )
