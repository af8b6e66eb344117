"""Where a result comes from: machine, versions, commit."""

import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

PROJECT = Path(__file__).resolve().parent.parent
_PACKAGES = ("fastapi", "opensearch-py", "orjson", "psycopg", "uvicorn")


def describe_machine() -> dict[str, Any]:
    return {
        "cores": psutil.cpu_count(),
        "cpu": _cpu_name(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in _PACKAGES},
        "commit": _git("rev-parse", "HEAD"),
        "uncommitted_changes": bool(_git("status", "--porcelain")),
        "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "load_before": round(psutil.getloadavg()[0], 2),
    }


def _cpu_name() -> str:
    """Linux tells it in /proc/cpuinfo, elsewhere Python guesses."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.processor())


def _git(*arguments: str) -> str | None:
    """None outside of a clone."""
    done = subprocess.run(["git", *arguments], cwd=PROJECT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None
