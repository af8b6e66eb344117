"""OpenSearch and Debezium as jars, locked by hash, in the Maven cache that all projects of a user share.

`opensearch.jars` and `debezium.jars` are to the jars what requirements.txt is to the packages: one
`group:artifact:version[:classifier] sha256 bytes` a line. A jar is downloaded into a folder of its own, checked, and
then renamed into the cache, so a killed download or a damaged file never lands on a class path. Compile the lists
anew with `python -m stack.jars`.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from filelock import FileLock

from core.errors import DownloadFailed
from stack.reporter import Reporter
from stack.versions import DEBEZIUM_ENDPOINT, OPENSEARCH_ENDPOINT

DOWNLOADS_AT_A_TIME = 4
ATTEMPTS = 3


@dataclass(frozen=True)
class JarList:
    """What is downloaded together."""

    title: str
    lock_file: str
    endpoint: str
    """What jgo resolves it from."""
    instead: str
    """What somebody can do who cannot download it."""


OPENSEARCH = JarList(
    "OpenSearch", "opensearch.jars", OPENSEARCH_ENDPOINT, "set TANABAN_OPENSEARCH_URL to a server of your own"
)
DEBEZIUM = JarList(
    "Debezium", "debezium.jars", DEBEZIUM_ENDPOINT, "copy the folder ~/.m2/repository from a machine that has it"
)


@dataclass(frozen=True)
class Jar:
    """One line of the lock file; `path` is where the shared cache has it, or will."""

    coordinates: str
    sha256: str
    size_bytes: int
    path: Path

    def is_sound(self) -> bool:
        """In the cache, whole and with the locked hash."""
        if not self.path.is_file() or self.path.stat().st_size != self.size_bytes:
            return False
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256


def maven_cache() -> Path:
    """The Maven cache of this user, as jgo is configured (default ~/.m2/repository)."""
    from jgo.config import GlobalSettings

    return GlobalSettings.load().repo_cache.expanduser()


def read_locked_jars(jar_list: JarList, cache: Path) -> list[Jar]:
    """The lock file, each jar with its place in `cache`."""
    lines = (files("stack") / jar_list.lock_file).read_text().splitlines()
    return [_parse_line(line, cache) for line in lines if not line.startswith("#")]


def _parse_line(line: str, cache: Path) -> Jar:
    coordinates, sha256, size_bytes = line.split()
    group, artifact, version, *classifier = coordinates.split(":")
    name = "-".join([artifact, version, *classifier]) + ".jar"
    return Jar(coordinates, sha256, int(size_bytes), cache.joinpath(*group.split("."), artifact, version, name))


def ensure_jars(jar_list: JarList, reporter: Reporter, cache: Path | None = None) -> list[Path]:
    """Download what is missing or damaged; return the class path.

    Raises: DownloadFailed, naming the jar. What did arrive is kept, so a second start goes on from there.
    """
    cache = cache or maven_cache()
    jars = read_locked_jars(jar_list, cache)
    if all(jar.is_sound() for jar in jars):
        return [jar.path for jar in jars]
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / ".tanaban.lock"):
        partial = cache / ".tanaban-partial"
        shutil.rmtree(partial, ignore_errors=True)  # of a killed download: whoever holds the lock is the only one
        _download_all(jar_list, [jar for jar in jars if not jar.is_sound()], partial, reporter)
        shutil.rmtree(partial, ignore_errors=True)
    return [jar.path for jar in jars]


def _download_all(jar_list: JarList, jars: list[Jar], partial: Path, reporter: Reporter) -> None:
    total = sum(jar.size_bytes for jar in jars)
    done = 0
    with (
        reporter.progress(f"Downloading {jar_list.title}", "bytes") as advance,
        ThreadPoolExecutor(DOWNLOADS_AT_A_TIME) as pool,
    ):
        advance(0, total)
        try:
            for jar in pool.map(lambda jar: _download(jar, partial, jar_list.instead), jars):
                done += jar.size_bytes
                advance(done, total)
        except DownloadFailed:
            pool.shutdown(cancel_futures=True)
            raise


def _download(jar: Jar, partial: Path, instead: str) -> Jar:
    """Fetch one jar through jgo (its proxies, mirrors and waits), check it, and move it into the cache."""
    for attempt in range(ATTEMPTS):
        try:
            arrived = _fetch(jar, partial / f"{jar.sha256[:16]}-{attempt}")
        except Exception as error:  # jgo lets RuntimeError and everything of requests and urllib3 through
            reason = str(error)
            continue
        whole = Jar(jar.coordinates, jar.sha256, jar.size_bytes, arrived)
        if whole.is_sound():
            jar.path.parent.mkdir(parents=True, exist_ok=True)
            os.replace(arrived, jar.path)
            return jar
        reason = "the file that arrived does not have the locked hash"
    raise DownloadFailed(
        f"{jar.coordinates} could not be downloaded: {reason}. Check the network (HTTPS_PROXY is honoured, a mirror "
        f"goes under [repositories] in ~/.config/jgo.conf) and start again, which goes on from here; or {instead}."
    )


def _fetch(jar: Jar, folder: Path) -> Path:
    from jgo.config import GlobalSettings
    from jgo.constants import MAVEN_CENTRAL_URL
    from jgo.maven import MavenContext

    repositories = {**GlobalSettings.load().repositories, "central": MAVEN_CENTRAL_URL}
    context = MavenContext(repo_cache=folder, remote_repos=repositories, timeout=30)
    group, artifact, version, *classifier = jar.coordinates.split(":")
    component = context.project(group, artifact).at_version(version)
    return Path(component.artifact(*classifier).resolve())


def compile_lock(jar_list: JarList) -> Iterable[str]:
    """Lines of the lock file, resolved anew."""
    import jgo

    yield f"# Compiled by `python -m stack.jars` from {jar_list.endpoint}"
    for artifact in sorted(jgo.resolve(jar_list.endpoint), key=str):
        parts = [artifact.groupId, artifact.artifactId, artifact.version, artifact.classifier]
        content = Path(artifact.resolve()).read_bytes()
        yield f"{':'.join(filter(None, parts))} {hashlib.sha256(content).hexdigest()} {len(content)}"


if __name__ == "__main__":
    for each in (OPENSEARCH, DEBEZIUM):
        Path(__file__).with_name(each.lock_file).write_text("\n".join(compile_lock(each)) + "\n")
