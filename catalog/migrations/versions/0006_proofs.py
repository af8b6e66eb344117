"""The proofs of each generation are remembered."""

from catalog.migrations.run_sql import run_sql

revision = "0006_proofs"
down_revision = "0005_capture"


def upgrade() -> None:
    run_sql("0006_proofs.up.sql")


def downgrade() -> None:
    run_sql("0006_proofs.down.sql")
