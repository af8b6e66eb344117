"""A new process searches once by itself, and minds no server that is down."""

import asyncio
import time

import pytest
from structlog.testing import capture_logs

from api.main import create_app
from api.state import Shared, open_shared
from api.warm_up import warm_up
from search.service import SearchService
from tests.api.conftest import Site
from tests.api.server import closed_port, serve

pytestmark = pytest.mark.live

PATIENCE_S = 10.0


def test_a_new_process_knows_its_catalog_before_anybody_asks(site: Site) -> None:
    app = create_app(site.settings.model_copy(update={"category_memo_s": 60.0}))
    with serve(site.settings, app):
        state: Shared = app.state.shared
        until = time.monotonic() + PATIENCE_S
        while state.search._serving._held is None and time.monotonic() < until:
            time.sleep(0.01)

        assert state.categories.peek() is not None
        assert state.vocabularies.held.brands
        assert state.search._serving._held is not None


def test_a_search_that_fails_is_nobodys_failure(site: Site) -> None:
    nobody = f"http://127.0.0.1:{closed_port()}"

    async def search_nothing() -> None:
        async with open_shared(site.settings.model_copy(update={"opensearch_url": nobody})) as state:
            await warm_up(state)

    with capture_logs() as logs:
        asyncio.run(search_nothing())
    assert [each["log_level"] for each in logs] == ["info"]


def test_it_stops_while_it_still_waits(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def wait(*_: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(SearchService, "search", wait)
    with serve(site.settings) as client:
        assert client.get("/healthz").status_code == 200
