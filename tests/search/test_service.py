"""The service against servers that move, miss and hang."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from core.clients import create_async_opensearch
from core.errors import NoLiveGeneration, SearchDown, UnknownParameter
from core.metrics import DEPENDENCY_FAILURES
from core.settings import Settings
from indexing.documents import build_document
from search.request import SearchRequest
from search.service import SERVING_LIFE_S, SearchService
from tests.search.categories import TREE
from tests.search.shop import product
from tests.search.workbench import META, NOW, VOCABULARY, Workbench, create_generation, move_alias, write_documents


def run_service(settings: Settings, use: Callable[[SearchService], Awaitable[object]]) -> object:
    async def scenario() -> object:
        async with create_async_opensearch(settings) as client:
            return await use(SearchService(client, settings))

    return asyncio.run(scenario())


@pytest.mark.live
def test_a_swap_is_seen_within_its_time_and_a_pruned_index_at_once(workbench: Workbench) -> None:
    with workbench.searcher([product("前の世代")]) as searcher:
        assert searcher.names() == ["前の世代"]
        new = create_generation(workbench.opensearch, searcher.settings, shards=1, meta=META | {"generation_id": 2})
        write_documents(workbench.opensearch, new, [build_document(product("次の世代"))])
        move_alias(workbench.opensearch, searcher.settings, new)

        time.sleep(SERVING_LIFE_S)
        assert searcher.names() == ["次の世代"]
        assert searcher.serving().generation_id == 2

        move_alias(workbench.opensearch, searcher.settings, searcher.index)
        workbench.opensearch.indices.delete(index=new)
        assert searcher.names() == ["前の世代"]
        assert searcher.suggest("前").products[0].name == "前の世代"


@pytest.mark.live
def test_without_a_generation_the_error_names_the_command(servers: Settings) -> None:
    settings = servers.model_copy(update={"opensearch_index_prefix": "t-never-built-"})

    for ask in (
        lambda service: service.search(SearchRequest(), TREE, VOCABULARY, NOW),
        lambda service: service.suggest("イヤ", TREE, VOCABULARY, 5, NOW),
        lambda service: service.explain(SearchRequest(), TREE, VOCABULARY, NOW),
        lambda service: service.serving(),
        lambda service: service.attribute_names(),
    ):
        with pytest.raises(NoLiveGeneration, match="tanaban index rebuild"):
            run_service(settings, ask)


@pytest.mark.live
def test_an_unknown_attribute_is_refused_and_a_new_one_is_learned(workbench: Workbench) -> None:
    with workbench.searcher([product("甲", attributes={"色": ["赤"]})]) as searcher:
        assert searcher.search(attributes=(("色", ("赤",)),)).total == 1
        with pytest.raises(UnknownParameter, match=r"attr\.素材"):
            searcher.search(attributes=(("素材", ("綿",)),))

        added = build_document(product("乙", attributes={"素材": ["綿"]}))
        write_documents(workbench.opensearch, searcher.index, [added])
        time.sleep(SERVING_LIFE_S)
        assert searcher.search(attributes=(("素材", ("綿",)),)).total == 1


@pytest.mark.live
def test_another_normaliser_serves_degraded(workbench: Workbench) -> None:
    with workbench.searcher([product("甲")], meta=META | {"normalizer_version": "0"}) as searcher:
        assert searcher.names() == ["甲"]
        assert searcher.serving().degraded
    with workbench.searcher([product("甲")]) as searcher:
        assert not searcher.serving().degraded


@pytest.mark.live
def test_popularity_and_publication_follow_the_clock_of_the_request(workbench: Workbench) -> None:
    with workbench.searcher([product("甲", popularity=4.0)]) as searcher:
        now = searcher.run(SearchRequest(), NOW).hits[0].score
        later = searcher.run(SearchRequest(), NOW + timedelta(days=14)).hits[0].score

    assert now is not None
    assert later is not None
    assert later == pytest.approx(now / 2, rel=0.02)


@contextmanager
def silent_server() -> Iterator[str]:
    """Takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def no_server() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    yield url


@pytest.mark.parametrize("server", [no_server, silent_server])
def test_a_server_that_is_gone_or_hangs_is_an_error_in_bounded_time(server: Callable[[], Iterator[str]]) -> None:
    failures = DEPENDENCY_FAILURES.labels("opensearch")
    with server() as url:  # type: ignore[attr-defined]
        settings = Settings(opensearch_url=url, search_timeout_ms=200)
        for ask in (
            lambda service: service.search(SearchRequest("イヤホン"), TREE, VOCABULARY, NOW),
            lambda service: service.suggest("イヤ", TREE, VOCABULARY, 5, NOW),
            lambda service: service.serving(),
        ):
            before, started = failures._value.get(), time.monotonic()
            with pytest.raises(SearchDown):
                run_service(settings, ask)
            assert time.monotonic() - started < 1.5
            assert failures._value.get() == before + 1
