"""Empty databases beside the test's own, for what changes the schema."""

from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex
from urllib.parse import urlsplit

from core.clients import connect_database
from core.settings import Settings


@contextmanager
def empty_database(settings: Settings, owner: str | None = None) -> Iterator[Settings]:
    """`settings` pointing at a new database without any table, dropped after; `owner` is a role to connect as."""
    name = f"tanaban_empty_{token_hex(4)}"
    with connect_database(settings, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {f'OWNER {owner}' if owner else ''}")
        try:
            url = urlsplit(str(settings.database_url))._replace(path=f"/{name}")
            if owner:
                url = url._replace(netloc=f"{owner}:{owner}@{url.hostname}:{url.port}")
            yield settings.model_copy(update={"database_url": url.geturl()})
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
