"""A whole worker in the thread of the test, and a small shop for it."""

import threading
import time
from collections.abc import Callable

from core.settings import Settings
from indexing import worker
from tests.catalog.factory import Shop


def fill_plainly(shop: Shop, products: int = 12) -> None:
    for number in range(products):
        shop.product(f"商品{number}")


def run_for(settings: Settings, seconds: float) -> None:
    until_s = time.monotonic() + seconds
    worker.run(settings, lambda: time.monotonic() > until_s)


def run_until(settings: Settings, is_enough: Callable[[], bool], seconds: float = 60) -> None:
    """Run a whole worker in this thread until `is_enough`."""
    stop = threading.Timer(seconds, lambda: None)
    stop.start()
    try:
        worker.run(settings, lambda: is_enough() or stop.finished.is_set())
    finally:
        stop.cancel()
    assert is_enough()
