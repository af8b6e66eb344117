"""`tanaban doctor`: one line for each thing that must be right, and what to do where it is not.

It starts and changes nothing.
"""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
import typer
from opensearchpy import OpenSearch
from opensearchpy.exceptions import OpenSearchException, RequestError
from redis.exceptions import RedisError

from cli.output import JsonOption, Output
from cli.runtime import load_settings
from core.clients import connect_database, create_opensearch, create_redis
from core.errors import TanabanError
from core.settings import Settings
from stack.lifecycle import URL_SETTINGS, fetch_stack_status
from stack.local_http import fetch_json
from stack.ports import describe_holder, is_free
from stack.state import resolve_home
from stack.versions import OPENSEARCH_VERSION, POSTGRESQL_MAJOR

app = typer.Typer(add_completion=False)

FREE_DISK_MIN_BYTES = 3 * 10**9
"""Live, standby and building index of a few hundred thousand products, and what PostgreSQL needs beside."""


@dataclass(frozen=True)
class Finding:
    """`advice` is None when all is well."""

    subject: str
    found: str
    advice: str | None = None

    @property
    def line(self) -> str:
        mark, advice = ("FAIL", f" -> {self.advice}") if self.advice else ("ok  ", "")
        return f"{mark} {self.subject}: {self.found}{advice}"


@app.command()
def doctor(json: JsonOption = False) -> None:
    """Check servers, versions, the kuromoji plugin, disk and ports. Exit 1 when something is wrong."""
    settings = load_settings()
    findings = list(find(settings))
    wrong = [finding for finding in findings if finding.advice]
    text = "\n".join(finding.line for finding in findings)
    Output(json).result({"ok": not wrong, "findings": [asdict(finding) for finding in findings]}, text)
    sys.exit(1 if wrong else 0)


def find(settings: Settings) -> Iterator[Finding]:
    """All findings, cheapest first."""
    home = resolve_home(settings)
    yield _check_disk(home)
    yield Finding("Logs", str(home / "logs"))
    servers = fetch_stack_status(settings)
    for server in servers:
        advice = f"Start it with `tanaban stack start`; its log is {server.log}" if server.problem else None
        yield Finding(f"Embedded {server.title}", server.problem or f"data in {server.folder}", advice)
    running = {URL_SETTINGS[server.name]: server.url for server in servers if not server.problem}
    yield from _check_servers(settings.model_copy(update=running))
    yield _check_api_port(settings)


def _check_servers(settings: Settings) -> Iterator[Finding]:
    """The findings of every server with a URL, or the one that it does not answer."""
    checks: dict[str, tuple[str, Callable[[Settings], Iterator[Finding]]]] = {
        "database_url": ("PostgreSQL", _check_postgresql),
        "opensearch_url": ("OpenSearch", _check_opensearch),
        "redis_url": ("Redis", _check_redis),
    }
    for setting, (title, check) in checks.items():
        if getattr(settings, setting) is None:
            continue
        try:
            yield from check(settings)
        except (TanabanError, psycopg.Error, OpenSearchException, RedisError) as error:
            reason = str(error).splitlines()[0]
            yield Finding(title, reason, f"Is it running? Does TANABAN_{setting.upper()} name it?")


def _check_disk(home: Path) -> Finding:
    existing = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    advice = "An index needs its size three times; free some space or move TANABAN_HOME"
    return Finding("Disk", f"{free / 1e9:.0f} GB free at {existing}", advice if free < FREE_DISK_MIN_BYTES else None)


def _check_postgresql(settings: Settings) -> Iterator[Finding]:
    from catalog.migrate import code_revision, database_revision

    with connect_database(settings, autocommit=True) as connection:
        version = connection.info.server_version // 10_000
        level = (connection.execute("SHOW wal_level").fetchone() or ("?",))[0]
    old = f"Use PostgreSQL {POSTGRESQL_MAJOR}" if version < POSTGRESQL_MAJOR else None
    yield Finding("PostgreSQL version", str(version), old)
    low = "Set wal_level = logical and restart it; change capture needs it" if level != "logical" else None
    yield Finding("PostgreSQL WAL", str(level), low)
    revision = database_revision(settings)
    behind = "Run `tanaban catalog migrate`" if revision != code_revision() else None
    yield Finding("Schema", revision or "none", behind)


def _check_opensearch(settings: Settings) -> Iterator[Finding]:
    from indexing.alias import fetch_alias_state

    with create_opensearch(settings) as client:
        version = str(client.info()["version"]["number"])
        old = f"Use OpenSearch {OPENSEARCH_VERSION}" if _minor(version) < _minor(OPENSEARCH_VERSION) else None
        yield Finding("OpenSearch version", version, old)
        yield _check_kuromoji(client)
        status = client.cluster.health()["status"]
        red = "Some primary shard is missing; see the log of OpenSearch" if status == "red" else None
        yield Finding("OpenSearch health", str(status), red)
        searched = ", ".join(fetch_alias_state(client, settings).indices)
        yield Finding("Index", searched or "none", None if searched else "Run `tanaban index rebuild`")


def _minor(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])


def _check_kuromoji(client: OpenSearch) -> Finding:
    try:
        client.indices.analyze(body={"tokenizer": "kuromoji_tokenizer", "text": "東京"})
    except RequestError:
        return Finding(
            "kuromoji", "missing", "Run `opensearch-plugin install analysis-kuromoji` and restart OpenSearch"
        )
    return Finding("kuromoji", "installed")


def _check_redis(settings: Settings) -> Iterator[Finding]:
    with create_redis(settings) as client:
        server = client.info("server")
    version = str(server.get("valkey_version") or server["redis_version"])
    yield Finding("Redis protocol", f"{'Valkey' if 'valkey_version' in server else 'Redis'} {version}")


def _check_api_port(settings: Settings) -> Finding:
    where = f"{settings.api_host}:{settings.api_port}"
    if settings.api_port == 0 or is_free(settings.api_port, settings.api_host):
        return Finding("API port", f"{where} is free")
    try:
        status, answer = fetch_json(f"http://{where}/readyz", timeout_s=5)
        return Finding(
            "API", f"at http://{where}, {answer['status']}", None if status == 200 else "See api.log in Logs"
        )
    except (OSError, LookupError, TypeError):
        holder = describe_holder(settings.api_port)
        return Finding("API port", f"{where} is taken{holder}", "End that process, or set TANABAN_API_PORT")
