"""A generation that nobody searches and that cannot be written never holds up the one that is served (I3)."""

import time
from collections.abc import Iterator, Mapping
from contextlib import closing

import orjson
import pytest
from opensearchpy import OpenSearch

from core.clients import create_opensearch
from core.settings import Settings
from indexing import dead_letters, incremental, registry
from indexing.incremental import ChangeWriter
from indexing.insist import insist
from indexing.rebuild import rebuild
from indexing.registry import Connection, Generation, State
from tests.catalog.factory import Shop
from tests.faults.proxy import Fault, Forward, Proxy
from tests.indexing.conftest import fetch_states
from tests.indexing.truth import assert_index_is_right, build_expected, fetch_documents

pytestmark = [pytest.mark.live, pytest.mark.slow_faults]


@pytest.fixture
def standby(small: Settings, shop: Shop) -> Generation:
    for _ in range(3):
        shop.product()
    rebuild(small), rebuild(small)
    (standby,) = registry.fetch_generations(shop.database, [State.STANDBY])
    return standby


@pytest.fixture
def proxy(small: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """A second of patience instead of a minute."""
    monkeypatch.setattr(incremental, "_UNWRITABLE_S", 1.0)
    with Proxy(small.model_copy(update={"bulk_timeout_s": 2, "bulk_retries": 1})) as proxy:
        yield proxy


@pytest.fixture
def writer(proxy: Proxy, database: Connection) -> Iterator[ChangeWriter]:
    until_s = time.monotonic() + 20
    with (
        create_opensearch(proxy.settings) as client,
        closing(ChangeWriter(proxy.settings, database, client, lambda: time.monotonic() > until_s)) as writer,
    ):
        yield writer


def write_all(writer: ChangeWriter, database: Connection) -> None:
    ids = [id for (id,) in database.execute("SELECT id FROM products ORDER BY id")]
    insist(lambda: writer.write(lambda _: ids, ()), writer._should_stop)


def read_only(body: bytes, _forward: Forward) -> tuple[int, bytes]:
    return refuse(body, 403, "cluster_block_exception")


def red(body: bytes, _forward: Forward) -> tuple[int, bytes]:
    """Its primary shard is on no node: OpenSearch waits for it as long as the request's `timeout` says."""
    time.sleep(2)
    return refuse(body, 503, "unavailable_shards_exception")


def refuse(body: bytes, status: int, error: str) -> tuple[int, bytes]:
    item = {"index": {"status": status, "error": {"type": error, "reason": "test"}}}
    return 200, orjson.dumps({"errors": True, "items": [item] * (body.count(b"\n") // 2)})


@pytest.mark.parametrize("trouble", [read_only, red])
def test_a_standby_that_cannot_be_written_is_given_up(
    database: Connection,
    opensearch: OpenSearch,
    small: Settings,
    standby: Generation,
    proxy: Proxy,
    writer: ChangeWriter,
    trouble: Fault,
) -> None:
    proxy.always(f"{standby.write_alias}/_bulk", trouble)
    print(f"injected: the standby index is {getattr(trouble, '__name__', '')}")
    database.execute("UPDATE products SET base_price = 777")
    write_all(writer, database)
    assert fetch_states(database)[standby.id] == "failed"
    assert_index_is_right(database, opensearch, small)


def test_a_generation_of_an_older_mapping_gets_the_fields_that_it_has(
    database: Connection, opensearch: OpenSearch, small: Settings, standby: Generation, writer: ChangeWriter
) -> None:
    """After an upgrade the standby index has the mapping of the version before, and is still written."""
    print("injected: the standby index has no field for the rating")
    create_anew(opensearch, small, standby, {"rating_score": None})
    write_all(writer, database)
    assert dead_letters.fetch_dead_letters(database, 10) == []
    opensearch.indices.refresh(index=standby.index_name)
    assert opensearch.count(index=standby.index_name)["count"] == 3


def test_a_generation_whose_mapping_disagrees_parks_what_it_cannot_take(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop, standby: Generation, writer: ChangeWriter
) -> None:
    """A brand is a number to the standby index: its dead letters, while the live one gets everything."""
    print("injected: in the standby index the brand is a number")
    create_anew(opensearch, small, standby, {"brand": {"type": "long"}})
    branded = shop.product(brand="棚番")
    write_all(writer, database)
    (letter,) = dead_letters.fetch_dead_letters(database, 10)
    assert (letter.generation_id, letter.product_id) == (standby.id, branded)
    assert letter.error_type == "mapper_parsing_exception"
    assert_index_is_right(database, opensearch, small)
    assert fetch_documents(opensearch, standby.index_name).keys() == build_expected(database).keys() - {str(branded)}
    database.execute("UPDATE products SET brand_id = NULL")
    write_all(writer, database)
    assert dead_letters.fetch_dead_letters(database, 10) == []
    assert_index_is_right(database, opensearch, small, standby.index_name)


def create_anew(
    client: OpenSearch, settings: Settings, generation: Generation, fields: Mapping[str, Mapping[str, str] | None]
) -> None:
    """An empty index with these fields in its mapping instead, or without them."""
    alias = f"{settings.opensearch_index_prefix}products"
    (live,) = client.indices.get(index=alias).values()
    properties = live["mappings"]["properties"] | fields
    live["mappings"]["properties"] = {name: field for name, field in properties.items() if field is not None}
    client.indices.delete(index=generation.index_name)
    client.indices.create(
        index=generation.index_name,
        body={
            "mappings": live["mappings"],
            "settings": {"index": {"analysis": live["settings"]["index"]["analysis"]}},
            "aliases": {generation.write_alias: {}},
        },
    )
