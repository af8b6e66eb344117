"""A proof of what is served, with and without repair."""

from datetime import datetime
from uuid import UUID

from core.settings import Settings
from indexing.drift import Comparison
from indexing.proof import Proof, prove_served
from indexing.registry import Connection


def repair(settings: Settings) -> Proof:
    (found,) = prove_served(settings, repair=True)
    return found


def look(settings: Settings, since: datetime | None = None) -> Comparison:
    (found,) = prove_served(settings, repair=False, since=since)
    return found.comparison


def rename(database: Connection, *ids: UUID) -> None:
    database.execute("UPDATE products SET name = '改名' WHERE id = ANY(%s)", [list(ids)])
