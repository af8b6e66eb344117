"""Change capture reads the columns that it needs."""

from catalog.migrations.run_sql import run_sql

revision = "0010_column_lists"
down_revision = "0009_stream_leases"


def upgrade() -> None:
    run_sql("0010_column_lists.up.sql")


def downgrade() -> None:
    run_sql("0010_column_lists.down.sql")
