"""After any change in the shop, a fold brings popularity to what all its events say."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import LiteralString

import pytest

import catalog.popularity_fold
from catalog.popularity_fold import fetch_pivot, fold_popularity, rebase_landmark
from core.settings import Settings
from core.types import ProductId
from tests.catalog.factory import Shop
from tests.catalog.popularity_events import NOW, compute_expected, fetch_queued, fetch_stored

pytestmark = [pytest.mark.live, pytest.mark.usefixtures("folded")]


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
    assert fetch_stored(shop.database) == compute_expected(shop.database, settings)
    assert fetch_queued(shop.database) == []


def test_what_is_stored_is_not_walked_through_for_each_product(settings: Settings, shop: Shop) -> None:
    """That would take a million products hours. PostgreSQL plans here as it does for them before their first fold."""
    products = 200
    for _ in range(products):
        shop.favorite(shop.product(), NOW)
    shop.database.execute("ANALYZE")
    shop.database.execute("SET enable_hashjoin = off")
    shop.database.execute("SET enable_mergejoin = off")
    before = _count_scans(shop)
    assert fold_popularity(shop.database, settings) == products
    assert _count_scans(shop) - before <= 2


def _count_scans(shop: Shop) -> int:
    """How often product_popularity was read from end to end so far."""
    shop.database.execute("SELECT pg_stat_force_next_flush()")
    row = shop.database.execute(
        "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'product_popularity'"
    ).fetchone()
    assert row is not None
    return int(row[0])


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
    assert fetch_stored(shop.database) == compute_expected(shop.database, other)
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
        before = compute_expected(database, settings)
        database.execute(change) if isinstance(change, str) else change(shop, main)
        expected = compute_expected(database, settings)
        assert expected != before, f"step {number} tests nothing: {change}"
        assert fold_popularity(database, settings) > 0, f"step {number}: {change}"
        assert fetch_stored(database) == expected, f"step {number}: {change}"


def test_what_changes_nothing_is_not_written_again(settings: Settings, shop: Shop) -> None:
    database = shop.database
    order = shop.order(shop.product(), when=NOW, status="shipped")
    fold_popularity(database, settings)
    computed = database.execute("SELECT computed_at FROM tanaban.product_popularity").fetchall()
    database.execute("UPDATE orders SET status = 'delivered' WHERE id = %s", [order])
    assert fetch_queued(database) == []
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
    assert 7 in fetch_stored(shop.database).values()


def test_a_statement_of_many_rows_queues_each_product_once(shop: Shop) -> None:
    user, products = shop.user(), [shop.product() for _ in range(3)]
    with shop.database.cursor() as cursor, cursor.copy("COPY reviews (user_id, product_id, rating) FROM STDIN") as copy:
        for number in range(1_000):
            copy.write_row((user, products[number % 3], 5))
    assert sorted(fetch_queued(shop.database)) == sorted(products)


def test_a_queue_longer_than_a_batch_is_folded_to_its_end(
    settings: Settings, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog.popularity_fold, "QUEUE_BATCH_ROWS", 2)
    for _ in range(5):
        shop.favorite(shop.product(), NOW)
    assert fold_popularity(shop.database, settings) == 5
    assert fetch_queued(shop.database) == []


def test_times_far_away_neither_overflow_nor_vanish(settings: Settings, shop: Shop) -> None:
    ancient, future, never = shop.product(), shop.product(), shop.product()
    shop.favorite(ancient, datetime(1950, 1, 1, tzinfo=UTC))
    shop.favorite(future, datetime(2900, 1, 1, tzinfo=UTC))
    shop.database.execute(
        "INSERT INTO favorites (user_id, product_id, created_at) VALUES (%s, %s, 'infinity')", [shop.user(), never]
    )
    fold_popularity(shop.database, settings)
    assert fetch_stored(shop.database) == {ancient: 1.18e-38, future: 3e38, never: 3e38}


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
    assert set(fetch_stored(shop.database).values()) == {3e38}  # both at the top: no order any more
    assert rebase_landmark(shop.database, quick, now)
    stored = fetch_stored(shop.database)
    assert stored[popular] / stored[plain] == pytest.approx(8, rel=0.01)
    assert fetch_pivot(shop.database)[0] == now.replace(second=0, microsecond=0)
    assert not rebase_landmark(shop.database, settings, now)
