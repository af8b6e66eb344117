"""What all tables share: naming, column types, the checks that come back."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, MetaData, Numeric, String, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

SERVICE_SCHEMA = "tanaban"

# PostgreSQL's own default names, so that hand-written SQL and the models agree without spelling them out.
NAMING = {
    "pk": "%(table_name)s_pkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "ck": "%(table_name)s_%(constraint_name)s",
}


class Base(DeclarativeBase):
    """Declarative base; its metadata is what Alembic compares with the database."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - read by SQLAlchemy as a class attribute
        str: Text(),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(),
        list[str]: JSONB(),
    }


# Random rather than time-ordered: rows of one import spread over the keyset pages of a rebuild.
UuidKey = Annotated[UUID, mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))]

# A name or code with a unique key: an index entry may have 2,704 bytes, 255 characters have 1,020 at most.
ShortText = Annotated[str, mapped_column(String(255))]

Money = Annotated[Decimal, mapped_column(Numeric(12, 2))]
JsonObject = Annotated[dict[str, Any], mapped_column(server_default=text("'{}'::jsonb"))]
JsonList = Annotated[list[str], mapped_column(server_default=text("'[]'::jsonb"))]
Count = Annotated[int, mapped_column(server_default=text("0"))]

# Defaults are the transaction's time; `updated_at` is moved by the trigger tanaban.touch_updated_at().
CreatedAt = Annotated[datetime, mapped_column(server_default=func.now())]
UpdatedAt = Annotated[datetime, mapped_column(server_default=func.now())]


def not_blank(column: str) -> CheckConstraint:
    """Refuses '' and values of only spaces, the full-width U+3000 included."""
    return CheckConstraint(f"btrim({column}, E' \\t\\n\\r\\u3000') <> ''", name=f"{column}_not_blank")


def not_negative(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} >= 0", name=f"{column}_not_negative")


def is_amount(column: str) -> CheckConstraint:
    """Money that is a number and not negative; PostgreSQL holds NaN to be larger than all numbers."""
    return CheckConstraint(f"{column} >= 0 AND {column} <> 'NaN'", name=f"{column}_is_amount")


def is_calendar_time(column: str) -> CheckConstraint:
    """Within what Python's datetime can hold, so that one row can't break a reader; 'infinity' is not."""
    return CheckConstraint(
        f"{column} >= '1900-01-01 00:00+00' AND {column} < '9999-01-01 00:00+00'",
        name=f"{column}_is_calendar_time",
    )


def is_object(column: str) -> CheckConstraint:
    return CheckConstraint(f"jsonb_typeof({column}) = 'object'", name=f"{column}_is_object")


def is_array(column: str) -> CheckConstraint:
    return CheckConstraint(f"jsonb_typeof({column}) = 'array'", name=f"{column}_is_array")


def is_rating(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} BETWEEN 1 AND 5", name=f"{column}_is_1_to_5")


def is_nfkc(column: str) -> CheckConstraint:
    """Names that the importer finds again by their NFKC form: ｿﾆｰ and ソニー are one brand."""
    return CheckConstraint(f"{column} IS NFKC NORMALIZED", name=f"{column}_is_nfkc")
