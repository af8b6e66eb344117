"""What the parts of one rebuild, or of one reconcile, share."""

from dataclasses import dataclass

from opensearchpy import OpenSearch

from core.settings import Settings
from indexing.progress import OnProgress, ShouldStop
from indexing.registry import Connection, Generation


@dataclass(frozen=True, slots=True)
class Run:
    """One generation, the servers it lies between, and the person who waits for it."""

    settings: Settings
    connection: Connection
    """In autocommit, for registry rows only, and only in the thread that made it."""
    client: OpenSearch
    """Safe to share between threads."""
    generation: Generation
    on_progress: OnProgress
    should_stop: ShouldStop
