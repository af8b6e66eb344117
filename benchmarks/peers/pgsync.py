"""PGSync in an environment of its own: installed, configured as its documentation says, run as its commands."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from benchmarks.connection import fetch_json
from benchmarks.peers.load import Load
from benchmarks.peers.plain import build_index_body
from benchmarks.processes import CommandFailed, Shop

VERSION = "7.3.0"
INDEX = "peers-pgsync"
_LOAD_LIMIT_S = 1_800

_KEYS = {"properties": {"id": {"type": "keyword"}}}
_TABLES = ("products", "brands", "categories", "sellers", "product_images", "product_variations")
_META = {"_meta": {"properties": dict.fromkeys(_TABLES, _KEYS)}}
"""PGSync finds the products of a changed brand by these keys: unless they are mapped, a rename reaches none."""


def install(folder: Path) -> Path:
    """Its environment under `folder`, made unless it is there; gives the folder of its commands."""
    commands = folder / "pgsync" / "bin"
    if not (commands / "pgsync").exists():
        subprocess.run([sys.executable, "-m", "venv", folder / "pgsync"], check=True)
        pip = [str(commands / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, f"pgsync=={VERSION}"], check=True)
    return commands


class PgSync:
    """Its commands on one database; files in `folder`."""

    def __init__(self, shop: Shop, commands: Path, folder: Path, urls: Mapping[str, str], database: str) -> None:
        self._shop, self._commands = shop, commands
        self._opensearch_url = urls["TANABAN_OPENSEARCH_URL"]
        self._schema = folder / "pgsync.json"
        self._schema.write_bytes(orjson.dumps(build_schema(database), option=orjson.OPT_INDENT_2))
        self._environment = {
            "PG_URL": urls["TANABAN_DATABASE_URL"],
            "REDIS_URL": urls["TANABAN_REDIS_URL"],
            "ELASTICSEARCH_URL": self._opensearch_url,
            "ELASTICSEARCH": "False",
            "OPENSEARCH": "True",
            "CHECKPOINT_PATH": str(folder),
        }

    def load(self) -> Load:
        """Triggers, views, slot and an empty index; then the first load, timed from the command to its end."""
        fetch_json(self._opensearch_url, "PUT", f"/{INDEX}", build_index_body(_META))
        self._run("bootstrap")
        started_s = time.monotonic()
        self._run("pgsync")
        seconds = time.monotonic() - started_s
        fetch_json(self._opensearch_url, "POST", f"/{INDEX}/_refresh")
        documents = fetch_json(self._opensearch_url, "GET", f"/{INDEX}/_count")["count"]
        return Load(documents, seconds, seconds)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Its daemon: triggers notify, changes wait in Redis, two workers index them."""
        with self._start("pgsync", "--daemon"):
            yield

    def remove(self) -> None:
        """Triggers, views, slot and index."""
        self._run("bootstrap", "--teardown")
        fetch_json(self._opensearch_url, "DELETE", f"/{INDEX}")

    def _run(self, command: str, *arguments: str) -> None:
        with self._start(command, *arguments) as process:
            if process.wait(_LOAD_LIMIT_S) != 0:
                raise CommandFailed(f"PGSync's {command} failed, see commands.log")

    def _start(self, command: str, *arguments: str) -> Any:
        line = [str(self._commands / command), "--config", str(self._schema), *arguments]
        return self._shop.start(line, self._environment)


def build_schema(database: str) -> list[dict[str, Any]]:
    """The documents of benchmarks/peers/plain.py in PGSync's words."""
    children = [
        _child("brands", "brand", ["name"], "one_to_one", "scalar"),
        _child("categories", "category", ["name"], "one_to_one", "scalar"),
        _child("sellers", "seller", ["company_name"], "one_to_one", "scalar"),
        _child("product_images", "images", ["image_url"], "one_to_many", "scalar"),
        _child("product_variations", "variations", ["id", "sku", "name", "stock_quantity"], "one_to_many", "object"),
    ]
    columns = ["id", "name", "description", "base_price", "sale_price"]
    nodes = {"table": "products", "columns": columns, "children": children}
    return [{"database": database, "index": INDEX, "nodes": nodes}]


def _child(table: str, label: str, columns: list[str], kind: str, variant: str) -> dict[str, Any]:
    return {
        "table": table,
        "label": label,
        "columns": columns,
        "relationship": {"type": kind, "variant": variant},
    }
