"""A cluster of two OpenSearch processes: `a` manages it and answers, `b` only holds data and may be killed."""

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import orjson
import psutil
from opensearchpy import OpenSearch

from core.clients import create_opensearch
from core.settings import Settings
from stack.local_http import fetch_json
from stack.ports import find_free_port
from stack.process import spawn
from tests.faults.processes import PROJECT, wait_for


class TwoNodes:
    """Both on the ports that they keep over restarts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._http = {"a": find_free_port(9201, 9250), "b": find_free_port(9251, 9299)}
        self._transport = {"a": find_free_port(9401, 9450), "b": find_free_port(9451, 9499)}
        self._processes: dict[str, psutil.Process] = {}
        self.url = f"http://127.0.0.1:{self._http['a']}"
        self.start("a")
        self.start("b")

    def start(self, name: str) -> None:
        settings = {
            "node.name": name,
            "cluster.name": f"tanaban-{os.getpid()}",
            "http.port": self._http[name],
            "transport.port": self._transport[name],
            "node.roles": ["cluster_manager", "data"] if name == "a" else ["data"],
            "discovery.type": "zen",
            "discovery.seed_hosts": [f"127.0.0.1:{self._transport['a']}"],
            "cluster.routing.allocation.disk.threshold_enabled": "false",
        }
        if name == "a":
            settings["cluster.initial_cluster_manager_nodes"] = ["a"]
        self._processes[name] = spawn(
            [
                sys.executable,
                "-m",
                "tests.faults.opensearch_node",
                self._folder / name,
                orjson.dumps(settings).decode(),
            ],
            folder=PROJECT,
            log=self._folder / f"{name}.log",
            end_signal=signal.SIGKILL,
        )

    def kill(self, name: str) -> None:
        self._processes[name].kill()
        self._processes[name].wait(20)
        print(f"injected: SIGKILL of OpenSearch's node {name}")

    def stop(self) -> None:
        for process in self._processes.values():
            if process.is_running():
                process.kill()
                process.wait(20)


@contextmanager
def two_nodes(settings: Settings) -> Iterator[tuple[TwoNodes, Settings, OpenSearch]]:
    """The cluster, `settings` with its address, and a client."""
    with tempfile.TemporaryDirectory(prefix="tanaban-nodes-") as folder:
        nodes = TwoNodes(Path(folder))
        try:
            wait_for(lambda: _count_nodes(nodes.url) == 2)
            there = settings.model_copy(update={"opensearch_url": nodes.url})
            with create_opensearch(there) as client:
                yield nodes, there, client
        finally:
            nodes.stop()


def _count_nodes(url: str) -> int:
    with suppress(OSError):
        return int(fetch_json(f"{url}/_cluster/health")[1]["number_of_nodes"])
    return 0


def wait_for_status(client: OpenSearch, status: str) -> None:
    """Until the cluster is red, yellow or green, and nothing moves."""

    def is_so() -> bool:
        health = client.cluster.health()
        return bool(health["status"] == status and not health["relocating_shards"])

    wait_for(is_so)


def promote_on(client: OpenSearch, node: str) -> None:
    """Give up each primary shard that is elsewhere, so that its replica on `node` becomes the primary."""
    for shard in client.cat.shards(format="json"):
        if shard["prirep"] == "p" and shard["node"] != node:
            cancel = {"index": shard["index"], "shard": shard["shard"], "node": shard["node"], "allow_primary": True}
            client.cluster.reroute(body={"commands": [{"cancel": cancel}]})
    wait_for_status(client, "green")
    primaries = {it["node"] for it in client.cat.shards(format="json") if it["prirep"] == "p"}
    assert primaries == {node}
