"""Folds and checkouts at the same time: none waits for long, and no event is lost."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from psycopg import IsolationLevel

from catalog.popularity_fold import FOLD_LOCK, fold_popularity
from core.clients import connect_database
from core.settings import Settings
from tests.catalog.factory import Shop
from tests.catalog.popularity_events import NOW, compute_expected, fetch_queued, fetch_stored

pytestmark = [pytest.mark.live, pytest.mark.usefixtures("folded")]


def test_checkouts_of_one_product_do_not_wait_for_each_other(settings: Settings, shop: Shop) -> None:
    product = shop.product()
    with connect_database(settings) as first, connect_database(settings) as second:
        Shop(first).favorite(product, user=shop.user())
        second.execute("SET LOCAL lock_timeout = '1s'")
        Shop(second).favorite(product, user=shop.user())


def test_a_change_that_commits_during_a_fold_is_in_the_next_one(settings: Settings, shop: Shop) -> None:
    product, user = shop.product(), shop.user()
    shop.favorite(product, NOW)
    with connect_database(settings) as checkout:
        Shop(checkout).favorite(product, NOW, user)
        fold_popularity(shop.database, settings)
        checkout.commit()
    assert fetch_queued(shop.database) == [product]
    fold_popularity(shop.database, settings)
    assert fetch_stored(shop.database) == compute_expected(shop.database, settings)


def test_folds_wait_for_each_other(settings: Settings, shop: Shop) -> None:
    shop.favorite(shop.product(), NOW)
    with (
        connect_database(settings) as holder,
        connect_database(settings, autocommit=True) as folder,
        ThreadPoolExecutor(1) as thread,
    ):
        holder.execute("SELECT pg_advisory_xact_lock(%s)", [FOLD_LOCK])
        folding = thread.submit(fold_popularity, folder, settings)
        time.sleep(0.3)
        assert not folding.done()
        holder.commit()
        assert folding.result(timeout=10) == 1


@pytest.mark.parametrize("level", [IsolationLevel.READ_COMMITTED, IsolationLevel.SERIALIZABLE])
def test_nothing_is_lost_between_busy_checkouts_and_busy_folds(
    settings: Settings, shop: Shop, level: IsolationLevel
) -> None:
    """`level` is the folding sessions' default, which a fold does not rely on."""
    products = [shop.product() for _ in range(3)]
    stop = Event()

    def fold_on() -> None:
        with connect_database(settings, autocommit=True) as connection:
            connection.isolation_level = level
            while not stop.is_set():
                fold_popularity(connection, settings)

    def check_out(seed: int) -> None:
        dice = random.Random(seed)
        with connect_database(settings) as connection:
            customer = Shop(connection)
            user = customer.insert("users", email=f"{seed}@example.jp")
            for _ in range(60):
                product = dice.choice(products)
                found = connection.execute(
                    "DELETE FROM favorites WHERE product_id = %s AND user_id = %s RETURNING id", [product, user]
                ).fetchone()
                if not found:
                    customer.favorite(product, NOW, user)
                connection.commit()

    with ThreadPoolExecutor(5) as threads:
        folds = [threads.submit(fold_on) for _ in range(2)]
        for checkout in [threads.submit(check_out, seed) for seed in range(3)]:
            checkout.result()
        stop.set()
        for fold in folds:
            fold.result()
    fold_popularity(shop.database, settings)
    assert fetch_stored(shop.database) == compute_expected(shop.database, settings)


def test_a_product_that_is_deleted_meanwhile_fails_no_fold(settings: Settings, shop: Shop) -> None:
    kept, deleted = shop.product(), shop.product()
    shop.favorite(kept, NOW)
    shop.favorite(deleted, NOW)
    with connect_database(settings) as clerk, ThreadPoolExecutor(1) as thread:
        clerk.execute("DELETE FROM products WHERE id = %s", [deleted])
        folding = thread.submit(fold_popularity, shop.database, settings)
        time.sleep(0.3)
        clerk.commit()
        folding.result(timeout=10)
    assert set(fetch_stored(shop.database)) == {kept}
    fold_popularity(shop.database, settings)
