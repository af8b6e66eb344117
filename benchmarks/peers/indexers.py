"""One indexer after the other, each alone on the servers: first load, raw `_bulk` of what it wrote, changes."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from benchmarks.bulk import measure_bulk, settle
from benchmarks.connection import Connection, UnexpectedAnswer
from benchmarks.documents import write_bodies
from benchmarks.peers.load import Load
from benchmarks.peers.pgsync import INDEX, PgSync
from benchmarks.peers.report import PGSYNC
from benchmarks.peers.work import Indexer, Say, measure_changes, measure_price_edits
from benchmarks.processes import Shop
from benchmarks.rebuild import BULK_CONNECTIONS, BULK_REQUEST_BYTES

PLAIN_COMMAND = (sys.executable, "-m", "benchmarks.peers.plain")
_COPY = "pgsync"
_NO_STANDBY = {"TANABAN_GENERATIONS_KEPT": "0"}
"""Each write goes into one index, as PGSync's do."""

_POLL_S = 1.0


def measure_pgsync(shop: Shop, commands: Path, urls: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """In a copy of the database, which is dropped afterwards."""
    say = _teller(PGSYNC)
    opensearch_url = urls["TANABAN_OPENSEARCH_URL"]
    with _copied_database(urls["TANABAN_DATABASE_URL"]) as database_url:
        copy = {**urls, "TANABAN_DATABASE_URL": database_url}
        pgsync = PgSync(shop, commands, folder, copy, _COPY)
        load = _settled(opensearch_url, pgsync.load)
        _check_all_loaded(database_url, load.documents)
        bulk = _measure_bulk(opensearch_url, INDEX, folder)
        say(f"loaded {load.per_s:,.0f} docs/s, raw _bulk {bulk['per_s']:,.0f} docs/s")
        indexer = Indexer(PGSYNC, database_url, opensearch_url, INDEX, "base_price")
        with pgsync.running():
            measure_price_edits(indexer, 1)  # it has started
            changes = measure_changes(indexer, say)
        pgsync.remove()
    return {"load": asdict(load), "bulk": bulk, **changes}


def measure_tanaban(shop: Shop, name: str, urls: Mapping[str, str], folder: Path, price_field: str) -> dict[str, Any]:
    """`index rebuild`, then `sync run`, both of `shop`'s command."""
    say = _teller(name)
    indexer = Indexer(name, urls["TANABAN_DATABASE_URL"], urls["TANABAN_OPENSEARCH_URL"], "products", price_field)
    load = _settled(indexer.opensearch_url, lambda: _rebuild(shop))
    shop.run("index", "prune", environment=_NO_STANDBY)
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


def _settled(opensearch_url: str, load: Callable[[], Load]) -> Load:
    with Connection(opensearch_url) as connection:
        settle(connection)
    return load()


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
