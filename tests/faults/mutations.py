"""Break one invariant at a time, and see a named test fail: `make mutations`, one by `NAMES=gate`.

Each mutation replaces one exact text in a copy of the tree and runs one test there, on servers that all of them share.
A text that no longer occurs exactly once is an error (test_mutations.py), so the list stays true.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from stack.lifecycle import URL_SETTINGS
from tests.faults.mutation import Mutation
from tests.faults.mutation_list import MUTATIONS
from tests.faults.mutation_list_kinesis import KINESIS_MUTATIONS
from tests.faults.own_servers import own_servers
from tests.faults.processes import PROJECT

_LIMIT_S = 300
_TESTS_FAILED = 1
"""pytest's exit code; others mean that nothing was tested."""

_ALL = "not slow_faults or slow_faults"

ALL_MUTATIONS = MUTATIONS + KINESIS_MUTATIONS


def find_stale(mutations: Sequence[Mutation] = ALL_MUTATIONS) -> list[str]:
    """Mutations whose text does not occur exactly once, or whose test is not there any more."""
    stale = []
    for mutation in mutations:
        times = (PROJECT / mutation.file).read_text(encoding="utf-8").count(mutation.old)
        if times != 1:
            stale.append(f"{mutation.name}: its text occurs {times} times in {mutation.file}")
        file, _, test = mutation.test.partition("::")
        if f"def {test.partition('[')[0]}(" not in (PROJECT / file).read_text(encoding="utf-8") and test:
            stale.append(f"{mutation.name}: {file} has no {test}")
    return stale


def is_caught(mutation: Mutation, environment: Mapping[str, str]) -> bool:
    """Whether the named test fails on a copy of the tree that has this mutation."""
    return not _passes([mutation.test], environment, mutation)


def _passes(tests: Sequence[str], environment: Mapping[str, str], mutation: Mutation | None = None) -> bool:
    with tempfile.TemporaryDirectory(prefix="tanaban-mutation-") as folder:
        tree = Path(folder) / "tree"
        _copy_tree(tree)
        if mutation is not None:
            file = tree / mutation.file
            file.write_text(file.read_text(encoding="utf-8").replace(mutation.old, mutation.new), encoding="utf-8")
        options = ["-q", "-x", "-m", _ALL, "-p", "no:cacheprovider", "-o", f"timeout={_LIMIT_S}"]
        command = [sys.executable, "-B", "-m", "pytest", *options, *tests]
        done = subprocess.run(command, cwd=tree, env=environment, check=False, capture_output=True, text=True)
    if done.returncode not in (0, _TESTS_FAILED):
        raise RuntimeError(f"{mutation}: nothing was tested\n{done.stdout}{done.stderr}")
    return done.returncode == 0


def _copy_tree(tree: Path) -> None:
    """What git knows, as it lies here now."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=PROJECT, check=True, capture_output=True, text=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (PROJECT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, tree / name)


def main(wanted: Sequence[str]) -> int:
    """Run those whose name contains one of the words, or all; 1 when one is missed."""
    stale = find_stale()
    if stale:
        print("\n".join(stale))
        return 1
    chosen = [it for it in ALL_MUTATIONS if not wanted or any(word in it.name for word in wanted)]
    missed = 0
    with own_servers() as servers:
        urls = {f"TANABAN_{name.upper()}": str(getattr(servers.settings, name)) for name in URL_SETTINGS.values()}
        environment = os.environ | urls
        if not _passes(sorted({it.test for it in chosen}), environment):
            print("These tests do not even pass on the tree as it is: run them first.")
            return 1
        for mutation in chosen:
            caught = is_caught(mutation, environment)
            missed += not caught
            print(f"{'caught' if caught else 'MISSED'}  {mutation.name}  by {mutation.test}", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} mutations are caught")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
