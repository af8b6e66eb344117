"""Where the index stands: what serves, what is kept, what is being built."""

from dataclasses import dataclass

from opensearchpy import OpenSearch

from core.clients import connect_database, create_opensearch
from core.settings import Settings
from indexing import alias, generations, registry
from indexing.failures import clear_errors
from indexing.registry import Connection, Generation


@dataclass(frozen=True, slots=True)
class GenerationStatus:
    """A written generation; documents and bytes are None when its index is gone or unreadable."""

    generation: Generation
    documents: int | None
    size_bytes: int | None
    pages_written: int
    pages: int
    dead_letters: int
    is_searched: bool
    """Whether the serving alias is on it."""


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """All generations that are still written, the newest first."""

    alias: str
    searched_index: str | None
    generations: tuple[GenerationStatus, ...]

    @property
    def is_consistent(self) -> bool:
        """Whether the alias is on the registry's live generation; the next life-cycle command mends it."""
        live = [it.generation.index_name for it in self.generations if it.generation.state is registry.State.LIVE]
        return live == ([self.searched_index] if self.searched_index else [])


@clear_errors()
def fetch_status(settings: Settings) -> IndexStatus:
    """Read registry and alias; changes nothing. Raises: DatabaseDown, SearchDown."""
    with connect_database(settings, autocommit=True) as connection, create_opensearch(settings) as client:
        indices = alias.fetch_alias_state(client, settings).indices
        written = registry.fetch_generations(connection, registry.WRITTEN_STATES)
        statuses = tuple(_fetch_one(connection, client, generation, indices) for generation in written)
    return IndexStatus(generations.serving_alias(settings), ",".join(indices) or None, statuses)


def _fetch_one(
    connection: Connection, client: OpenSearch, generation: Generation, searched: tuple[str, ...]
) -> GenerationStatus:
    documents, size_bytes = generations.fetch_size(client, generation.index_name)
    written, pages, dead_letters = registry.count_work(connection, generation.id)
    is_searched = generation.index_name in searched
    return GenerationStatus(generation, documents, size_bytes, written, pages, dead_letters, is_searched)
