"""`<home>/stack.json`: which servers of this home were started, and how to reach them. Mode 0600: it has passwords."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from core.errors import StackError
from core.settings import Settings
from stack.process import ProcessId

PROJECT = Path(__file__).resolve().parent.parent


def resolve_home(settings: Settings) -> Path:
    """TANABAN_HOME; a relative one is under the project, or where you stand if there is no project folder."""
    base = PROJECT if (PROJECT / "pyproject.toml").is_file() else Path.cwd()
    return (base / settings.home.expanduser()).resolve()


@dataclass(frozen=True)
class ServerRecord:
    """One server that was started; it may have died since."""

    url: str
    pid: int
    started_at: float

    @property
    def port(self) -> int | None:
        return urlsplit(self.url).port

    @property
    def process_id(self) -> ProcessId:
        return ProcessId(self.pid, self.started_at)


@dataclass(frozen=True)
class StackState:
    """`stack_id` names what lies outside of home: the cluster, and the data folder of root's PostgreSQL."""

    stack_id: str = field(default_factory=lambda: secrets.token_hex(4))
    servers: dict[str, ServerRecord] = field(default_factory=dict)

    def with_server(self, name: str, record: ServerRecord) -> "StackState":
        return replace(self, servers={**self.servers, name: record})


def state_file(home: Path) -> Path:
    return home / "stack.json"


def load_state(home: Path) -> StackState:
    """What the file says, or a new state where there is no file.

    Raises: StackError when the file was damaged by somebody (our own writes are whole or not at all).
    """
    file = state_file(home)
    if not file.exists():
        return StackState()
    try:
        raw = json.loads(file.read_text())
        servers = {name: ServerRecord(**record) for name, record in raw["servers"].items()}
        return StackState(raw["stack_id"], servers)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StackError(f"{file} is damaged ({error}). Delete it; the data stays, ports may change.") from error


def save_state(home: Path, state: StackState) -> None:
    """Written whole or not at all, readable by its owner only."""
    write_private(state_file(home), json.dumps(asdict(state), indent=2))


def write_private(file: Path, text: str) -> None:
    """Replace a file by one of mode 0600, flushed to the disk before it takes the name."""
    partial = file.with_name(file.name + ".partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as output:
        output.write(text)
        output.flush()
        os.fsync(output.fileno())
    partial.replace(file)
