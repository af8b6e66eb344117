"""The months of `orders`: partitions made ahead of time, by the calendar of Asia/Tokyo.

An order of a month without a partition lands in `orders_default`. From then on PostgreSQL refuses that month's
partition, and moving the rows out is refused too while order items point at them (with ON DELETE CASCADE it
would delete those silently). So months are made ahead, and a month that was missed is named and left alone: its
orders stay right where they are, only less prunable.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

SHOP_TIME = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True, slots=True)
class PartitionReport:
    """Partition names such as orders_2024_01, by what happened to them."""

    created: tuple[str, ...]
    present: tuple[str, ...]
    blocked: tuple[str, ...]
    """Months whose orders already sit in the default partition: an alarm."""


def ensure_order_partitions(
    connection: psycopg.Connection[TupleRow],
    *,
    months_ahead: int = 3,
    months_back: int = 12,
    now: datetime | None = None,
) -> PartitionReport:
    """Make the missing partitions from `months_back` months before the month of `now` to `months_ahead` after it.

    Each is its own short transaction on an autocommit connection; making one locks `orders` for a moment and
    gives up after two seconds of waiting for it.

    Raises: psycopg.errors.LockNotAvailable, when something holds `orders`; run it again later.
    """
    this_month = (
        (now or datetime.now(UTC)).astimezone(SHOP_TIME).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    )
    outcomes: dict[str, list[str]] = {"created": [], "present": [], "blocked": []}
    for offset in range(-months_back, months_ahead + 1):
        start = add_months(this_month, offset)
        outcomes[_ensure_month(connection, start)].append(partition_name(start))
    return PartitionReport(**{outcome: tuple(names) for outcome, names in outcomes.items()})


def add_months(month: datetime, count: int) -> datetime:
    """The first of a month, `count` months later.

    >>> add_months(datetime(2024, 11, 1), 3)
    datetime.datetime(2025, 2, 1, 0, 0)
    """
    years, month_index = divmod(month.month - 1 + count, 12)
    return month.replace(year=month.year + years, month=month_index + 1)


def partition_name(month: datetime) -> str:
    """
    >>> partition_name(datetime(2024, 1, 1))
    'orders_2024_01'
    """
    return f"orders_{month:%Y_%m}"


def _ensure_month(connection: psycopg.Connection[TupleRow], start: datetime) -> str:
    name = partition_name(start)
    if connection.execute("SELECT to_regclass(%s)", [f"public.{name}"]).fetchone() != (None,):
        return "present"
    try:
        with connection.transaction():
            connection.execute("SET LOCAL lock_timeout = '2s'")
            connection.execute(_create_partition(name, start))
    except psycopg.errors.DuplicateTable:  # made by another process meanwhile
        return "present"
    except psycopg.errors.CheckViolation:
        return "blocked"
    return "created"


def _create_partition(name: str, start: datetime) -> sql.Composed:
    """Bounds with their offset (+09:00): without one they would follow the session's time zone and overlap."""
    return sql.SQL(
        "CREATE TABLE public.{name} PARTITION OF public.orders FOR VALUES FROM ({start}) TO ({end});"
        "ALTER TABLE public.{name} REPLICA IDENTITY FULL"
    ).format(
        name=sql.Identifier(name),
        start=sql.Literal(start.isoformat()),
        end=sql.Literal(add_months(start, 1).isoformat()),
    )
