"""What the process of change capture knows."""

from catalog.migrations.run_sql import run_sql

revision = "0007_sync_state"
down_revision = "0006_proofs"


def upgrade() -> None:
    run_sql("0007_sync_state.up.sql")


def downgrade() -> None:
    run_sql("0007_sync_state.down.sql")
