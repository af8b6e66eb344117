"""Who reads which shard of the stream, and how far."""

from catalog.migrations.run_sql import run_sql

revision = "0009_stream_leases"
down_revision = "0008_progress"


def upgrade() -> None:
    run_sql("0009_stream_leases.up.sql")


def downgrade() -> None:
    run_sql("0009_stream_leases.down.sql")
