"""One indexer after the other, each alone on the servers: first load, raw `_bulk` of what it wrote, changes."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from benchmarks.bulk import measure_bulk, settle
from benchmarks.connection import Connection, UnexpectedAnswer
from benchmarks.documents import write_bodies
from benchmarks.peers.pgsync import INDEX, PgSync
from benchmarks.peers.report import PGSYNC
from benchmarks.peers.work import Indexer, Say, measure_changes, measure_price_edits
from benchmarks.processes import Shop
from benchmarks.rebuild import BULK_CONNECTIONS, BULK_REQUEST_BYTES
from benchmarks.sync import wait_until_current

PLAIN_COMMAND = (sys.executable, "-m", "benchmarks.peers.plain")
_COPY = "pgsync"


def measure_pgsync(shop: Shop, commands: Path, urls: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """In a copy of the database, which is dropped afterwards."""
    say = _teller(PGSYNC)
    opensearch_url = urls["TANABAN_OPENSEARCH_URL"]
    with _copied_database(urls["TANABAN_DATABASE_URL"]) as database_url:
        copy = {**urls, "TANABAN_DATABASE_URL": database_url}
        pgsync = PgSync(shop, commands, folder, copy, _COPY)
        load = _settled(opensearch_url, pgsync.load)
        _check_all_loaded(database_url, load["documents"])
        bulk = _measure_bulk(opensearch_url, INDEX, folder)
        say(f"loaded {load['per_s']:,.0f} docs/s, raw _bulk {bulk['per_s']:,.0f} docs/s")
        indexer = Indexer(PGSYNC, database_url, opensearch_url, INDEX, "base_price")
        with pgsync.running():
            measure_price_edits(indexer, 1)  # it has started
            changes = measure_changes(indexer, say)
        pgsync.remove()
    return {"load": load, "bulk": bulk, **changes}


def measure_tanaban(shop: Shop, name: str, urls: Mapping[str, str], folder: Path, price_field: str) -> dict[str, Any]:
    """`index rebuild`, then `sync run`, both of `shop`'s command."""
    say = _teller(name)
    indexer = Indexer(name, urls["TANABAN_DATABASE_URL"], urls["TANABAN_OPENSEARCH_URL"], "products", price_field)
    load = _settled(indexer.opensearch_url, lambda: _rebuild(shop))
    bulk = _measure_bulk(indexer.opensearch_url, "products", folder)
    say(f"loaded {load['per_s']:,.0f} docs/s, raw _bulk {bulk['per_s']:,.0f} docs/s")
    with shop.start([*shop.tanaban, "sync", "run"]):
        measure_price_edits(indexer, 1)  # it has started, or compares everything, which it does for a new slot
        wait_until_current(indexer.database_url, indexer.opensearch_url)
        changes = measure_changes(indexer, say)
    return {"load": load, "bulk": bulk, **changes}


def _rebuild(shop: Shop) -> dict[str, float]:
    """Timed from the command to its end, the comparison of every document with PostgreSQL before the swap included."""
    started_s = time.monotonic()
    report = shop.run("index", "rebuild")
    seconds = time.monotonic() - started_s
    return {"documents": report["documents"], "seconds": seconds, "per_s": report["documents"] / seconds} | {
        "write_s": report["write_s"]
    }


def _measure_bulk(opensearch_url: str, index: str, folder: Path) -> dict[str, float]:
    """The best of some numbers of connections."""
    bodies = write_bodies(opensearch_url, index, folder / "documents.ndjson", BULK_REQUEST_BYTES)
    per_s = max(measure_bulk(opensearch_url, index, bodies, connections) for connections in BULK_CONNECTIONS)
    bodies.file.unlink()
    return {"per_s": per_s, "document_bytes": round(bodies.size_bytes / bodies.documents)}


def _settled(opensearch_url: str, load: Callable[[], dict[str, float]]) -> dict[str, float]:
    with Connection(opensearch_url) as connection:
        settle(connection)
    return load()


def _check_all_loaded(database_url: str, documents: float) -> None:
    with psycopg.connect(database_url) as connection:
        ((products,),) = connection.execute("SELECT count(*) FROM products").fetchall()
    if documents != products:
        raise UnexpectedAnswer(f"PGSync loaded {documents:,.0f} of {products:,} products")


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
