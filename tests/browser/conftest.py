"""A real Chromium on a real shop: sample catalog, index, API and worker as processes of their own."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pydantic import SecretStr

from catalog.sample.generate import generate_sample
from cli.runtime import build_environment
from core.settings import Settings
from indexing.rebuild import rebuild
from stack.ports import find_free_port
from tests.conftest import fresh_settings

PRODUCTS = 1_500
ADMIN_TOKEN = "browser-test-token"
READY_WITHIN_S = 60
SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"

DESKTOP = {"width": 1280, "height": 900}
MOBILE = {"width": 390, "height": 844}


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """For this package only: while Playwright runs, its event loop keeps asyncio.run out of the thread."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        if os.environ.get("TANABAN_REQUIRE_BROWSER") == "1":
            pytest.fail("Chromium not found, and TANABAN_REQUIRE_BROWSER=1; install the package chromium")
        pytest.skip("Chromium not found")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            # A root account (CI) has no sandbox; the test visits nothing but its own server.
            chromium_sandbox=os.geteuid() != 0,
        )
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def shop_settings(
    chromium: Browser,  # noqa: ARG001 - skips before anything is built
    servers: Settings,
    _migrated_database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Settings]:
    """A filled and indexed shop, shared by all browser tests."""
    with fresh_settings(servers, _migrated_database, tmp_path_factory.mktemp("shop")) as own:
        port = find_free_port(20_000, 29_999)
        settings = own.model_copy(
            update={
                "api_port": port,
                "public_url": f"http://127.0.0.1:{port}",
                "admin_token": SecretStr(ADMIN_TOKEN),
                "rebuild_page_products": 100,
            }
        )
        generate_sample(settings, products=PRODUCTS)
        rebuild(settings)
        yield settings


@pytest.fixture(scope="package")
def shop_url(shop_settings: Settings) -> Iterator[str]:
    """The running storefront's address; its worker runs too."""
    with _process(shop_settings, "serve"), _process(shop_settings, "worker"):
        _wait_until_ready(shop_settings.public_url)
        yield shop_settings.public_url


@pytest.fixture
def context(chromium: Browser, shop_url: str) -> Iterator[BrowserContext]:
    """A fresh Japanese visitor on a large screen."""
    with visitor(chromium, shop_url) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@contextmanager
def visitor(
    browser: Browser, shop_url: str, *, expected: tuple[str, ...] = (), **options: Any
) -> Iterator[BrowserContext]:
    """Whatever the console complains about (a script error, a blocked resource) fails the test at its end.

    `expected` are parts of complaints that belong to the test, such as the status of an error page.
    """
    context = browser.new_context(**{"viewport": DESKTOP, "locale": "ja-JP", "base_url": shop_url} | options)
    context.set_default_timeout(10_000)
    complaints: list[str] = []

    def note(text: str) -> None:
        if not any(part in text for part in expected):
            complaints.append(text)

    context.on("console", lambda message: note(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: note(str(error.error)))
    yield context
    context.close()
    assert complaints == []


def screenshot(page: Page, name: str) -> None:
    """For the README and for people: build/screenshots/<name>.png, with the pictures that load when scrolled to."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.evaluate("document.querySelectorAll('img[loading=lazy]').forEach((image) => { image.loading = 'eager'; })")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


@contextmanager
def _process(settings: Settings, command: str) -> Iterator[None]:
    environment = build_environment(settings) | {
        "TANABAN_OPENSEARCH_INDEX_PREFIX": settings.opensearch_index_prefix,
        "TANABAN_REBUILD_PAGE_PRODUCTS": str(settings.rebuild_page_products),
        "TANABAN_CAPTURE_SLOT": settings.capture_slot,
    }
    log = settings.home / f"{command}.log"
    with log.open("wb") as output:
        program = [sys.executable, "-c", "from cli.main import main; main()", command]
        process = subprocess.Popen(program, env=environment, stdout=output, stderr=output)
        try:
            yield
            assert process.poll() is None, log.read_text()
        finally:
            process.terminate()
            process.wait(30)


def _wait_until_ready(url: str) -> None:
    until = time.monotonic() + READY_WITHIN_S
    while True:
        try:
            if httpx.get(f"{url}/readyz").json()["status"] == "ready":
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < until, f"{url} was not ready after {READY_WITHIN_S} s"
        time.sleep(0.1)
