"""After any change in the shop, a fold brings popularity to what all its events say; none is lost."""

import random
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest
from psycopg import IsolationLevel
from psycopg.rows import TupleRow

import catalog.popularity_fold
from catalog.popularity import round_popularity, weigh_event
from catalog.popularity_fold import FOLD_LOCK, fetch_pivot, fold_popularity, rebase_landmark
from core.clients import connect_database
from core.settings import Settings
from core.types import ProductId
from tests.catalog.factory import Shop

pytestmark = pytest.mark.live

Database = psycopg.Connection[TupleRow]
NOW = datetime(2026, 8, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _settled(settings: Settings, database: Database) -> None:
    """The first fold of a database computes everything; from here on the queue counts."""
    fold_popularity(database, settings)


def _stored(database: Database) -> dict[UUID, float]:
    return dict(database.execute("SELECT product_id, popularity FROM tanaban.product_popularity").fetchall())


def _queued(database: Database) -> list[UUID]:
    return [row[0] for row in database.execute("SELECT product_id FROM tanaban.popularity_queue")]


def _expected(database: Database, settings: Settings) -> dict[UUID, float]:
    """The definition, event by event, in Python."""
    landmark, _ = fetch_pivot(database)
    totals: dict[UUID, float] = defaultdict(float)
    dead = ("cancelled", "refunded")
    weights = (
        (settings.popularity_favorite_weight, "SELECT product_id, created_at FROM favorites"),
        (settings.popularity_review_weight, "SELECT product_id, created_at FROM reviews"),
    )
    for product, at, *states in database.execute(
        "SELECT product_id, ordered_at, fulfillment_status::text, status::text "
        "FROM order_items JOIN orders USING (ordered_at) WHERE orders.id = order_id"
    ):
        if not set(states) & set(dead):
            totals[product] += weigh_event(
                settings.popularity_purchase_weight, at, landmark, settings.popularity_half_life_days
            )
    for weight, query in weights:
        for product, at in database.execute(query):
            totals[product] += weigh_event(weight, at, landmark, settings.popularity_half_life_days)
    return {product: rounded for product, total in totals.items() if (rounded := round_popularity(total))}


def _busy_shop(shop: Shop, random_: random.Random, products: int = 6, events: int = 60) -> list[ProductId]:
    """Products with random events over two months; the last one has none."""
    ids = [shop.product() for _ in range(products)]
    for _ in range(events):
        when = NOW - timedelta(days=random_.uniform(0, 60))
        product = random_.choice(ids[:-1])
        kind = random_.random()
        if kind < 0.5:
            status = random_.choice(["pending", "delivered", "cancelled", "refunded"])
            shop.order(product, random_.choice(ids[:-1]), when=when, status=status, quantity=random_.randint(1, 9))
        elif kind < 0.8:
            shop.favorite(product, when)
        else:
            shop.review(product, random_.randint(1, 5), when)
    return ids


def test_a_fold_gives_what_the_formula_gives(settings: Settings, shop: Shop) -> None:
    ids = _busy_shop(shop, random.Random(7))
    assert fold_popularity(shop.database, settings) == len(ids) - 1
    assert _stored(shop.database) == _expected(shop.database, settings)
    assert _queued(shop.database) == []


@pytest.mark.parametrize(
    "change",
    [
        {"popularity_half_life_days": 9.5},
        {"popularity_purchase_weight": 7.0},
        {"popularity_favorite_weight": 1.0},
        {"popularity_review_weight": 0.0},
    ],
)
def test_other_settings_compute_every_product_anew(settings: Settings, shop: Shop, change: dict[str, float]) -> None:
    _busy_shop(shop, random.Random(8))
    fold_popularity(shop.database, settings)
    other = settings.model_copy(update=change)
    assert fold_popularity(shop.database, other) > 0
    assert _stored(shop.database) == _expected(shop.database, other)
    assert fold_popularity(shop.database, other) == 0


MAIN: LiteralString = "(SELECT id FROM products WHERE sku = 'MAIN')"
CHANGES: list[LiteralString | Callable[[Shop, ProductId], object]] = [
    lambda shop, _: shop.order(shop.product(), when=NOW),
    "UPDATE orders SET status = 'cancelled'",
    "UPDATE orders SET status = 'shipped'",
    "UPDATE orders SET status = 'refunded'",
    "UPDATE orders SET status = 'delivered'",
    "UPDATE order_items SET fulfillment_status = 'cancelled'",
    "UPDATE order_items SET fulfillment_status = 'delivered'",
    f"UPDATE order_items SET product_id = {MAIN}",
    "UPDATE orders SET ordered_at = ordered_at - interval '1 month'",
    "DELETE FROM order_items",
    lambda shop, main: shop.favorite(main, NOW),
    lambda shop, _: shop.favorite(shop.product(), NOW),
    "UPDATE favorites SET created_at = created_at - interval '9 days'",
    f"DELETE FROM favorites WHERE product_id = {MAIN}",
    lambda shop, _: shop.review(shop.product(), 1, NOW),
    f"UPDATE reviews SET product_id = {MAIN}",
    "DELETE FROM reviews",
    lambda shop, main: shop.review(main, 5, NOW),
    "TRUNCATE reviews",
    "TRUNCATE favorites",
    lambda shop, main: shop.order(main, when=NOW),
    "TRUNCATE orders CASCADE",
]


def test_after_every_change_a_fold_is_right(settings: Settings, shop: Shop) -> None:
    database, main = shop.database, shop.product(sku="MAIN")
    for number, change in enumerate(CHANGES):
        before = _expected(database, settings)
        database.execute(change) if isinstance(change, str) else change(shop, main)
        expected = _expected(database, settings)
        assert expected != before, f"step {number} tests nothing: {change}"
        assert fold_popularity(database, settings) > 0, f"step {number}: {change}"
        assert _stored(database) == expected, f"step {number}: {change}"


def test_what_changes_nothing_is_not_written_again(settings: Settings, shop: Shop) -> None:
    database = shop.database
    order = shop.order(shop.product(), when=NOW, status="shipped")
    fold_popularity(database, settings)
    computed = database.execute("SELECT computed_at FROM tanaban.product_popularity").fetchall()
    database.execute("UPDATE orders SET status = 'delivered' WHERE id = %s", [order])
    assert _queued(database) == []
    database.execute("UPDATE order_items SET quantity = 3")
    assert fold_popularity(database, settings) == 0
    database.execute("UPDATE tanaban.popularity_landmark SET basis = ''")  # computes all of them
    assert fold_popularity(database, settings) == 0
    assert database.execute("SELECT computed_at FROM tanaban.product_popularity").fetchall() == computed


def test_a_fold_looks_at_queued_products_only(settings: Settings, shop: Shop) -> None:
    shop.favorite(shop.product(), NOW)
    fold_popularity(shop.database, settings)
    shop.database.execute("UPDATE tanaban.product_popularity SET popularity = 7")
    shop.favorite(shop.product(), NOW)
    assert fold_popularity(shop.database, settings) == 1
    assert 7 in _stored(shop.database).values()


def test_a_statement_of_many_rows_queues_each_product_once(shop: Shop) -> None:
    user, products = shop.user(), [shop.product() for _ in range(3)]
    with shop.database.cursor() as cursor, cursor.copy("COPY reviews (user_id, product_id, rating) FROM STDIN") as copy:
        for number in range(1_000):
            copy.write_row((user, products[number % 3], 5))
    assert sorted(_queued(shop.database)) == sorted(products)


def test_a_queue_longer_than_a_batch_is_folded_to_its_end(
    settings: Settings, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog.popularity_fold, "QUEUE_BATCH_ROWS", 2)
    for _ in range(5):
        shop.favorite(shop.product(), NOW)
    assert fold_popularity(shop.database, settings) == 5
    assert _queued(shop.database) == []


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
    assert _queued(shop.database) == [product]
    fold_popularity(shop.database, settings)
    assert _stored(shop.database) == _expected(shop.database, settings)


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
    assert _stored(shop.database) == _expected(shop.database, settings)


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
    assert set(_stored(shop.database)) == {kept}
    fold_popularity(shop.database, settings)


def test_times_far_away_neither_overflow_nor_vanish(settings: Settings, shop: Shop) -> None:
    ancient, future, never = shop.product(), shop.product(), shop.product()
    shop.favorite(ancient, datetime(1950, 1, 1, tzinfo=UTC))
    shop.favorite(future, datetime(2900, 1, 1, tzinfo=UTC))
    shop.database.execute(
        "INSERT INTO favorites (user_id, product_id, created_at) VALUES (%s, %s, 'infinity')", [shop.user(), never]
    )
    fold_popularity(shop.database, settings)
    assert _stored(shop.database) == {ancient: 1.18e-38, future: 3e38, never: 3e38}


def test_the_pivot_is_the_median_of_those_that_have_any(settings: Settings, shop: Shop) -> None:
    database = shop.database
    landmark, pivot = fetch_pivot(database)
    assert pivot is None
    assert (landmark + timedelta(hours=9)).strftime("%m-%d %H:%M:%S") == "01-01 00:00:00"
    shop.product()
    for count in (1, 2, 4):
        product = shop.product()
        for _ in range(count):
            shop.review(product, when=landmark)
    fold_popularity(database, settings)
    assert fetch_pivot(database) == (landmark, 2 * settings.popularity_review_weight)


def test_a_landmark_far_back_moves_and_keeps_all_ratios(settings: Settings, shop: Shop) -> None:
    popular, plain = shop.product(), shop.product()
    now = datetime.now(UTC)
    for _ in range(8):
        shop.review(popular, when=now)
    shop.review(plain, when=now)
    quick = settings.model_copy(update={"popularity_half_life_days": 1e-4})
    fold_popularity(shop.database, quick)
    assert set(_stored(shop.database).values()) == {3e38}  # both at the top: no order any more
    assert rebase_landmark(shop.database, quick, now)
    stored = _stored(shop.database)
    assert stored[popular] / stored[plain] == pytest.approx(8, rel=0.01)
    assert fetch_pivot(shop.database)[0] == now.replace(second=0, microsecond=0)
    assert not rebase_landmark(shop.database, settings, now)
