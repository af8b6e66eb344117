"""Indices of given products on the real OpenSearch, searched as the API does."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

import orjson
from opensearchpy import OpenSearch

from analyzers.normalizer import NORMALIZER_VERSION, normalize_text
from analyzers.synonyms import SynonymTable
from catalog.product import ProductRow
from catalog.tree import CategoryTree
from core.clients import create_async_opensearch, create_opensearch
from core.settings import Settings
from indexing.documents import BUILDER_VERSION, build_document
from mappings.products import build_index_body
from search.explain import Explanation
from search.request import Facet, Filters, SearchRequest, Sort
from search.result import SearchResult
from search.service import SearchService
from search.serving import ServingIndex
from search.suggest import Suggestions
from search.vocabulary import Vocabulary, build_categories
from tests.search.categories import TREE

NOW = datetime(2026, 8, 1, 12, 0, 30, tzinfo=UTC)
VOCABULARY = Vocabulary(SynonymTable(()))
META: dict[str, Any] = {
    "generation_id": 1,
    "builder_version": BUILDER_VERSION,
    "normalizer_version": NORMALIZER_VERSION,
    "landmark": "2026-01-01T00:00:00+09:00",
    "pivot": 4.0,
    "half_life_days": 14.0,
}


class Searcher:
    """One live generation behind its alias, and a service that searches it."""

    def __init__(self, settings: Settings, index: str, tree: CategoryTree = TREE) -> None:
        self.settings = settings
        self.index = index
        self.tree = tree
        self.vocabulary = replace(VOCABULARY, categories=build_categories(tree))
        self._runner = asyncio.Runner()
        self._client = self._runner.run(self._connect())
        self.service = SearchService(self._client, settings)

    async def _connect(self) -> Any:
        return create_async_opensearch(self.settings)

    def close(self) -> None:
        self._runner.run(self._client.close())
        self._runner.close()

    def run(self, request: SearchRequest, now: datetime = NOW) -> SearchResult:
        return self._runner.run(self.service.search(request, self.tree, self.vocabulary, now))

    def search(
        self, text: str = "", *, sort: Sort = Sort.RELEVANCE, facets: tuple[Facet, ...] = (), **filters: Any
    ) -> SearchResult:
        """As a shopper types it; filters by the names of `Filters`."""
        request = SearchRequest(normalize_text(text), Filters(**filters), sort, per_page=100, facets=facets)
        return self.run(request)

    def page(self, text: str, *, per_page: int, cursor: str | None = None) -> SearchResult:
        return self.run(SearchRequest(normalize_text(text), per_page=per_page, cursor=cursor, facets=()))

    def names(self, text: str = "", **asked: Any) -> list[str]:
        return [hit.name for hit in self.search(text, **asked).hits]

    def serving(self) -> ServingIndex:
        return self._runner.run(self.service.serving())

    def suggest(self, text: str, limit: int = 10) -> Suggestions:
        return self._runner.run(self.service.suggest(normalize_text(text), self.tree, self.vocabulary, limit, NOW))

    def explain(self, text: str) -> Explanation:
        return self._runner.run(
            self.service.explain(SearchRequest(normalize_text(text)), self.tree, self.vocabulary, NOW)
        )


class Workbench:
    """Creates indices under a prefix each, and deletes them."""

    def __init__(self, servers: Settings) -> None:
        self.servers = servers
        self.opensearch = create_opensearch(servers)

    @contextmanager
    def searcher(
        self, rows: Sequence[ProductRow], *, shards: int = 1, segments: int = 1, meta: dict[str, Any] | None = None
    ) -> Iterator[Searcher]:
        """A live generation of these products, in so many segments."""
        settings = self.servers.model_copy(update={"opensearch_index_prefix": f"t{token_hex(4)}-"})
        index = create_generation(self.opensearch, settings, shards=shards, meta=meta or META)
        for start in range(segments):
            write_documents(self.opensearch, index, [build_document(row) for row in rows[start::segments]])
        searcher = Searcher(settings, index)
        try:
            yield searcher
        finally:
            searcher.close()
            self.opensearch.indices.delete(index=f"{settings.opensearch_index_prefix}*")

    @contextmanager
    def slices(self, number: int) -> Iterator[None]:
        """A cluster that searches every index in so many slices at once, unless the index says otherwise."""
        sliced = {"search.concurrent_segment_search.mode": "all", "search.concurrent.max_slice_count": number}
        self.opensearch.cluster.put_settings(body={"transient": sliced})
        try:
            yield
        finally:
            self.opensearch.cluster.put_settings(body={"transient": dict.fromkeys(sliced)})

    def unprotect(self, searcher: Searcher) -> None:
        """Take away what the index says about slices, and what was cached while it did."""
        setting = {"index.search.concurrent_segment_search.mode": None}
        self.opensearch.indices.put_settings(index=searcher.index, body=setting)
        self.opensearch.indices.clear_cache(index=searcher.index)


def create_generation(client: OpenSearch, settings: Settings, *, shards: int, meta: dict[str, Any]) -> str:
    """An empty index with the serving alias on it."""
    index = f"{settings.opensearch_index_prefix}products-{token_hex(2)}"
    body = build_index_body(shards, 0, meta)
    body["settings"]["index"]["refresh_interval"] = "-1"
    client.indices.create(index=index, body=body)
    move_alias(client, settings, index)
    return index


def move_alias(client: OpenSearch, settings: Settings, index: str) -> None:
    alias = f"{settings.opensearch_index_prefix}products"
    actions = [
        {"remove": {"index": f"{settings.opensearch_index_prefix}*", "alias": alias, "must_exist": False}},
        {"add": {"index": index, "alias": alias}},
    ]
    client.indices.update_aliases(body={"actions": actions})


def write_documents(client: OpenSearch, index: str, documents: Sequence[dict[str, Any]]) -> None:
    """Each call makes a segment."""
    if not documents:
        return
    lines = b"".join(
        orjson.dumps({"index": {"_id": each["id"]}}) + b"\n" + orjson.dumps(each) + b"\n" for each in documents
    )
    answer = client.bulk(index=index, body=lines, params={"refresh": "true"})
    assert not answer["errors"], answer
