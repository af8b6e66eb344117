"""Documents built in processes beside the rebuild: the same documents, and no process is left over."""

import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from opensearchpy import OpenSearch

from catalog.product import ProductRow
from core.errors import IndexingError
from core.settings import Settings
from core.types import IndexVersion
from indexing.builders import PackRows, count_builders, open_builders
from indexing.packing import Packed
from indexing.rebuild import rebuild
from indexing.registry import Connection
from mappings.products import build_index_body
from tests.catalog.factory import Shop
from tests.catalog.rows import product_row
from tests.faults.processes import wait_for
from tests.indexing.stock import fill
from tests.indexing.truth import assert_index_is_right

FIELDS = frozenset(build_index_body(1, 0, {})["mappings"]["properties"])
ROWS = [product_row(name="ワイヤレスイヤホン"), product_row(status="draft"), product_row(path=[])]
"""One makes a document, one a tombstone, one nothing."""

KILLED_AMID_A_REBUILD = """
import os, signal, psutil
from indexing.builders import open_builders
from core.types import IndexVersion
if __name__ == "__main__":
    with open_builders(2) as pack_rows:
        pack_rows([], frozenset(), IndexVersion(1), 0, 1000)
        print(*(child.pid for child in psutil.Process().children()), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""


def pack(pack_rows: PackRows, rows: list[ProductRow]) -> Packed:
    return pack_rows(rows, FIELDS, IndexVersion(7), 1, 4_000)


def test_processes_build_what_threads_build() -> None:
    with open_builders(0) as in_thread, open_builders(1) as in_process:
        expected = pack(in_thread, ROWS)
        assert pack(in_process, ROWS) == expected
    assert [len(items) for items in expected.requests] == [1]
    assert [rejection.error_type for rejection in expected.rejections] == ["build_failed"]


def test_a_process_that_is_killed_is_an_error_that_says_what_to_do() -> None:
    with open_builders(1) as pack_rows:
        pack(pack_rows, ROWS)
        for child in multiprocessing.active_children():
            child.kill()
        with pytest.raises(IndexingError, match="TANABAN_REBUILD_PROCESSES=0"):
            pack(pack_rows, ROWS)


def test_no_process_outlives_a_killed_rebuild(tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED_AMID_A_REBUILD)
    found = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False, timeout=30)
    pids = [int(pid) for pid in found.stdout.split()]
    assert len(pids) >= 2, found.stderr
    wait_for(lambda: not any(map(psutil.pid_exists, pids)), 10)


@pytest.mark.parametrize(
    ("processes", "cores", "workers", "expected"),
    [(None, 2, 3, 0), (None, 4, 3, 2), (None, 64, 3, 3), (0, 64, 3, 0), (5, 2, 3, 5)],
)
def test_each_core_beyond_the_servers_gets_a_process(
    monkeypatch: pytest.MonkeyPatch, processes: int | None, cores: int, workers: int, expected: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
    assert count_builders(Settings(rebuild_processes=processes, rebuild_workers=workers)) == expected


@pytest.mark.live
def test_a_rebuild_with_processes_is_right(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    fill(shop)
    rebuild(small.model_copy(update={"rebuild_processes": 2}))
    assert_index_is_right(database, opensearch, small)
