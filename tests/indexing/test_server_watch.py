"""I2, I6: a server that crashed or was lost is noticed, also after everything went down with it."""

import pytest
from opensearchpy import OpenSearch

from indexing.registry import Connection
from indexing.server_watch import expect_node_restarts, find_loss, remember_servers

pytestmark = pytest.mark.live

CRASHED = "UPDATE tanaban.sync_state SET postgresql_recovered_at = postgresql_recovered_at - interval '1 s'"


def test_a_node_that_was_known_and_is_gone_is_a_loss(database: Connection, opensearch: OpenSearch) -> None:
    assert find_loss(database, opensearch) is None, "nothing is known yet"
    remember_servers(database, opensearch)
    assert find_loss(database, opensearch) is None
    (known,) = database.execute("SELECT opensearch_nodes FROM tanaban.sync_state").fetchone() or ([],)
    assert len(known) == opensearch.cluster.health()["number_of_nodes"]
    database.execute("UPDATE tanaban.sync_state SET opensearch_nodes = opensearch_nodes || '{another start}'")
    assert find_loss(database, opensearch) == "a node of OpenSearch was lost or has restarted"
    expect_node_restarts(database)
    assert find_loss(database, opensearch) is None


def test_a_postgresql_that_recovered_since_is_noticed(database: Connection, opensearch: OpenSearch) -> None:
    remember_servers(database, opensearch)
    database.execute(CRASHED)
    assert find_loss(database, opensearch) == "PostgreSQL has recovered from a crash"
