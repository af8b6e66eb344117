"""Partial imports, and imports that discontinue what the file lacks."""

from collections.abc import Iterable
from typing import Any

import pytest

from core.errors import InvalidParameter
from tests.catalog.catalog_file import FULL, Database, ask, counts, line, load, times

pytestmark = pytest.mark.live


def test_a_partial_line_updates_only_its_keys(database: Database) -> None:
    load(database, FULL)
    assert counts(load(database, {"sku": "A", "stock": 7}, partial=True)) == (0, 1, 0, 0, 0)
    assert ask(database, "SELECT stock_quantity, sale_price, description FROM products") == [
        (7, 3_980, "春の新作です。")
    ]
    assert ask(database, "SELECT count(*) FROM product_images") == [2]
    stock = {"sku": "A", "variations": [{"sku": "A-23", "stock": 5}]}
    assert counts(load(database, stock, partial=True)) == (0, 1, 0, 0, 0)
    assert ask(database, "SELECT name, price_adjustment, stock_quantity, is_active FROM product_variations") == [
        ("23cm", 100, 5, True)
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"sku": "Z", "stock": 1}, "sku: 'Z' is not in the catalog"),
        ({"sku": "A", "price": 3_000}, "sale_price: 3980 is above the price, 3000"),
        ({"sku": "A", "stok": 1}, "stok: is not a key; did you mean stock?"),
        ({"sku": "A", "variations": [{"sku": "A-99", "stock": 1}]}, "variations: 'A-99' is not in the catalog"),
        ({"sku": "A", "variations": [5]}, "variations[1]"),
        ({"sku": "A", "variations": None}, "variations: must be a list"),
    ],
)
def test_a_partial_line_that_does_not_fit_is_refused(database: Database, change: dict[str, Any], reason: str) -> None:
    load(database, FULL)
    before = times(database)
    report = load(database, change, partial=True)
    assert counts(report) == (0, 0, 0, 0, 1)
    assert reason in report.bad[0].reason
    assert times(database) == before


def statuses(database: Database) -> dict[str, str]:
    return dict(ask(database, "SELECT sku, status::text FROM products"))


def test_products_that_the_file_lacks_are_discontinued_when_asked_for(database: Database) -> None:
    load(database, line("A"), line("B"), line("C", status="discontinued"))
    assert counts(load(database, line("A"))) == (0, 0, 1, 0, 0)
    assert statuses(database) == {"A": "active", "B": "active", "C": "discontinued"}
    assert counts(load(database, line("A"), prune_missing=True)) == (0, 0, 1, 1, 0)
    assert statuses(database) == {"A": "active", "B": "discontinued", "C": "discontinued"}


def test_a_product_whose_line_is_bad_is_not_discontinued(database: Database) -> None:
    load(database, line("A"), line("B"), line("C"))
    report = load(database, line("A"), line("B", price=-1), prune_missing=True)
    assert counts(report) == (0, 0, 1, 1, 1)
    assert statuses(database) == {"A": "active", "B": "active", "C": "discontinued"}


@pytest.mark.parametrize("lines", [[line("A"), b'{"sku": "B", '], [b""], []])
def test_nothing_is_discontinued_when_the_file_may_have_named_it(
    database: Database, lines: Iterable[dict[str, Any] | bytes]
) -> None:
    load(database, line("A"), line("B"))
    report = load(database, *lines, prune_missing=True)
    assert report.pruned == 0
    assert report.prune_refused
    assert set(statuses(database).values()) == {"active"}


def test_a_feed_of_some_keys_cannot_discontinue(database: Database) -> None:
    with pytest.raises(InvalidParameter):
        load(database, line("A"), partial=True, prune_missing=True)
