"""Processes that outlive the one that started them: started, known again, and ended.

A process is known by its pid *and* its start time, so that a pid which the system has given to somebody else is
never signalled. A server whose record was lost (its starter was killed in between) is found by its name and its
working directory, which for every server of a stack is its own data folder.
"""

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

PR_SET_PDEATHSIG = 1
START_TIME_TOLERANCE_S = 0.05
"""psutil computes the start time from the boot time, which moves by some ms with the clock."""


@dataclass(frozen=True)
class ProcessId:
    """One process of one boot; `started_at` is seconds since the epoch as psutil gives them."""

    pid: int
    started_at: float

    def process(self) -> psutil.Process | None:
        """The process while it lives; None for a dead one, a zombie and a pid that is somebody else's."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started_at) < START_TIME_TOLERANCE_S
        except psutil.NoSuchProcess:
            return None
        return process if same and is_running(process) else None


def is_running(process: psutil.Process) -> bool:
    """Whether it lives; a zombie does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def spawn(
    command: Sequence[str | Path],
    *,
    folder: Path,
    log: Path,
    text: str = "",
    user: str | None = None,
    environment: Mapping[str, str] | None = None,
    end_signal: int | None = None,
) -> psutil.Process:
    """Start a server in a session of its own, `text` on its stdin, output to `log` (the last run's is kept as `.1`).

    `user` is another OS user to run as (root only). `end_signal` is sent to the child by the kernel when the
    thread that called this ends, however it ends (Linux only).
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists():
        log.replace(log.with_suffix(log.suffix + ".1"))
    with log.open("wb") as output:
        child = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, **(environment or {})},
            preexec_fn=_end_with_parent(end_signal) if end_signal and sys.platform == "linux" else None,
            **as_user(user),
        )
    assert child.stdin is not None
    with suppress(BrokenPipeError), child.stdin:
        child.stdin.write(text.encode())
    process = psutil.Process(child.pid)
    child.returncode = 0  # from here on it is followed by pid; Popen would warn that it still runs
    return process


def as_user(user: str | None) -> dict[str, Any]:
    """Arguments of `subprocess` that run a command as another OS user, without root's groups."""
    return {} if user is None else {"user": user, "group": user, "extra_groups": []}


def _end_with_parent(end_signal: int) -> Callable[[], None]:
    libc = ctypes.CDLL(None)  # loaded before the fork: only the call itself happens in the child

    def ask_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, end_signal)

    return ask_kernel


def stop(process: psutil.Process, first: int, patience_s: float) -> None:
    """Ask with `first`, wait, then kill. Returns when the process is gone."""
    try:
        process.send_signal(first)
        process.wait(patience_s)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait(patience_s)
    except psutil.NoSuchProcess:
        return


def find_strays(name: str, folder: Path) -> list[psutil.Process]:
    """Processes called `name` that work in `folder`: servers of this stack that no record tells of."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.name() == name and Path(process.cwd()) == folder:
                found.append(process)
        except (psutil.Error, OSError):
            continue  # ended meanwhile, or not ours to look at
    return found
