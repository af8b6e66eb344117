"""How far capture is behind, and what it has still to do."""

from dataclasses import dataclass

from core.clients import connect_database
from core.settings import Settings
from indexing import dead_letters, fanout
from indexing.failures import clear_errors
from indexing.fanout import FanoutJob
from indexing.freshness import Freshness, fetch_freshness
from indexing.registry import Connection
from indexing.slot import SlotState, fetch_slot


@dataclass(frozen=True, slots=True)
class SyncStatus:
    slot: SlotState | None
    """None: capture never ran, or somebody dropped its slot."""
    fanouts: tuple[FanoutJob, ...]
    dead_letters: int
    freshness: Freshness
    """From commit to searchable."""

    @property
    def is_running(self) -> bool:
        return self.slot is not None and self.slot.is_active


@clear_errors()
def fetch_sync_status(settings: Settings) -> SyncStatus:
    """Raises: DatabaseDown, SchemaBehind."""
    with connect_database(settings, autocommit=True) as connection:
        return read_sync_status(connection, settings)


def read_sync_status(connection: Connection, settings: Settings) -> SyncStatus:
    """Four reads that nobody waits for."""
    return SyncStatus(
        fetch_slot(connection, settings),
        tuple(fanout.fetch_jobs(connection)),
        dead_letters.count_dead_letters(connection),
        fetch_freshness(connection),
    )
