"""How far capture, fan-outs and an admin's jobs are."""

from catalog.migrations.run_sql import run_sql

revision = "0008_progress"
down_revision = "0007_sync_state"


def upgrade() -> None:
    run_sql("0008_progress.up.sql")


def downgrade() -> None:
    run_sql("0008_progress.down.sql")
