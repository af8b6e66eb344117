"""Notices that a server crashed or was lost, after which everything is compared (I2, I6).

Something may be missing then that was told durable: a commit with synchronous_commit off, or the newer write behind a
version conflict. What is known outlives this process, so that a machine that went down with all of them is noticed too.
"""

from opensearchpy import OpenSearch

from indexing.failures import clear_errors
from indexing.generations import fetch_node_runs
from indexing.registry import Connection

_LAST_RECOVERY = "(SELECT stats_reset FROM pg_stat_bgwriter)"
"""PostgreSQL discards its statistics when it recovers from a crash, and keeps them over a clean restart (18)."""


def find_loss(connection: Connection, client: OpenSearch) -> str | None:
    """Which server is not the one that was known; None when both are, or nothing was known yet.

    Call `remember_servers` once what follows from it is stored. Raises: DatabaseDown, SearchDown.
    """
    with clear_errors():
        row = connection.execute(
            f"SELECT postgresql_recovered_at, {_LAST_RECOVERY}, opensearch_nodes FROM tanaban.sync_state"
        ).fetchone()
        assert row is not None
        known_recovery, recovery, known_nodes = row
        if known_recovery is not None and known_recovery != recovery:
            return "PostgreSQL has recovered from a crash"
        if set(known_nodes) - fetch_node_runs(client):
            return "a node of OpenSearch was lost or has restarted"
        return None


def remember_servers(connection: Connection, client: OpenSearch) -> None:
    """Raises: DatabaseDown, SearchDown."""
    with clear_errors():
        connection.execute(
            f"UPDATE tanaban.sync_state SET postgresql_recovered_at = {_LAST_RECOVERY}, opensearch_nodes = %s",
            [sorted(fetch_node_runs(client))],
        )


def expect_node_restarts(connection: Connection) -> None:
    """After a clean end nothing is under way, so a restart of OpenSearch until the next start loses nothing."""
    connection.execute("UPDATE tanaban.sync_state SET opensearch_nodes = '{}'")
