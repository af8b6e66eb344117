"""A shop's own synonyms, live in every process."""

from catalog.migrations.run_sql import run_sql

revision = "0011_synonyms"
down_revision = "0010_column_lists"


def upgrade() -> None:
    run_sql("0011_synonyms.up.sql")


def downgrade() -> None:
    run_sql("0011_synonyms.down.sql")
