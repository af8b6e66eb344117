"""Alembic's entry; catalog/migrate.py passes the connection."""

from alembic import context

from catalog.migrations.compared import include_name, include_object
from catalog.models import Base
from catalog.models.base import SERVICE_SCHEMA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table_schema=SERVICE_SCHEMA,
    include_schemas=True,
    include_name=include_name,
    include_object=include_object,
)
with context.begin_transaction():
    context.run_migrations()
