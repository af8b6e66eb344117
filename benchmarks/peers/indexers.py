"""One indexer after the other, each alone on the servers: first load, raw `_bulk` of what it wrote, changes."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from benchmarks.bulk import measure_bulk, settle
from benchmarks.connection import Connection, UnexpectedAnswer
from benchmarks.documents import write_bodies
from benchmarks.peers.load import Load
from benchmarks.peers.pgsync import INDEX, PgSync
from benchmarks.peers.report import PGSYNC, TANABAN, Measured
from benchmarks.peers.work import Indexer, Say, measure_changes, measure_price_edits
from benchmarks.processes import Shop
from benchmarks.rebuild import BULK_CONNECTIONS, BULK_REQUEST_BYTES

PLAIN_COMMAND = (sys.executable, "-m", "benchmarks.peers.plain")
_COPY = "pgsync"
_NO_STANDBY = {"TANABAN_GENERATIONS_KEPT": "0"}
"""Each write goes into one index, as PGSync's do."""

_LOADS = 3
_POLL_S = 1.0


def measure_pgsync(shop: Shop, commands: Path, urls: Mapping[str, str], folder: Path) -> Measured:
    """In a copy of the database, which is dropped afterwards."""
    say = _teller(PGSYNC)
    opensearch_url = urls["TANABAN_OPENSEARCH_URL"]
    with _copied_database(urls["TANABAN_DATABASE_URL"]) as database_url:
        copy = {**urls, "TANABAN_DATABASE_URL": database_url}
        pgsync = PgSync(shop, commands, folder, copy, _COPY)

        def load_all() -> Load:
            load = pgsync.load()
            _check_all_loaded(database_url, load.documents)
            return load

        load = _median_load(opensearch_url, load_all, pgsync.remove)
        bulk = _measure_bulk(opensearch_url, INDEX, folder)
        say(f"loaded {load.per_s:,.0f} docs/s, raw _bulk {bulk['per_s']:,.0f} docs/s")
        indexer = Indexer(PGSYNC, database_url, opensearch_url, INDEX)
        with pgsync.running():
            measure_price_edits(indexer, 1)  # it has started
            changes = measure_changes(indexer, say)
        pgsync.remove()
    return {"load": asdict(load), "bulk": bulk, **changes}


def measure_tanaban(shop: Shop, urls: Mapping[str, str], folder: Path) -> Measured:
    """`index rebuild`, then `sync run`, both of `shop`'s command."""
    say = _teller(TANABAN)
    indexer = Indexer(TANABAN, urls["TANABAN_DATABASE_URL"], urls["TANABAN_OPENSEARCH_URL"], "products")
    load = _median_load(indexer.opensearch_url, lambda: _rebuild(shop), lambda: _prune(shop))
    _prune(shop)
    bulk = _measure_bulk(indexer.opensearch_url, "products", folder)
    say(f"loaded {load.per_s:,.0f} docs/s, raw _bulk {bulk['per_s']:,.0f} docs/s")
    with shop.start([*shop.tanaban, "sync", "run"]):
        _wait_until_current(shop, indexer)
        changes = measure_changes(indexer, say)
    return {"load": asdict(load), "bulk": bulk, **changes}


def warm_up(shop: Shop, opensearch_url: str, folder: Path) -> None:
    """Who is measured first must not pay for servers that have just started."""
    _rebuild(shop)
    _measure_bulk(opensearch_url, "products", folder)


def _wait_until_current(shop: Shop, indexer: Indexer) -> None:
    """Until it runs and has compared everything, as it does for a new slot."""
    measure_price_edits(indexer, 1)
    while shop.run("sync", "status")["fanouts"]:
        time.sleep(_POLL_S)


def _rebuild(shop: Shop) -> Load:
    started_s = time.monotonic()
    report = shop.run("index", "rebuild")
    command_s = time.monotonic() - started_s
    return Load(report["documents"], command_s - report["check_s"], command_s)


def _measure_bulk(opensearch_url: str, index: str, folder: Path) -> dict[str, float]:
    """The best of some numbers of connections."""
    bodies = write_bodies(opensearch_url, index, folder / "documents.ndjson", BULK_REQUEST_BYTES)
    per_s = max(measure_bulk(opensearch_url, index, bodies, connections) for connections in BULK_CONNECTIONS)
    bodies.file.unlink()
    return {"per_s": per_s, "document_bytes": round(bodies.size_bytes / bodies.documents)}


def _prune(shop: Shop) -> None:
    shop.run("index", "prune", environment=_NO_STANDBY)


def _median_load(opensearch_url: str, load: Callable[[], Load], remove: Callable[[], object]) -> Load:
    """The middle one by its time; `remove` is called before each but the first, so that all find the same."""
    loads: list[Load] = []
    while len(loads) < _LOADS:
        if loads:
            remove()
        with Connection(opensearch_url) as connection:
            settle(connection)
        loads.append(load())
    return sorted(loads, key=lambda it: it.write_s)[_LOADS // 2]


def _check_all_loaded(database_url: str, documents: int) -> None:
    with psycopg.connect(database_url) as connection:
        ((products,),) = connection.execute("SELECT count(*) FROM products").fetchall()
    if documents != products:
        raise UnexpectedAnswer(f"PGSync loaded {documents:,} of {products:,} products")


@contextmanager
def _copied_database(url: str) -> Iterator[str]:
    """The URL of a copy, while it exists."""
    parts = urlsplit(url)
    administration_url = parts._replace(path="/postgres").geturl()
    with psycopg.connect(administration_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{_COPY}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{_COPY}" TEMPLATE "{parts.path.removeprefix("/")}"')
        try:
            yield parts._replace(path=f"/{_COPY}").geturl()
        finally:
            connection.execute(f'DROP DATABASE "{_COPY}" WITH (FORCE)')


def _teller(name: str) -> Say:
    started_s = time.monotonic()
    return lambda text: print(f"[{name}, {time.monotonic() - started_s:4.0f} s] {text}", flush=True)
