"""SIGKILL of a real rebuild process at every point that matters: the old index serves, the next rebuild ends right."""

import signal
import subprocess
import sys

import pytest
from opensearchpy import OpenSearch

from core.settings import Settings
from indexing import generations
from indexing.rebuild import rebuild
from indexing.registry import Connection
from indexing.status import fetch_status
from tests.catalog.factory import Shop
from tests.faults.processes import PROJECT, environment_of
from tests.indexing.conftest import fetch_searched, fetch_states
from tests.indexing.truth import assert_index_is_right

pytestmark = pytest.mark.live


def kill_at(point: str, settings: Settings) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "tests.faults.rebuild_process", point],
        cwd=PROJECT,
        env=environment_of(settings),
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert process.returncode == -signal.SIGKILL, process.stderr
    print(f"injected: SIGKILL of a rebuild at {point}")


def fill(shop: Shop) -> None:
    for number in range(23):
        shop.product(f"商品{number}")


@pytest.mark.parametrize(
    "point",
    ["index-created", "page-sent", "page-unmarked", "page-marked", "checking", "before-alias", "before-prune"],
)
def test_the_old_index_serves_until_the_next_rebuild_ends(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop, point: str
) -> None:
    fill(shop)
    old = rebuild(small).generation
    database.execute("UPDATE products SET name = name || ' 改'")
    kill_at(point, small)
    has_swapped = point == "before-prune"
    assert (fetch_searched(opensearch, small) == [old.index_name]) is not has_swapped
    assert fetch_status(small).is_consistent
    report = rebuild(small)
    assert_index_is_right(database, opensearch, small)
    assert fetch_searched(opensearch, small) == [report.generation.index_name]
    assert sorted(fetch_states(database).values()).count("building") == 0
    assert len(generations.fetch_own_indices(opensearch, small)) == 2, "nothing is left over but the standby"


def test_killed_between_alias_and_registry_the_next_command_puts_the_alias_back(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    """The new index has passed its gate, so what is searched in between is right too."""
    fill(shop)
    old = rebuild(small).generation
    database.execute("UPDATE products SET name = name || ' 改'")
    kill_at("before-registry", small)
    assert fetch_searched(opensearch, small) != [old.index_name]
    assert not fetch_status(small).is_consistent
    assert_index_is_right(database, opensearch, small)
    report = rebuild(small)
    assert report.documents == 0, "all its pages were written"
    assert fetch_states(database) == {old.id: "standby", report.generation.id: "live"}
    assert fetch_searched(opensearch, small) == [report.generation.index_name]


@pytest.mark.parametrize("point", ["page-marked", "checking"])
def test_a_killed_rebuild_goes_on_with_its_own_generation(
    database: Connection, small: Settings, shop: Shop, point: str
) -> None:
    fill(shop)
    kill_at(point, small)
    (killed,) = fetch_states(database)
    report = rebuild(small)
    assert report.generation.id == killed
    assert report.documents < 23
