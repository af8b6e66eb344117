"""What autogenerate compares with the models."""

import re

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.sql.schema import SchemaItem

from catalog.models.base import SERVICE_SCHEMA

OUR_SCHEMAS = {None, "public", SERVICE_SCHEMA}
PARTITION = re.compile(r"orders_(default|\d{4}_\d{2})")


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Both schemas, without the partitions: those are data, made month by month."""
    if kind == "schema":
        return name in OUR_SCHEMAS
    return not (kind == "table" and name and (PARTITION.fullmatch(name) or name == "alembic_version"))


def include_object(item: SchemaItem, _name: str | None, _kind: str, _reflected: bool, _twin: SchemaItem | None) -> bool:
    """Not the copies of a foreign key to `orders` that PostgreSQL keeps for each of its partitions."""
    return not (isinstance(item, ForeignKeyConstraint) and PARTITION.fullmatch(item.elements[0].column.table.name))
