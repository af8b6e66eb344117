"""What change capture reads, and the work that one change may leave."""

from catalog.migrations.run_sql import run_sql

revision = "0005_capture"
down_revision = "0004_popularity_basis"


def upgrade() -> None:
    run_sql("0005_capture.up.sql")


def downgrade() -> None:
    run_sql("0005_capture.down.sql")
