"""Alembic's entry; catalog/migrate.py passes the connection."""

import re

from alembic import context

from catalog.models import Base
from catalog.models.base import SERVICE_SCHEMA

OURS = {None, "public", SERVICE_SCHEMA}
PARTITION = re.compile(r"orders_(default|\d{4}_\d{2})")


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """What autogenerate compares: both schemas, without the partitions, which are data and not schema."""
    if kind == "schema":
        return name in OURS
    return not (kind == "table" and name and (PARTITION.fullmatch(name) or name == "alembic_version"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table_schema=SERVICE_SCHEMA,
    include_schemas=True,
    include_name=include_name,
)
with context.begin_transaction():
    context.run_migrations()
