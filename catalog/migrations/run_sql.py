"""Migrations are SQL files: what PostgreSQL gets is what the reader sees."""

from importlib.resources import files

from alembic import op


def run_sql(name: str) -> None:
    """Execute catalog/migrations/sql/<name> as it stands, in the migration's transaction.

    psycopg's own connection, because SQLAlchemy's would look for parameters in it and send one statement only.
    """
    sql = files("catalog.migrations").joinpath("sql", name).read_text(encoding="utf-8")
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(sql)
