"""OpenSearch that answers badly while a shop edits: requests that are done and not answered, late, twice, refused."""

import threading
import time
from random import Random

import orjson
import pytest

from core.settings import Settings
from indexing.rebuild import rebuild
from indexing.registry import Connection
from indexing.slot import ensure_slot
from tests.catalog.factory import Shop
from tests.faults.edits import truncate_images
from tests.faults.oracle import prove
from tests.faults.processes import syncing, wait_for
from tests.faults.proxy import Fault, Forward, Proxy, refuse_half
from tests.faults.random_writer import RandomWriter
from tests.indexing.conftest import AddGeneration

pytestmark = pytest.mark.live


def refuse_all(_body: bytes, _forward: Forward) -> tuple[int, bytes]:
    return 429, orjson.dumps({"error": {"type": "circuit_breaking_exception", "reason": "heap"}})


def restarting(_body: bytes, _forward: Forward) -> tuple[int, bytes]:
    return 503, orjson.dumps({"error": {"type": "unavailable_shards_exception", "reason": "no primary"}})


def lose_request(_body: bytes, _forward: Forward) -> None:
    return None


def lose_answer(body: bytes, forward: Forward) -> None:
    forward(body)


def do_late(body: bytes, forward: Forward) -> None:
    """The sender sees a broken connection and tries again; the request arrives after its successors."""
    threading.Timer(1.0, forward, [body]).start()


def do_twice(body: bytes, forward: Forward) -> tuple[int, bytes]:
    answer = forward(body)
    threading.Timer(1.0, forward, [body]).start()
    return answer


WEATHER = [refuse_all, restarting, refuse_half, lose_request, lose_answer, do_late, do_twice]


def any_of(faults: list[Fault], rng: Random, share: float, counts: dict[str, int]) -> Fault:
    """A fault for so many of the requests."""

    def meet(body: bytes, forward: Forward) -> tuple[int, bytes] | None:
        if rng.random() > share:
            return forward(body)
        fault = rng.choice(faults)
        name = getattr(fault, "__name__", "")
        counts[name] = counts.get(name, 0) + 1
        return fault(body, forward)

    return meet


@pytest.mark.parametrize(
    ("seed", "steps"), [(21, 150), *(pytest.param(seed, 1_000, marks=pytest.mark.slow_faults) for seed in (22, 23))]
)
def test_a_shop_edits_in_bad_weather(
    database: Connection, small: Settings, add_generation: AddGeneration, seed: int, steps: int
) -> None:
    add_generation(), add_generation()
    ensure_slot(database, small)
    settings = small.model_copy(update={"rebuild_page_products": 50})
    writer = RandomWriter(settings, seed, steps, without=(truncate_images,))
    writer.fill()
    counts: dict[str, int] = {}
    with Proxy(settings) as proxy:
        proxy.always("_bulk", any_of(WEATHER, Random(seed), 0.4, counts))
        with syncing(proxy.settings):
            with writer:
                pass
            time.sleep(1.2)  # what is late arrives
            prove(settings, limit_s=120)
    print(f"injected: {counts}")
    assert counts


@pytest.mark.slow_faults
def test_a_storm_of_429_holds_changes_back_and_loses_none(database: Connection, small: Settings, shop: Shop) -> None:
    for _ in range(20):
        shop.product()
    rebuild(small)
    ensure_slot(database, small)
    with Proxy(small.model_copy(update={"bulk_retries": 1})) as proxy:
        counts: dict[str, int] = {}
        proxy.always("_bulk", any_of([refuse_all, refuse_half], Random(1), 0.6, counts))

        def refused_often() -> bool:
            """Edits that come before sync has started are one batch, so they go on until there were enough."""
            database.execute("UPDATE products SET base_price = base_price + 1")
            return sum(counts.values()) >= 4

        with syncing(proxy.settings):
            wait_for(refused_often)
            print(f"injected: {counts}")
            prove(small)


@pytest.mark.slow_faults
def test_a_pair_that_expires_is_taken_anew(database: Connection, small: Settings, shop: Shop) -> None:
    """Rows that were read longer ago than D are not sent: somebody else may purge a tombstone after 2 D."""
    shop.product()
    rebuild(small)
    ensure_slot(database, small)
    with Proxy(small.model_copy(update={"bulk_timeout_s": 1})) as proxy:
        refusals = iter(range(6))

        def refuse(body: bytes, forward: Forward) -> tuple[int, bytes]:
            return refuse_all(body, forward) if next(refusals, None) is not None else forward(body)

        proxy.always("_bulk", refuse)
        print("injected: 429 for longer than a pair lives")
        with syncing(proxy.settings):
            database.execute("UPDATE products SET base_price = 777")
            prove(small)
    assert next(refusals, None) is None


@pytest.mark.slow_faults
def test_a_document_that_no_proxy_takes_is_parked(database: Connection, small: Settings, shop: Shop) -> None:
    def limit(body: bytes, forward: Forward) -> tuple[int, bytes]:
        return forward(body) if len(body) < 200_000 else (413, b"{}")

    rebuild(small)
    ensure_slot(database, small)
    with Proxy(small.model_copy(update={"bulk_request_bytes": 100_000})) as proxy:
        proxy.always("_bulk", limit)
        print("injected: no request over 200,000 bytes comes through")
        with syncing(proxy.settings):
            large = shop.product("大", description="長い説明" * 50_000)
            shop.product("小")
            prove(small, limit_s=20, parked={large})
