"""The shop's 17 tables."""

from catalog.migrations.run_sql import run_sql

revision = "0001_shop"
down_revision: str | None = None


def upgrade() -> None:
    run_sql("0001_shop.up.sql")


def downgrade() -> None:
    run_sql("0001_shop.down.sql")
