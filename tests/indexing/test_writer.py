"""I2 and I3 on the write path: old writes lose, gone generations stay gone, refusals are told apart."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opensearchpy import OpenSearch

from core.clients import create_opensearch
from core.errors import GenerationGone, PairExpired, SearchDown, WriteBlocked
from core.settings import Settings
from core.types import IndexVersion
from indexing import generations, lifecycle
from indexing.documents import Document, build_tombstone
from indexing.packing import build_item, pack
from indexing.pairs import Pair, PairSource
from indexing.registry import Generation
from indexing.writer import Writer
from tests.faults.proxy import Proxy
from tests.indexing.conftest import now_ms

ID = str(uuid4())


def document(name: str = "イヤホン", id: str = ID) -> Document:
    return {"id": id, "name": name, "doc_hash": name}


def take(pairs: PairSource) -> Pair:
    with pairs.take() as (pair, _):
        return pair


@pytest.fixture
def writer(opensearch: OpenSearch, small: Settings) -> Writer:
    return Writer(opensearch, small)


@pytest.fixture
def proxy(small: Settings) -> Iterator[Proxy]:
    with Proxy(small) as proxy:
        yield proxy


@pytest.fixture
def far_writer(proxy: Proxy) -> Iterator[Writer]:
    """Writes through the proxy, and gives up after two more tries."""
    settings = proxy.settings.model_copy(update={"bulk_retries": 2})
    with create_opensearch(settings) as client:
        yield Writer(client, settings)


def fetch_source(client: OpenSearch, generation: Generation, id: str = ID) -> Document:
    source: Document = client.get(index=generation.index_name, id=id)["_source"]
    return source


@pytest.mark.live
def test_a_late_old_write_does_not_overwrite_a_newer_one(
    opensearch: OpenSearch, writer: Writer, pairs: PairSource, building: Generation
) -> None:
    old, new = take(pairs), take(pairs)
    assert writer.write(new, building, [document("新")], now_ms()).documents == 1
    late = writer.write(old, building, [document("旧")], now_ms())
    assert (late.documents, late.rejections) == (1, [])
    assert fetch_source(opensearch, building)["name"] == "新"


@pytest.mark.live
def test_a_late_write_does_not_bring_back_a_product_that_has_a_tombstone(
    opensearch: OpenSearch, writer: Writer, pairs: PairSource, building: Generation
) -> None:
    old, new = take(pairs), take(pairs)
    writer.write(new, building, [build_tombstone(ID)], now_ms())
    writer.write(old, building, [document()], now_ms())
    assert fetch_source(opensearch, building)["tombstone"] is True


@pytest.mark.live
def test_the_same_write_twice_is_one_document(
    opensearch: OpenSearch, writer: Writer, pairs: PairSource, building: Generation
) -> None:
    pair = take(pairs)
    for _ in range(2):
        assert writer.write(pair, building, [document()], now_ms()).documents == 1
    assert fetch_source(opensearch, building)["doc_version"] == pair.version


@pytest.mark.live
def test_a_write_to_a_pruned_generation_creates_nothing(
    opensearch: OpenSearch, small: Settings, writer: Writer, pairs: PairSource, building: Generation
) -> None:
    pair = take(pairs)
    lifecycle.discard(small, "test")
    with pytest.raises(GenerationGone):
        writer.write(pair, building, [document()], now_ms())
    assert not opensearch.indices.exists(index=f"{building.index_name}*", allow_no_indices=False)


@pytest.mark.live
def test_a_late_delete_to_a_pruned_generation_creates_nothing(
    opensearch: OpenSearch, small: Settings, building: Generation
) -> None:
    """`require_alias` does not stop a delete; the cluster setting does."""
    lifecycle.discard(small, "test")
    body = b'{"delete":{"_id":"%s","version":5,"version_type":"external_gte"}}\n' % ID.encode()
    opensearch.bulk(index=building.write_alias, body=body, params={"require_alias": "true"})
    assert not opensearch.indices.exists(index=f"{building.index_name}*", allow_no_indices=False)


@pytest.mark.live
def test_nothing_is_sent_once_the_pair_is_too_old(
    proxy: Proxy, far_writer: Writer, pairs: PairSource, building: Generation
) -> None:
    with pytest.raises(PairExpired):
        far_writer.write(replace(take(pairs), life_s=0), building, [document()], now_ms())
    assert not proxy.bulks


@pytest.mark.live
def test_no_refused_write_is_sent_again_once_the_pair_is_too_old(
    proxy: Proxy, far_writer: Writer, pairs: PairSource, building: Generation
) -> None:
    pair = replace(take(pairs), life_s=0.08)
    proxy.answer_once("_bulk", 503, {"error": {"type": "unavailable_shards_exception"}})
    with pytest.raises(PairExpired):
        far_writer.write(pair, building, [document()], now_ms())
    assert len(proxy.bulks) == 1


@pytest.mark.live
def test_items_refused_for_want_of_room_are_sent_again_alone(
    opensearch: OpenSearch, proxy: Proxy, far_writer: Writer, pairs: PairSource, building: Generation
) -> None:
    ids = [str(uuid4()) for _ in range(6)]
    proxy.refuse_half_once()
    written = far_writer.write(take(pairs), building, [document(id=id) for id in ids], now_ms())
    assert (written.documents, written.rejections, len(proxy.bulks)) == (6, [], 2)
    assert [fetch_source(opensearch, building, id)["id"] for id in ids] == ids


@pytest.mark.live
@pytest.mark.parametrize("status", [429, 502, 503])
def test_a_request_refused_as_a_whole_is_sent_again(
    proxy: Proxy, far_writer: Writer, pairs: PairSource, building: Generation, status: int
) -> None:
    proxy.answer_once("_bulk", status, {"error": {"type": "circuit_breaking_exception", "reason": "too large"}})
    assert far_writer.write(take(pairs), building, [document()], now_ms()).documents == 1


@pytest.mark.live
def test_a_write_whose_answer_was_lost_is_repeated_without_harm(
    opensearch: OpenSearch, proxy: Proxy, far_writer: Writer, pairs: PairSource, building: Generation
) -> None:
    proxy.cut_once("_bulk")
    assert far_writer.write(take(pairs), building, [document()], now_ms()).documents == 1
    assert len(proxy.bulks) == 2
    assert fetch_source(opensearch, building)["name"] == "イヤホン"


@pytest.mark.live
def test_a_server_that_keeps_refusing_is_named_after_the_last_try(
    proxy: Proxy, far_writer: Writer, pairs: PairSource, building: Generation
) -> None:
    for _ in range(3):
        proxy.answer_once("_bulk", 429, {"error": {"type": "circuit_breaking_exception", "reason": "heap"}})
    with pytest.raises(SearchDown, match=r"refused work 3 times.*circuit_breaking"):
        far_writer.write(take(pairs), building, [document()], now_ms())


@pytest.mark.live
@pytest.mark.parametrize(
    ("block", "message"),
    [("read_only_allow_delete", "disk is full"), ("write", "read-only"), ("read_only", "read-only")],
)
def test_a_full_disk_or_a_read_only_index_is_told_at_once(
    opensearch: OpenSearch,
    proxy: Proxy,
    far_writer: Writer,
    pairs: PairSource,
    building: Generation,
    block: str,
    message: str,
) -> None:
    opensearch.indices.put_settings(index=building.index_name, body={f"index.blocks.{block}": True})
    with pytest.raises(WriteBlocked, match=message):
        far_writer.write(take(pairs), building, [document()], now_ms())
    opensearch.indices.put_settings(index=building.index_name, body={f"index.blocks.{block}": None})
    assert len(proxy.bulks) == 1


@pytest.mark.live
def test_a_document_that_is_rejected_does_not_keep_the_others_out(
    opensearch: OpenSearch, writer: Writer, pairs: PairSource, building: Generation
) -> None:
    poison = document(id=str(uuid4())) | {"price": "千円"}
    written = writer.write(take(pairs), building, [poison, document()], now_ms())
    (rejection,) = written.rejections
    assert written.documents == 1
    assert (rejection.product_id, rejection.error_type) == (poison["id"], "mapper_parsing_exception")
    assert "price" in rejection.reason
    assert fetch_source(opensearch, building)["name"] == "イヤホン"


@pytest.mark.live
def test_acknowledged_writes_are_on_disk(opensearch: OpenSearch, building: Generation) -> None:
    """I6: also while the generation is built, because no page repeats a worker's write."""
    found = opensearch.indices.get_settings(index=building.index_name, params={"flat_settings": "true"})
    settings = found[building.index_name]["settings"]
    assert settings["index.translog.durability"] == "request"
    assert (settings["index.refresh_interval"], settings["index.number_of_replicas"]) == ("-1", "0")


@given(st.lists(st.integers(0, 300), max_size=30), st.integers(150, 1_000))
def test_a_request_is_never_larger_than_its_limit_unless_one_document_is(sizes: list[int], limit: int) -> None:
    documents = [{"id": str(number), "name": "x" * size} for number, size in enumerate(sizes)]
    requests = pack(documents, frozenset({"id", "name"}), IndexVersion(1), 0, limit).requests
    assert [id for items in requests for id, _ in items] == [document["id"] for document in documents]
    for items in requests:
        assert len(items) == 1 or sum(len(lines) for _, lines in items) <= limit
    for earlier, later in pairwise(requests):
        assert sum(len(lines) for _, lines in earlier) + len(later[0][1]) > limit


def test_the_version_is_also_a_field_because_the_meta_field_cannot_be_sorted_by() -> None:
    assert b'"doc_version":9' in build_item(document(), IndexVersion(9), 0)[1]


def test_write_aliases_carry_the_name_that_no_cluster_of_ours_auto_creates() -> None:
    assert generations.name_write_alias("x").endswith(".tanaban-write")
