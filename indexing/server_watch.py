"""Notices that a server was restarted or lost, after which everything is compared (I2, I6)."""

from dataclasses import dataclass
from datetime import datetime

from opensearchpy import OpenSearch

from indexing import generations
from indexing.failures import clear_errors
from indexing.registry import Connection


@dataclass
class ServerWatch:
    """Which starts of the servers are known. After the loss of one, something may be missing that was told durable:
    a commit with synchronous_commit off, or the newer write behind a version conflict. So everything is compared."""

    postgresql: datetime | None = None
    nodes: frozenset[str] = frozenset()

    def find_restart(self, connection: Connection, client: OpenSearch) -> str | None:
        """Raises: DatabaseDown, SearchDown."""
        row = connection.execute("SELECT pg_postmaster_start_time()").fetchone()
        assert row is not None
        known, self.postgresql = self.postgresql, row[0]
        with clear_errors():
            lost = self.nodes - (found := generations.fetch_node_runs(client))
        self.nodes = found
        if known not in (None, self.postgresql):
            return "PostgreSQL has restarted"
        return "a node of OpenSearch was lost or has restarted" if lost else None
