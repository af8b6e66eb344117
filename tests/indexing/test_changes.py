"""From change events to products: which rows make which documents new."""

from typing import Any
from uuid import UUID

import orjson
import pytest

from core.errors import UnreadableEvent
from indexing.changes import DEPENDENCIES, Change, Fanout, plan_changes, read_change
from indexing.registry import Connection
from indexing.slot import PUBLICATION

A, B, C = (UUID(int=number) for number in (1, 2, 3))


def event(table: str, operation: str, before: Any = None, after: Any = None, *, xid: int = 7, ms: int = 1_000) -> bytes:
    schema, _, name = table.rpartition(".")
    source = {"schema": schema or "public", "table": name, "txId": xid, "ts_ms": ms}
    return orjson.dumps({"before": before, "after": after, "op": operation, "source": source})


def change(*args: Any, **options: Any) -> Change:
    found = read_change(event(*args, **options))
    assert found is not None
    return found


def test_a_products_own_rows_name_it_and_each_transaction_is_kept() -> None:
    plan = plan_changes(
        [
            change("products", "c", None, {"id": str(A)}, xid=7),
            change("product_images", "d", {"product_id": str(B)}, None, xid=8),
            change("reviews", "u", None, {"product_id": str(C)}, xid=9),
            change("tanaban.product_popularity", "u", None, {"product_id": str(C)}, xid=9),
        ]
    )
    assert plan.products.keys() == {A, B, C}
    assert plan.xids == {7, 8, 9}
    assert not plan.fanouts


def test_a_child_that_moves_changes_the_product_that_it_left_too() -> None:
    moved = change("product_variations", "u", {"product_id": str(A)}, {"product_id": str(B)})
    assert plan_changes([moved]).products.keys() == {A, B}


def test_the_earliest_commit_of_a_product_counts_whatever_the_order() -> None:
    late, early = (change("products", "u", None, {"id": str(A)}, ms=ms) for ms in (2_000, 1_000))
    assert plan_changes([late, early]).products == plan_changes([early, late]).products == {A: 1_000}


@pytest.mark.parametrize(
    ("table", "column", "kind"),
    [("brands", "name", "brand"), ("sellers", "company_name", "seller"), ("categories", "parent_id", "category")],
)
def test_only_what_documents_show_of_a_parent_fans_out(table: str, column: str, kind: str) -> None:
    before = {"id": str(A), column: "old"}
    assert plan_changes([change(table, "u", before, before | {column: "new"})]).fanouts == {(Fanout(kind), A)}
    assert not plan_changes([change(table, "u", before, before)]).fanouts
    assert not plan_changes([change(table, "c", None, before), change(table, "d", before, None)]).fanouts


def test_a_parents_update_without_its_old_row_fans_out_to_be_sure() -> None:
    assert plan_changes([change("brands", "u", None, {"id": str(A)})]).fanouts == {(Fanout.BRAND, A)}


def test_a_truncate_asks_for_everything() -> None:
    assert plan_changes([change("product_images", "t")]).fanouts == {(Fanout.RECONCILE, None)}


def test_other_tables_and_heartbeats_mean_nothing() -> None:
    assert read_change(event("users", "u", None, {"id": str(A)})) is None
    assert read_change(event("tanaban.heartbeat", "u", None, {"only_row": True})) is None
    assert read_change('{"ts_ms":1}') is None


def test_a_stock_debezium_server_sends_a_schema_along() -> None:
    with_schema = orjson.dumps({"schema": {}, "payload": orjson.loads(event("products", "c", None, {"id": str(A)}))})
    assert read_change(with_schema) == change("products", "c", None, {"id": str(A)})


@pytest.mark.parametrize(
    "value", [b"", b"nonsense", b"[]", b'{"op":"u"}', b'{"op":"u","source":{"table":"x"}}', b"null"]
)
def test_what_is_no_event_is_told(value: bytes) -> None:
    with pytest.raises(UnreadableEvent, match="Debezium"):
        read_change(value)


def test_an_event_without_its_product_says_what_to_check() -> None:
    for before, after in ((None, None), ({}, None), (None, {"product_id": "no uuid"})):
        with pytest.raises(UnreadableEvent, match="REPLICA IDENTITY"):
            plan_changes([change("reviews", "d", before, after)])


@pytest.mark.live
def test_the_publication_has_these_tables_and_no_others(database: Connection) -> None:
    rows = database.execute(
        "SELECT schemaname || '.' || tablename FROM pg_publication_tables WHERE pubname = %s", [PUBLICATION]
    )
    assert {table for (table,) in rows} == DEPENDENCIES.keys() | {"tanaban.heartbeat"}
