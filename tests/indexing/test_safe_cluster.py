"""I3: what the cluster must be set to, so that no late write creates an index."""

from collections.abc import Callable
from typing import Any

import pytest
from opensearchpy import OpenSearch

from core.errors import GenerationGone, UnsafeCluster
from core.settings import Settings
from indexing import generations, lifecycle
from indexing.documents import build_tombstone
from indexing.pairs import PairSource
from indexing.registry import Generation
from indexing.writer import Writer
from tests.indexing.conftest import now_ms

pytestmark = pytest.mark.live


AutoCreate = Callable[[str | None], None]


@pytest.fixture
def auto_create(opensearch: OpenSearch) -> Any:
    """Set the cluster's action.auto_create_index; put back what was there."""
    name = "action.auto_create_index"
    before = opensearch.cluster.get_settings(params={"flat_settings": "true"})["persistent"].get(name)

    def put(value: str | None) -> None:
        opensearch.cluster.put_settings(body={"persistent": {name: value}})

    yield put
    put(before)


def test_what_an_operator_set_for_auto_creation_is_kept(
    opensearch: OpenSearch, small: Settings, auto_create: AutoCreate
) -> None:
    auto_create("-private*,+logs*")
    for _ in range(2):
        generations.ensure_safe_cluster(opensearch, small)
        settings = opensearch.cluster.get_settings(params={"flat_settings": "true"})["persistent"]
        assert settings["action.auto_create_index"] == "-*.tanaban-write,-private*,+logs*"


def test_a_write_to_a_pruned_generation_creates_nothing_even_where_auto_creation_was_allowed_again(
    opensearch: OpenSearch, small: Settings, pairs: PairSource, building: Generation, auto_create: AutoCreate
) -> None:
    with pairs.take() as (pair, _):
        pass
    writer = Writer(opensearch, small)
    writer.write(pair, building, [build_tombstone("0")], now_ms())  # from here on it asks for no mapping
    lifecycle.discard(small, "test")
    auto_create("true")
    with pytest.raises(GenerationGone):
        writer.write(pair, building, [build_tombstone("0")], now_ms())
    assert not opensearch.indices.exists(index=f"{building.index_name}*", allow_no_indices=False)


def test_a_cluster_that_cannot_place_the_replicas_is_refused_before_anything_is_built(
    opensearch: OpenSearch, small: Settings
) -> None:
    with pytest.raises(UnsafeCluster, match="TANABAN_INDEX_REPLICAS"):
        lifecycle.open_generation(small.model_copy(update={"index_replicas": 9}))
    assert generations.fetch_own_indices(opensearch, small) == []
