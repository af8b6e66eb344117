"""A rebuild that kills itself: `python -m tests.faults.rebuild_process POINT`, settings from the environment.

Points, in the order of a rebuild: index-created (its row is not), page-sent (one `_bulk` is done), page-unmarked
(written, not marked), page-marked, checking, before-alias, before-registry (the alias has moved), before-prune.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from core.settings import Settings
from indexing import alias, lifecycle, registry
from indexing.progress import Progress
from indexing.rebuild import rebuild
from indexing.writer import Writer

PHASES = {"checking": "checking", "before-alias": "swapping"}


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_instead_of(owner: Any, name: str) -> None:
    setattr(owner, name, die)


def die_after(owner: Any, name: str, condition: Callable[..., bool] = lambda *_: True) -> None:
    real = getattr(owner, name)

    def call(*args: Any) -> Any:
        result = real(*args)
        if condition(*args):
            die()
        return result

    setattr(owner, name, call)


def really_moves(_client: Any, _settings: Settings, state: alias.AliasState, target: str | None) -> bool:
    """A fence leaves the alias where it is."""
    return target is not None and target not in state.indices


def arm(point: str) -> None:
    match point:
        case "index-created":
            die_instead_of(registry, "insert_generation")
        case "page-sent":
            die_after(Writer, "_send")
        case "page-unmarked":
            die_instead_of(registry, "mark_page_written")
        case "page-marked":
            die_after(registry, "mark_page_written")
        case "before-registry":
            die_after(alias, "move_alias", really_moves)
        case "before-prune":
            die_instead_of(lifecycle, "prune")


def main(point: str) -> None:
    def on_progress(progress: Progress) -> None:
        if progress.phase == PHASES.get(point):
            die()

    arm(point)
    rebuild(Settings(), on_progress=on_progress)


if __name__ == "__main__":
    main(sys.argv[1])
