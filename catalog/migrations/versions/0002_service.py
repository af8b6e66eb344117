"""The service's own tables and the triggers that keep them."""

from catalog.migrations.run_sql import run_sql

revision = "0002_service"
down_revision = "0001_shop"


def upgrade() -> None:
    run_sql("0002_service.up.sql")


def downgrade() -> None:
    run_sql("0002_service.down.sql")
