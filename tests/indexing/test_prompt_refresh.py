"""When the index is refreshed besides OpenSearch's own pace; tests/faults/test_sync.py shows that it is."""

import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest

from core.settings import Settings
from indexing import prompt_refresh
from indexing.prompt_refresh import PromptRefresh
from tests.faults.processes import wait_for

SETTINGS = Settings(capture_batch_events=3)


@pytest.fixture
def asked_at_s() -> list[float]:
    return []


@pytest.fixture
def client(asked_at_s: list[float]) -> Any:
    """Notes when it is asked to refresh."""
    return SimpleNamespace(indices=SimpleNamespace(refresh=lambda **_: asked_at_s.append(time.monotonic())))


def test_amid_a_storm_nothing_is_refreshed(
    client: Any, asked_at_s: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompt_refresh, "_EVERY_S", 0.3)
    ended, taken = threading.Event(), list[list[str]]()
    refresh = PromptRefresh(SETTINGS, client, ended.is_set)
    take = refresh.follow(taken.append)
    refresh.start()
    for _ in range(3):
        take(["full"] * 3)
        time.sleep(0.05)
    assert not asked_at_s
    for _ in range(8):
        take(["last"])
        time.sleep(0.05)
    wait_for(lambda: len(asked_at_s) == 2, 5)
    ended.set()
    assert asked_at_s[1] - asked_at_s[0] >= 0.3, "at most one in that time"
    assert len(taken) == 11


def test_what_is_not_written_is_not_refreshed(client: Any, asked_at_s: list[float]) -> None:
    ended = threading.Event()

    def fail(_: object) -> None:
        raise ZeroDivisionError

    refresh = PromptRefresh(SETTINGS, client, ended.is_set)
    refresh.start()
    with pytest.raises(ZeroDivisionError):
        refresh.follow(fail)(["a"])
    time.sleep(0.3)
    ended.set()
    assert not asked_at_s
