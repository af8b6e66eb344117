"""A shop on the real servers, and the two questions every indexing test asks: is the index right, what is searched?"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from opensearchpy import OpenSearch

from core.settings import Settings
from core.types import ProductId
from indexing import generations, lifecycle, proof, registry
from indexing.compare import Cause
from indexing.pairs import PairSource
from indexing.registry import Connection, Generation
from tests.catalog.factory import Shop
from tests.indexing.proving import repair

AddGeneration = Callable[[], Generation]


@pytest.fixture
def shop(database: Connection) -> Shop:
    return Shop(database)


@pytest.fixture
def small(settings: Settings) -> Settings:
    """Pages of five products, so that a handful of products makes several."""
    return settings.model_copy(update={"rebuild_page_products": 5})


@pytest.fixture
def pairs(small: Settings) -> Iterator[PairSource]:
    source = PairSource(small)
    yield source
    source.close()


@pytest.fixture
def building(small: Settings) -> Generation:
    """An empty registered generation."""
    return lifecycle.open_generation(small)


@pytest.fixture
def live(small: Settings, building: Generation) -> Generation:
    """An empty generation that is served, without a gate."""
    return lifecycle.swap(small, building)


@pytest.fixture
def add_generation(small: Settings) -> AddGeneration:
    """Makes another one live, each time it is called."""

    def add() -> Generation:
        return lifecycle.swap(small, lifecycle.open_generation(small))

    return add


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proof waits for nothing: there is no capture that could have a change on its way."""
    monkeypatch.setattr(proof, "PATIENCE_S", 0.0)


@pytest.fixture
def stocked(shop: Shop, small: Settings, live: Generation) -> list[ProductId]:
    """A dozen products in an index that is live and right; for modules that use `impatient`."""
    ids = [
        shop.product(f"商品{number}", brand="ソニー", category="家電 > 音響", variations=[{"stock": 1}])
        for number in range(12)
    ]
    found = repair(small)
    assert (found.generation.id, found.comparison.repaired.counts) == (live.id, {Cause.MISSING: 12})
    return ids


def fetch_states(connection: Connection) -> dict[int, str]:
    """State by generation id."""
    return {it.id: str(it.state) for it in registry.fetch_generations(connection)}


def now_ms() -> int:
    return int(datetime.now(UTC).timestamp() * 1_000)


def fetch_searched(client: OpenSearch, settings: Settings) -> list[str]:
    """The indices behind the serving alias."""
    found = client.indices.get_alias(name=generations.serving_alias(settings), ignore=404)
    return sorted(name for name, it in found.items() if isinstance(it, dict))
