"""Servers of a test's own, which may be killed, restarted, restored and set up badly."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalog.migrate import migrate
from stack.lifecycle import start_stack, stop_stack
from stack.postgresql import PostgreSQL
from stack.reporter import Reporter
from stack.server import Place
from stack.state import load_state
from tests.faults.processes import wait_for
from tests.stack.conftest import all_embedded


class OwnServers:
    """All three, on the ports that they keep over restarts."""

    def __init__(self, home: Path) -> None:
        self._asked = all_embedded(home).model_copy(update={"rebuild_page_products": 5})
        self.settings = self._asked
        self.start()
        migrate(self.settings)

    def start(self) -> None:
        """Start those that do not run."""
        self.settings = start_stack(self._asked, Reporter(), ends_with_parent=True)

    def strike(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """A signal to one server; returns when it is gone."""
        record = load_state(self._asked.home).servers[name]
        os.kill(record.pid, number)
        wait_for(lambda: record.process_id.process() is None)
        print(f"injected: {number.name} of {name}")

    def postgresql_folder(self) -> Path:
        return PostgreSQL(Place(self._asked.home, load_state(self._asked.home).stack_id)).folder

    def keep_copy(self, copy: Path) -> None:
        """The data of a PostgreSQL that has ended, as a backup has it."""
        shutil.copytree(self.postgresql_folder(), copy, copy_function=_copy_with_owner)
        _take_owner(self.postgresql_folder(), copy)

    def restore(self, copy: Path) -> None:
        shutil.rmtree(self.postgresql_folder())
        copy.rename(self.postgresql_folder())


def _copy_with_owner(source: str, target: str) -> None:
    shutil.copy2(source, target)
    _take_owner(Path(source), Path(target))


def _take_owner(source: Path, target: Path) -> None:
    """Also of the folders, which copytree makes as this user."""
    for folder in [target, *(it for it in target.rglob("*") if it.is_dir())] if target.is_dir() else [target]:
        status = source.stat()
        os.chown(folder, status.st_uid, status.st_gid)


@contextmanager
def own_servers() -> Iterator[OwnServers]:
    with tempfile.TemporaryDirectory(prefix="tanaban-faults-") as folder:
        os.chmod(folder, 0o755)
        home = Path(folder).resolve() / "home"
        servers = None
        try:
            servers = OwnServers(home)
            yield servers
        finally:
            stop_stack(all_embedded(home), Reporter())
