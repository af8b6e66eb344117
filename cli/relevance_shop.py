"""A shop of the measurement's own: embedded servers under a home of its own, filled, indexed and served for a while.

The developer's shop is not touched, whatever TANABAN_…_URL say. The home stays for the next run and may be deleted.
"""

import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from http.client import HTTPException
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson
import psutil

from cli.output import Output
from cli.runtime import build_environment, load_settings
from cli.supervisor import COMMAND
from core.clients import connect_database, create_opensearch, create_redis
from core.errors import StartFailed
from core.logging import configure_logging
from core.settings import Settings
from stack.lifecycle import start_stack, stop_stack
from stack.local_http import fetch_json
from stack.ports import find_free_port

if TYPE_CHECKING:
    from catalog.tree import CategoryTree
    from search.vocabulary import Vocabulary

PORTS = (8000, 8999)
READY_LIMIT_S = 60.0
POLL_S = 0.1
END_PATIENCE_S = 30.0


@contextmanager
def running_shop(folder: Path, output: Output) -> Iterator["OwnShop"]:
    """Servers under `folder`/home, ended afterwards."""
    own = {"home": folder.absolute() / "home", "database_url": None, "opensearch_url": None, "redis_url": None}
    settings = load_settings().model_copy(update=own)
    configure_logging(settings.model_copy(update={"log_level": "WARNING"}))
    try:
        yield OwnShop(start_stack(settings, output), output)
    finally:
        stop_stack(settings, output)


class OwnShop:
    """Starts empty each time it is asked to."""

    def __init__(self, settings: Settings, output: Output) -> None:
        self.settings = settings
        self._output = output
        self._api: subprocess.Popen[bytes] | None = None

    def empty(self) -> None:
        """An empty database of this version's schema, and no index."""
        from catalog.migrate import migrate

        assert self.settings.database_url is not None
        url = urlsplit(self.settings.database_url)
        name = url.path.removeprefix("/")
        server = self.settings.model_copy(update={"database_url": url._replace(path="/postgres").geturl()})
        with closing(connect_database(server, autocommit=True)) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        with create_opensearch(self.settings) as client:
            client.indices.delete(index=f"{self.settings.opensearch_index_prefix}products*")
        with create_redis(self.settings) as cache:
            cache.flushdb()
        migrate(self.settings)

    def load_sample(self, products: int) -> None:
        from catalog.sample.generate import generate_sample

        with self._output.progress("Sample catalog", "products") as advance:
            generate_sample(self.settings, products, on_progress=advance)

    def load_lines(self, lines: Iterable[dict[str, Any]]) -> None:
        """Lines of a catalog file, on top of what is there."""
        from analyzers.reading import romaji_slug
        from catalog.importer import import_catalog

        file = self.settings.home / "lines.jsonl"
        with file.open("wb") as out:
            out.writelines(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines)
        with (
            file.open("rb") as written,
            closing(connect_database(self.settings, autocommit=True)) as connection,
            self._output.progress("Import", "products") as advance,
        ):
            report = import_catalog(
                connection, written, slugify=romaji_slug, on_progress=lambda read: advance(read, None)
            )
        if report.bad_lines:
            self._output.say(f"{report.bad_lines:,} products are left out, such as: {report.bad[0].reason}")

    def fetch_lines(self) -> list[dict[str, Any]]:
        """The whole catalog, also what is not shown."""
        from catalog.exporter import export_catalog

        out = BytesIO()
        with closing(connect_database(self.settings, autocommit=True)) as connection:
            export_catalog(connection, out)
        return [orjson.loads(line) for line in out.getvalue().splitlines()]

    def fetch_shown_skus(self, now: datetime) -> set[str]:
        """Products that a search may find: their status, seller, categories and publication allow it."""
        from catalog.product import is_searchable
        from catalog.product_rows import fetch_product_rows

        with closing(connect_database(self.settings, autocommit=True)) as connection:
            rows = fetch_product_rows(connection, None, None)
        now_ms = now.timestamp() * 1_000
        return {row.sku for row in rows if is_searchable(row) and (row.published_at_ms or 0) <= now_ms}

    def rebuild(self) -> None:
        from cli.index_commands import show_phases
        from indexing.rebuild import rebuild

        with show_phases(self._output) as show:
            rebuild(self.settings, on_progress=show)

    @contextmanager
    def served(self) -> Iterator[str]:
        """`tanaban serve` as a process; gives its URL once it is ready. Raises: StartFailed."""
        port = find_free_port(*PORTS)
        url = f"http://127.0.0.1:{port}"
        settings = self.settings.model_copy(update={"api_host": "127.0.0.1", "api_port": port, "public_url": url})
        log = self.settings.home / "api.log"
        with log.open("wb") as out:
            process = subprocess.Popen([*COMMAND, "serve"], env=build_environment(settings), stdout=out, stderr=out)
        try:
            _wait_until_ready(process, url, log)
            self._api = process
            yield url
        finally:
            self._api = None
            process.terminate()
            process.wait(END_PATIENCE_S)

    def fetch_api_rss_mb(self) -> float:
        """Resident memory of the API while it is served, shared pages too."""
        assert self._api is not None
        return float(psutil.Process(self._api.pid).memory_info().rss / 1e6)

    def fetch_words(self) -> "tuple[CategoryTree, Vocabulary]":
        """What the API reads texts with: synonyms, brands and categories of this shop."""
        from catalog.queries import fetch_brands, fetch_category_tree
        from catalog.synonyms import fetch_synonyms
        from search.vocabulary import Vocabulary, build_brands, build_categories, build_synonym_table

        with closing(connect_database(self.settings, autocommit=True)) as connection:
            tree = fetch_category_tree(connection)
            synonyms = build_synonym_table(fetch_synonyms(connection)[1])
            return tree, Vocabulary(synonyms, build_brands(fetch_brands(connection)), build_categories(tree))


def _wait_until_ready(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + READY_LIMIT_S
    while not _is_ready(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise StartFailed(f"The API was not ready within {READY_LIMIT_S:.0f} s. Its log is {log}.")
        time.sleep(POLL_S)


def _is_ready(url: str) -> bool:
    """Searching is enough: nobody captures changes here, so /readyz may say that the index is behind."""
    try:
        return fetch_json(f"{url}/v1/search?per_page=1", timeout_s=5)[0] == 200
    except (OSError, HTTPException):
        return False
