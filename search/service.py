"""The one module of this package that talks to OpenSearch. Everything it asks is built and read by pure code."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import opensearchpy
import orjson
import structlog
from opensearchpy import AsyncOpenSearch

from analyzers.suggest_keys import TypedPart, read_typed
from catalog.search_queries import PopularQuery
from catalog.tree import CategoryTree
from core.errors import TanabanError, UnknownParameter
from core.limits import ATTRIBUTE_NAMES_MAX
from core.settings import Settings
from search.body import SEARCH_PARAMETERS, build_body
from search.climb import Climb, count_hits
from search.cursor import floor_to_minute
from search.explain import Explanation, build_explain_body, explain_words, parse_explained_hits
from search.failures import check_complete, search_down, translate_failure
from search.filters import attribute_owner
from search.ladder import Rung, name_dropped
from search.memo import Memo
from search.parse import parse_result
from search.request import SearchRequest
from search.result import SearchResult
from search.serving import ServingIndex, parse_serving_index, serving_alias
from search.suggest import Suggestions, build_suggestions, find_names
from search.suggest_asked import CHECKED_AT_ONCE, build_checks, weigh_asked
from search.suggest_cache import NamesCache
from search.suggest_names import Names, build_counts_body, build_names
from search.suggest_products import FoundProduct, build_products_body, parse_products
from search.text_reader import TextReader
from search.understanding import Understanding
from search.vocabulary import Vocabulary

log = structlog.get_logger("search.suggest")

Answer = TypeVar("Answer")
Raw = dict[str, Any]

SERVING_LIFE_S = 1.0
"""How long after a swap or rollback the API may still search the index before."""

NAMES_LIFE_S = 60.0
NAMES_RETRY_S = 1.0
"""An unknown attribute name asks the index again, but a stream of them at most once a second."""

_EACH_SEARCH = b'{"request_cache":true,"allow_partial_search_results":false}\n'
"""SEARCH_PARAMETERS as a header of `_msearch`."""


class SearchService:
    """Raises in every method: SearchDown, in bounded time; NoLiveGeneration before the first rebuild."""

    def __init__(self, client: AsyncOpenSearch, settings: Settings) -> None:
        self._client = client
        self._settings = settings
        self._limit_s = settings.search_timeout_ms / 1_000 + 0.5
        self._serving = Memo(self._fetch_serving, SERVING_LIFE_S)
        self._attribute_names = Memo(self._fetch_attribute_names, NAMES_LIFE_S)
        self._texts = TextReader()
        self._names = NamesCache()
        self._found_asked: list[PopularQuery] | None = None
        self._is_asked_failing = False

    async def search(
        self, request: SearchRequest, tree: CategoryTree, vocabulary: Vocabulary, now: datetime
    ) -> SearchResult:
        """Raises: UnknownParameter for an attribute that no product has; BadCursor."""
        understanding = self._texts.understand(request, vocabulary)
        async with self._bounded(with_cursor=request.cursor is not None):
            await self._check_attributes(request)
            raw, rung = await self._ask(lambda serving: self._climb(serving, understanding, tree, now))
        return parse_result(raw, understanding, rung, tree, now)

    async def suggest(
        self, text: str, tree: CategoryTree, vocabulary: Vocabulary, limit: int, now: datetime
    ) -> Suggestions:
        """`text` is normalised (analyzers.normalizer); one without a letter or digit suggests nothing."""
        parts = read_typed(text)
        if not parts:
            return Suggestions()
        async with self._bounded():
            serving = await self._serving.get()
            names = await self._names.get(serving.index, lambda: self._fetch_names(serving, tree, vocabulary, now))
            for loose in (False, True):
                found = find_names(names, parts, loose=loose)
                products = await self._ask(partial(self._find_products, text, parts, now, loose=loose))
                if found or products:
                    break
        return build_suggestions(text, parts, found, products, limit)

    async def explain(
        self, request: SearchRequest, tree: CategoryTree, vocabulary: Vocabulary, now: datetime
    ) -> Explanation:
        """Raises: UnknownParameter, BadCursor."""
        understanding = self._texts.understand(request, vocabulary)
        async with self._bounded(with_cursor=request.cursor is not None):
            await self._check_attributes(request)
            serving = await self._serving.get()
            _, rung = await self._climb(serving, understanding, tree, now)
            body = build_body(understanding, rung, tree, serving, now, self._settings)
            raw = await self._search(serving, build_explain_body(body))
        return Explanation(
            index=serving.index,
            stage=rung.stage,
            words=explain_words(rung.words),
            recognised={each.text: each.label for each in understanding.recognitions},
            dropped=name_dropped(understanding, rung),
            pivot=serving.pivot_at(floor_to_minute(now)),
            body=body,
            total=raw["hits"]["total"]["value"],
            hits=parse_explained_hits(raw),
        )

    async def serving(self) -> ServingIndex:
        """What is searched now, at most `SERVING_LIFE_S` old."""
        async with self._bounded():
            return await self._serving.get()

    async def attribute_names(self) -> frozenset[str]:
        """Every attribute that some document has, at most `NAMES_LIFE_S` old."""
        async with self._bounded():
            return await self._attribute_names.get()

    async def _check_attributes(self, request: SearchRequest) -> None:
        asked = {name for name, _ in request.filters.attributes}
        if not asked or asked <= await self._attribute_names.get():
            return
        if unknown := asked - await self._attribute_names.get(max_age_s=NAMES_RETRY_S):
            name = attribute_owner(min(unknown))
            raise UnknownParameter(f"{name}: no product has this attribute; a search's facets name those that exist")

    async def _ask(self, ask: Callable[[ServingIndex], Awaitable[Answer]]) -> Answer:
        """Once more when the index was pruned between being named and being asked."""
        try:
            return await ask(await self._serving.get())
        except opensearchpy.NotFoundError:
            return await ask(await self._serving.get(max_age_s=0))

    async def _climb(
        self, serving: ServingIndex, understanding: Understanding, tree: CategoryTree, now: datetime
    ) -> tuple[Raw, Rung]:
        search, search_many = partial(self._search, serving), partial(self._search_many, serving)
        return await Climb(understanding, serving, tree, now, self._settings, search, search_many).climb()

    async def _find_products(
        self, text: str, parts: Sequence[TypedPart], now: datetime, serving: ServingIndex, *, loose: bool
    ) -> list[FoundProduct]:
        body = build_products_body(text, parts, serving, now, self._settings, loose=loose)
        return parse_products(await self._search(serving, body))

    async def _fetch_names(
        self, serving: ServingIndex, tree: CategoryTree, vocabulary: Vocabulary, now: datetime
    ) -> AsyncIterator[Names]:
        """The first time at once without what shoppers search for, which takes many calls to check."""
        async with self._bounded():
            raw = await self._search(serving, build_counts_body(serving, now, self._settings))
        # Keys of some ten thousand names take seconds the first time, which the event loop does not have.
        build = partial(build_names, raw, tree, vocabulary, serving, now)
        if self._found_asked is None and vocabulary.asked:
            yield await asyncio.to_thread(build, {})
        self._found_asked = await self._find_asked(serving, vocabulary, now)
        yield await asyncio.to_thread(build, weigh_asked(self._found_asked))

    async def _find_asked(self, serving: ServingIndex, vocabulary: Vocabulary, now: datetime) -> list[PopularQuery]:
        """Of what shoppers search for, what still finds something; of what cannot be checked, what last did."""
        found: list[PopularQuery] = []
        for start in range(0, len(vocabulary.asked), CHECKED_AT_ONCE):
            queries = vocabulary.asked[start : start + CHECKED_AT_ONCE]
            try:
                bodies = await asyncio.to_thread(build_checks, queries, vocabulary, serving, now, self._settings)
                async with self._bounded():
                    answers = await self._search_many(serving, bodies)
            except TanabanError as error:
                if not self._is_asked_failing:
                    log.warning("What shoppers search for could not be checked", error=str(error))
                self._is_asked_failing = True
                known = {query.text for query in self._found_asked or ()}
                return found + [query for query in vocabulary.asked[start:] if query.text in known]
            found += [query for query, answer in zip(queries, answers, strict=True) if count_hits(answer)]
        self._is_asked_failing = False
        return found

    async def _search(self, serving: ServingIndex, body: Raw) -> Raw:
        raw: Raw = await self._client.search(index=serving.index, body=body, params=SEARCH_PARAMETERS)
        return check_complete(raw)

    async def _search_many(self, serving: ServingIndex, bodies: list[Raw]) -> list[Raw]:
        lines = b"".join(_EACH_SEARCH + orjson.dumps(body) + b"\n" for body in bodies)
        raw = await self._client.msearch(index=serving.index, body=lines)
        return [check_complete(answer) for answer in raw["responses"]]

    async def _fetch_serving(self) -> ServingIndex:
        alias = serving_alias(self._settings)
        wanted = "*.mappings._meta,*.settings.index.number_of_shards"
        raw = await self._client.indices.get(index=alias, params={"filter_path": wanted, "ignore_unavailable": "true"})
        return parse_serving_index(raw, alias)

    async def _fetch_attribute_names(self) -> frozenset[str]:
        aggs = {"names": {"terms": {"field": "attribute_names", "size": ATTRIBUTE_NAMES_MAX}}}
        raw = await self._ask(lambda serving: self._search(serving, {"size": 0, "aggs": aggs}))
        return frozenset(bucket["key"] for bucket in raw["aggregations"]["names"]["buckets"])

    @asynccontextmanager
    async def _bounded(self, *, with_cursor: bool = False) -> AsyncIterator[None]:
        """One limit over all calls inside, and errors in our own terms."""
        try:
            async with asyncio.timeout(self._limit_s):
                yield
        except TimeoutError as error:
            raise search_down(f"did not answer within {self._limit_s:g} s") from error
        except opensearchpy.OpenSearchException as error:
            raise translate_failure(error, with_cursor) from error
