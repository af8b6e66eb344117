"""Memory of processes: PSS, in which a page shared by n processes counts 1/n for each, so sums are true."""

import threading
from dataclasses import dataclass
from typing import Self

import psutil

_SAMPLE_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class Memory:
    """Of one server: its process and all below it."""

    processes: int
    pss_mb: float
    rss_mb: float


def fetch_memory(pid: int) -> Memory:
    """Now, over the whole tree below `pid`; what ends meanwhile does not count."""
    found = []
    for process in _tree(pid):
        try:
            found.append(process.memory_full_info())
        except (psutil.NoSuchProcess, psutil.ZombieProcess, FileNotFoundError, ProcessLookupError):
            continue
    return Memory(len(found), sum(it.pss for it in found) / 1e6, sum(it.rss for it in found) / 1e6)


def _tree(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


class PeakMemory:
    """`with PeakMemory(pid) as peak: ...; peak.pss_mb` samples the tree's sum of PSS five times a second."""

    def __init__(self, pid: int) -> None:
        self.pss_mb = 0.0
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(_SAMPLE_EVERY_S):
            self.pss_mb = max(self.pss_mb, fetch_memory(self._pid).pss_mb)
