"""What shoppers search for, to suggest it to others."""

from catalog.migrations.run_sql import run_sql

revision = "0012_search_queries"
down_revision = "0011_synonyms"


def upgrade() -> None:
    run_sql("0012_search_queries.up.sql")


def downgrade() -> None:
    run_sql("0012_search_queries.down.sql")
