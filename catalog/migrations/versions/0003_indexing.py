"""The indexer's registry."""

from catalog.migrations.run_sql import run_sql

revision = "0003_indexing"
down_revision = "0002_service"


def upgrade() -> None:
    run_sql("0003_indexing.up.sql")


def downgrade() -> None:
    run_sql("0003_indexing.down.sql")
