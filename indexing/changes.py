"""What a change event means for documents: the one declared map from tables to products. Pure.

An event is only a hint that names rows; their truth is read again. So it may come twice, late or out of order, from
the embedded engine or from a stock Debezium Server: both write the same JSON envelope.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson

from core.errors import UnreadableEvent

Row = Mapping[str, Any]


class Fanout(StrEnum):
    """A change that touches more products than one batch should hold (I7)."""

    BRAND = "brand"
    SELLER = "seller"
    CATEGORY = "category"
    RECONCILE = "reconcile"
    """Everything, documents of products that are gone included: the only right answer to a TRUNCATE."""


@dataclass(frozen=True, slots=True)
class Direct:
    """A row that belongs to one product, which this column names."""

    product_id: str


@dataclass(frozen=True, slots=True)
class ByParent:
    """A row that many products show; only a change of these columns changes what they show."""

    fanout: Fanout
    shown: tuple[str, ...]


CATEGORIES = "public.categories"

DEPENDENCIES: dict[str, Direct | ByParent] = {
    "public.products": Direct("id"),
    "public.product_variations": Direct("product_id"),
    "public.product_images": Direct("product_id"),
    "public.reviews": Direct("product_id"),
    "tanaban.product_popularity": Direct("product_id"),
    "public.brands": ByParent(Fanout.BRAND, ("name", "name_kana", "is_active")),
    "public.sellers": ByParent(Fanout.SELLER, ("company_name", "status")),
    CATEGORIES: ByParent(Fanout.CATEGORY, ("parent_id", "name", "slug", "is_active")),
}
"""Orders and favourites reach documents through product_popularity. docs/consistency.md says what each column does."""

CAPTURED_COLUMNS = {
    table: (rule.product_id,) if isinstance(rule, Direct) else ("id", *rule.shown)
    for table, rule in DEPENDENCIES.items()
}
"""All that an event needs to carry: hints stay small whatever a row holds."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row's event."""

    table: str
    operation: str
    """Debezium's letter: c, u, d, t (TRUNCATE), r (read by a snapshot)."""
    before: Row | None
    after: Row | None
    xid: int | None
    """Low 32 bits of the top-level transaction id, as the WAL has it."""
    committed_ms: int


@dataclass
class Plan:
    """What a batch of changes asks for; the order of the changes does not matter."""

    products: dict[UUID, int] = field(default_factory=dict)
    """Product id -> when its earliest change of the batch was committed, ms."""
    fanouts: set[tuple[Fanout, UUID | None]] = field(default_factory=set)
    xids: set[int] = field(default_factory=set)
    """All of them: the last one alone says nothing of the others (I4)."""
    tree_changed: bool = False
    """Some category, in whatever way: menus show more of it than documents do."""


def read_change(value: bytes | str) -> Change | None:
    """Read Debezium's JSON envelope, with or without its schema part; None for what no document shows.

    >>> read_change('{"before":null,"after":{"id":"x"},"op":"c","source":{"schema":"public","table":"users"}}')

    Raises: UnreadableEvent.
    """
    try:
        envelope = orjson.loads(value)
        envelope = envelope.get("payload", envelope)
        if "op" not in envelope:  # a heartbeat
            return None
        source = envelope["source"]
        table = f"{source['schema']}.{source['table']}"
        if table not in DEPENDENCIES:
            return None
        return Change(
            table, envelope["op"], envelope.get("before"), envelope.get("after"), source.get("txId"), source["ts_ms"]
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableEvent(
            f"Not an event of Debezium's PostgreSQL connector: {value[:300]!r} ({error!r})."
        ) from error


def plan_changes(changes: Iterable[Change]) -> Plan:
    """The products to write and the fan-outs to store, each once.

    Raises: UnreadableEvent: a row without the column that DEPENDENCIES needs.
    """
    plan = Plan()
    for change in changes:
        if change.xid is not None:
            plan.xids.add(change.xid)
        plan.tree_changed |= change.table == CATEGORIES
        if change.operation == "t":
            plan.fanouts.add((Fanout.RECONCILE, None))
            continue
        rule = DEPENDENCIES[change.table]
        try:
            if isinstance(rule, Direct):
                _plan_products(plan, change, rule.product_id)
            elif _is_shown_change(change, rule):
                plan.fanouts |= {(rule.fanout, id) for id in _ids(change, "id")}
        except (KeyError, ValueError, TypeError) as error:
            raise UnreadableEvent(
                f"{change} names no product ({error!r}): check REPLICA IDENTITY of the table."
            ) from error
    return plan


def _plan_products(plan: Plan, change: Change, column: str) -> None:
    for id in _ids(change, column):
        plan.products[id] = min(plan.products.get(id, change.committed_ms), change.committed_ms)


def _ids(change: Change, column: str) -> set[UUID]:
    """Both sides: a child that moved changes the product that it left too."""
    rows = [row for row in (change.before, change.after) if row is not None]
    if not rows:
        raise ValueError("neither before nor after")
    return {UUID(row[column]) for row in rows}


def _is_shown_change(change: Change, rule: ByParent) -> bool:
    """A new or a deleted parent has no products: their own events tell of those that came or went."""
    if change.before is None or change.after is None:
        return change.operation not in ("c", "r", "d")
    return any(change.before.get(name) != change.after.get(name) for name in rule.shown)
