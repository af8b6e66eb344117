"""`tanaban search` and `tanaban explain`: what a shopper would find, and why."""

import asyncio
import json as jsonlib
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import typer

from analyzers.normalizer import normalize_text
from catalog.queries import fetch_brands, fetch_category_tree
from catalog.synonyms import fetch_synonyms
from catalog.tree import CategoryTree
from cli.output import JsonOption, Output
from cli.runtime import settings_for_command
from core.clients import connect_database, create_async_opensearch
from core.errors import InvalidParameter
from core.limits import PAGE_WINDOW_MAX, PER_PAGE_MAX, QUERY_MAX_CHARS
from core.settings import Settings
from core.types import CategoryId, Yen
from search.explain import ExplainedHit, Explanation
from search.request import Filters, SearchRequest, Sort
from search.result import Hit, SearchResult
from search.service import SearchService
from search.vocabulary import Vocabulary, build_brands, build_categories, build_synonym_table

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Search, and explain a search.")

Answer = TypeVar("Answer")

Text = Annotated[str, typer.Argument(help="What to search for; empty browses.")]
Category = Annotated[str | None, typer.Option(help="Slug of a category.")]
Brands = Annotated[list[str], typer.Option("--brand", help="Id or exact name of a brand; may be repeated.")]
Prices = Annotated[int | None, typer.Option(min=0, help="Whole yen, tax included.")]
InStock = Annotated[bool, typer.Option("--in-stock", help="Only what can be bought now.")]
Attributes = Annotated[list[str], typer.Option("--attr", help="NAME=VALUE, such as 色=赤; may be repeated.")]
SortOption = Annotated[Sort, typer.Option(help="Order of the hits.")]
PerPage = Annotated[int, typer.Option(min=1, max=PER_PAGE_MAX, help="Hits on a page.")]


@app.command()
def search(
    text: Text = "",
    category: Category = None,
    brand: Brands = [],  # noqa: B006 (typer copies it)
    price_min: Prices = None,
    price_max: Prices = None,
    in_stock: InStock = False,
    attr: Attributes = [],  # noqa: B006
    sort: SortOption = Sort.RELEVANCE,
    page: Annotated[int, typer.Option(min=1, help="Page, from 1.")] = 1,
    per_page: PerPage = 10,
    json: JsonOption = False,
) -> None:
    """Search the catalog as the API does: hits, total, facets."""
    output = Output(json)
    settings = settings_for_command(output)
    tree, vocabulary = _fetch_words(settings)
    if page * per_page > PAGE_WINDOW_MAX:
        raise InvalidParameter(f"page: page x per-page is at most {PAGE_WINDOW_MAX}")
    filters = Filters(
        category_id=_find_category(category, tree),
        brands=tuple(brand),
        price_min_yen=None if price_min is None else Yen(price_min),
        price_max_yen=None if price_max is None else Yen(price_max),
        in_stock=in_stock,
        attributes=_read_attributes(attr),
    )
    request = SearchRequest(_read_text(text), filters, sort, page, per_page)
    result = _ask(settings, lambda service: service.search(request, tree, vocabulary, datetime.now(UTC)))
    output.result(asdict(result), _describe_result(result))


@app.command()
def explain(text: Text = "", per_page: PerPage = 5, json: JsonOption = False) -> None:
    """Show how a text is read, the body that OpenSearch receives, and the parts of each hit's score."""
    output = Output(json)
    settings = settings_for_command(output)
    tree, vocabulary = _fetch_words(settings)
    request = SearchRequest(_read_text(text), per_page=per_page)
    explanation = _ask(settings, lambda service: service.explain(request, tree, vocabulary, datetime.now(UTC)))
    output.result(asdict(explanation), _describe_explanation(explanation))


def _ask(settings: Settings, ask: Callable[[SearchService], Awaitable[Answer]]) -> Answer:
    async def scenario() -> Answer:
        async with create_async_opensearch(settings) as client:
            return await ask(SearchService(client, settings))

    return asyncio.run(scenario())


def _fetch_words(settings: Settings) -> tuple[CategoryTree, Vocabulary]:
    with closing(connect_database(settings, autocommit=True)) as connection:
        tree = fetch_category_tree(connection)
        synonyms = build_synonym_table(fetch_synonyms(connection)[1])
        return tree, Vocabulary(synonyms, build_brands(fetch_brands(connection)), build_categories(tree))


def _read_text(text: str) -> str:
    normalized = normalize_text(text)
    if len(normalized) > QUERY_MAX_CHARS:
        raise InvalidParameter(f"TEXT: has {len(normalized)} characters; at most {QUERY_MAX_CHARS} are allowed")
    return normalized


def _find_category(slug: str | None, tree: CategoryTree) -> CategoryId | None:
    if slug is None:
        return None
    category = tree.by_slug.get(slug)
    if category is None or not tree.is_shown(category.id):
        raise InvalidParameter(f"--category: there is no category {slug}; the facets of a search name those that exist")
    return category.id


def _read_attributes(given: list[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Values of one name are together, in the order given.

    >>> _read_attributes(["色=赤", "サイズ=M", "色=青"])
    (('色', ('赤', '青')), ('サイズ', ('M',)))
    """
    values: dict[str, list[str]] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals:
            raise InvalidParameter(f"--attr: {pair} is not NAME=VALUE")
        values.setdefault(name, []).append(value)
    return tuple((name, tuple(dict.fromkeys(chosen))) for name, chosen in values.items())


def _describe_result(result: SearchResult) -> str:
    lines = [f"{result.total:,} products, page {result.page} of {result.pages:,}, {result.took_ms} ms"]
    reading = result.query
    if reading.stage != "strict":
        lines.append(f"No product has all of it; found by: {reading.stage}")
    if reading.dropped:
        lines.append(f"Left out: {', '.join(reading.dropped)}")
    lines += [f"Understood: {applied.label}" for applied in reading.applied if applied.parameter == "literal"]
    return "\n".join([*lines, *map(_describe_hit, result.hits)])


def _describe_hit(hit: Hit) -> str:
    stock = "" if hit.in_stock else "  在庫なし"
    return f"  ¥{hit.price:>9,}  {hit.name}  [{hit.brand or '-'}]  {hit.category_path}{stock}"


def _describe_explanation(explanation: Explanation) -> str:
    return "\n".join(
        [
            f"Index    {explanation.index}",
            f"Stage    {explanation.stage}",
            *(f"Word     {word}: {', or '.join(readings)}" for word, readings in explanation.words.items()),
            *(f"Taken    {text}: {label}" for text, label in explanation.recognised.items()),
            *(f"Left out {word}" for word in explanation.dropped),
            f"Pivot    {explanation.pivot} (popularity that scores half of TANABAN_POPULARITY_BOOST)",
            f"Hits     {explanation.total:,}",
            *map(_describe_score, explanation.hits),
            "Body",
            jsonlib.dumps(explanation.body, ensure_ascii=False, indent=2),
        ]
    )


def _describe_score(hit: ExplainedHit) -> str:
    parts = ", ".join(f"{part.term} {part.score:.2f}" for part in hit.parts)
    return f"  {hit.score:7.3f} = text {hit.text:.3f} + popularity {hit.popularity:.3f}  {hit.name}  ({parts})"
