"""Both sides of a comparison do the same work, on real servers."""

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import orjson
import psutil
import pytest
from opensearchpy import OpenSearch

from benchmarks.bulk import INDEX, measure_bulk
from benchmarks.connection import Connection, UnexpectedAnswer, build_request
from benchmarks.documents import Bodies, write_bodies
from benchmarks.half_typed import build_inputs
from benchmarks.memory import PeakMemory, fetch_memory
from benchmarks.processes import CommandFailed, Shop
from benchmarks.queries import build_requests, fetch_shelves
from benchmarks.recorder import recording
from benchmarks.suggest import fetch_names, measure_suggestions
from core.clients import create_opensearch
from core.settings import Settings
from tests.api.server import serve
from tests.benchmarks.small_shop import PRODUCTS, served_shop
from tests.conftest import fresh_settings

pytestmark = pytest.mark.live


@dataclass(frozen=True)
class Site:
    settings: Settings
    api_url: str
    opensearch_url: str
    alias: str


@pytest.fixture(scope="module")
def site(servers: Settings, _migrated_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("home")
    with fresh_settings(servers, _migrated_database, home) as settings, served_shop(settings) as url:
        yield Site(settings, url, str(settings.opensearch_url), f"{settings.opensearch_index_prefix}products")


def test_bulk_bodies_hold_every_document_as_it_was_written(site: Site, tmp_path: Path) -> None:
    bodies = write_bodies(site.opensearch_url, site.alias, tmp_path / "bodies", request_bytes=10_000)

    lines = [orjson.loads(line) for line in bodies.file.read_bytes().splitlines()]
    with create_opensearch(site.settings) as client:
        hits = client.search(index=site.alias, body={"size": 1_000, "version": True})["hits"]["hits"]
    actions = [line["index"] for line in lines[::2]]
    written = {it["_id"]: (it["version"], source) for it, source in zip(actions, lines[1::2], strict=True)}
    assert written == {hit["_id"]: (hit["_version"], hit["_source"]) for hit in hits}
    assert bodies.documents == PRODUCTS
    assert len(bodies.parts) > 1
    assert bodies.size_bytes == bodies.file.stat().st_size


def test_the_ceiling_writes_everything_and_leaves_no_index(site: Site, tmp_path: Path) -> None:
    bodies = write_bodies(site.opensearch_url, site.alias, tmp_path / "bodies", request_bytes=10_000)

    assert measure_bulk(site.opensearch_url, site.alias, bodies, connections=3) > 0
    with create_opensearch(site.settings) as client:
        assert not client.indices.exists(index=INDEX)


def test_a_ceiling_that_lost_documents_is_no_ceiling(site: Site, tmp_path: Path) -> None:
    bodies = write_bodies(site.opensearch_url, site.alias, tmp_path / "bodies", request_bytes=10_000)
    short = Bodies(bodies.file, bodies.parts[:-1], bodies.documents)

    with pytest.raises(UnexpectedAnswer, match=f"instead of {PRODUCTS}"):
        measure_bulk(site.opensearch_url, site.alias, short, connections=2)


def test_the_recorded_search_is_what_the_api_sent(site: Site) -> None:
    """Replayed, each finds in the same order what the API answered."""
    targets = build_requests(fetch_shelves(site.api_url), 40)
    with recording(site.opensearch_url) as recorder:
        through = site.settings.model_copy(update={"opensearch_url": recorder.url})
        with serve(through) as client, Connection(site.opensearch_url) as raw:
            recorder.forget_start()
            for target in targets:
                answer = client.get(target).raise_for_status().json()
                status, found = raw.exchange(recorder.take())
                hits = orjson.loads(found)["hits"]
                assert status == 200
                assert [hit["_id"] for hit in hits["hits"]] == [hit["id"] for hit in answer["hits"]]
                assert hits["total"]["value"] == answer["total"]
            with pytest.raises(UnexpectedAnswer):
                recorder.take()


def test_requests_are_fixed_different_and_varied(site: Site) -> None:
    targets = build_requests(fetch_shelves(site.api_url), 200)

    assert targets == build_requests(fetch_shelves(site.api_url), 200)
    assert len(set(targets)) == 200
    for part in ("q=", "category=", "brand=", "attr.", "price_min=", "in_stock=", "rating_min=", "sort=", "page="):
        assert any(part in target for target in targets), part


def test_half_typed_texts_are_fixed_and_different(site: Site) -> None:
    texts = build_inputs(fetch_names(site.api_url), 60)

    assert texts == build_inputs(fetch_names(site.api_url), 60)
    assert len(set(texts)) == 60
    for kind in ("[ぁ-んァ-ヶ一-龠]", "[a-z]"):
        assert any(re.search(kind, text) for text in texts), kind


def test_suggestions_are_timed(site: Site) -> None:
    measured = measure_suggestions(site.api_url, site.opensearch_url, 20, 2, lambda _: None)

    assert 0 < measured["p50_ms"].median <= measured["p99_ms"].median < 10_000


def test_an_answer_that_comes_in_pieces_is_read_whole(site: Site, opensearch: OpenSearch) -> None:
    size = 3 * 2**20
    index = f"{site.settings.opensearch_index_prefix}large"
    with Connection(site.opensearch_url) as connection:
        connection.fetch("PUT", f"/{index}/_doc/1", {"text": "あ" * size})
        _, answer = connection.exchange(build_request("GET", f"/{index}/_doc/1"))

    assert len(orjson.loads(answer)["_source"]["text"]) == size
    opensearch.indices.delete(index=index)


def test_peak_memory_sees_what_a_child_process_took_and_gave_back(tmp_path: Path) -> None:
    """200 MB in a grandchild of ours, for a second."""
    code = "import time; held = b'x' * 200_000_000; time.sleep(1)"
    shell = ["sh", "-c", 'sh -c "$0"; true', f'python3 -c "{code}"; true']
    with Shop(tmp_path).start(shell) as process, PeakMemory(process.pid) as peak:
        process.wait()

    assert 200 < peak.pss_mb < 300
    assert fetch_memory(process.pid).pss_mb == 0


def test_what_was_started_ends_with_the_benchmark(tmp_path: Path) -> None:
    """A Ctrl-C ends the children of what was started too."""
    with suppress(KeyboardInterrupt), Shop(tmp_path).start(["sh", "-c", "sleep 60; true"]) as process:
        time.sleep(0.2)
        started = psutil.Process(process.pid).children()
        raise KeyboardInterrupt

    assert len(started) == 1
    assert process.poll() is not None
    assert not started[0].is_running()


def test_a_command_that_fails_says_where_to_look(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match=r"tanaban no-such failed, see .*commands\.log"):
        Shop(tmp_path).run("no-such")
