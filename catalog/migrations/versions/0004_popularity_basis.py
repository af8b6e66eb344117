"""What the stored popularities were computed with."""

from catalog.migrations.run_sql import run_sql

revision = "0004_popularity_basis"
down_revision = "0003_indexing"


def upgrade() -> None:
    run_sql("0004_popularity_basis.up.sql")


def downgrade() -> None:
    run_sql("0004_popularity_basis.down.sql")
