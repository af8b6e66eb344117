"""The admin page: how far the index is behind, and jobs from the browser while shoppers search."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.clients import connect_database
from core.settings import Settings
from core.types import IndexVersion
from indexing import dead_letters, fanout, registry
from indexing.changes import Fanout
from indexing.dead_letters import Rejection
from indexing.freshness import Freshness, store_freshness
from indexing.registry import Connection, State
from indexing.slot import ensure_slot
from tests.browser.conftest import ADMIN_TOKEN, DESKTOP, MOBILE, screenshot, visitor
from tests.browser.test_accessibility import findings

pytestmark = [pytest.mark.live, pytest.mark.browser]

REBUILT_WITHIN_MS = 120_000


def connect(page: Page, token: str) -> None:
    page.goto("/admin/")
    page.locator("#token").fill(token)
    page.get_by_role("button", name="接続").click()


@pytest.fixture
def behind(shop_settings: Settings) -> Iterator[Connection]:
    """A shop whose capture has stopped, with a fan-out, a stale document and a dead letter; well again afterwards."""
    with connect_database(shop_settings, autocommit=True) as connection:
        ensure_slot(connection, shop_settings)
        store_freshness(connection, Freshness(72.0, 140.0, 1_000))
        (brand,) = connection.execute("SELECT id FROM brands ORDER BY id LIMIT 1").fetchall()
        fanout.store_fanouts(connection, [(Fanout.BRAND, brand[0])], [])
        fanout.count_products(connection)
        live = registry.fetch_one_in(connection, State.LIVE)
        assert live is not None
        (product,) = connection.execute("SELECT id::text FROM products ORDER BY id LIMIT 1").fetchall()
        dead_letters.park(connection, live.id, IndexVersion(1), [Rejection(product[0], "parsing", "too long")])
        yield connection
        connection.execute("SELECT pg_drop_replication_slot(%s)", [shop_settings.capture_slot])
        connection.execute("DELETE FROM tanaban.fanout_jobs")
        connection.execute("DELETE FROM tanaban.dead_letters")


def figures(page: Page, id: str) -> Locator:
    return page.locator(f"#{id} td")


@pytest.mark.usefixtures("behind")
def test_how_far_the_index_is_behind_is_shown(page: Page) -> None:
    connect(page, ADMIN_TOKEN)
    expect(figures(page, "sync-capture").first).to_have_text("停止中")
    expect(figures(page, "sync-capture").last).to_contain_text("tanaban sync run")
    expect(figures(page, "sync-wal").first).to_contain_text("MB")
    expect(figures(page, "sync-low").first).to_have_text("1件")
    expect(figures(page, "sync-freshness")).to_have_text(
        ["中央値 72ミリ秒", "99パーセンタイル 140ミリ秒（直近1,000件）"]
    )
    expect(figures(page, "sync-letters").first).to_have_text("1件")
    expect(page.locator("#fanout-rows tr")).to_contain_text("ブランドの変更")
    live = page.locator("#proof-rows tr", has_text="公開中")
    expect(live).to_contain_text("1,500件")


def test_the_figures_follow_without_a_reload(page: Page, behind: Connection) -> None:
    connect(page, ADMIN_TOKEN)
    expect(figures(page, "sync-low").first).to_have_text("1件")
    behind.execute("DELETE FROM tanaban.fanout_jobs")
    expect(figures(page, "sync-low").first).to_have_text("待ちなし")
    expect(page.locator("#fanouts")).to_be_hidden()


@pytest.mark.usefixtures("behind")
@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, MOBILE], ids=["desktop", "mobile"])
def test_the_connected_page_keeps_the_rules(
    chromium: Browser, shop_url: str, color_scheme: str, viewport: dict[str, int]
) -> None:
    with visitor(chromium, shop_url, color_scheme=color_scheme, viewport=viewport) as context:
        page = context.new_page()
        connect(page, ADMIN_TOKEN)
        expect(figures(page, "sync-capture").first).to_have_text("停止中")
        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
        screenshot(page, f"admin-sync-{color_scheme}-{viewport['width']}")


def test_a_comparison_finds_what_differs_and_repairs_it(page: Page, behind: Connection) -> None:
    behind.execute("UPDATE products SET name = name || '改' WHERE id = (SELECT min(id::text)::uuid FROM products)")
    connect(page, ADMIN_TOKEN)
    page.get_by_role("button", name="照合", exact=True).click()
    expect(page.locator("#compare-state")).to_contain_text("違いが残っています", timeout=REBUILT_WITHIN_MS)
    expect(page.locator("#proof-rows tr", has_text="公開中")).to_contain_text("1件")
    page.get_by_role("button", name="照合して修復").click()
    expect(page.locator("#compare-state")).to_contain_text("すべて一致しました", timeout=REBUILT_WITHIN_MS)
    expect(page.locator("#proof-rows tr", has_text="公開中")).to_contain_text("なし")
    expect(page.get_by_role("button", name="照合を中止")).to_be_disabled()


@pytest.mark.usefixtures("behind")
def test_dead_letters_are_registered_again(page: Page) -> None:
    connect(page, ADMIN_TOKEN)
    page.get_by_role("button", name="登録できない文書を再登録").click()
    expect(page.locator("#replay-state")).to_have_text("再登録: 登録 1件、再び失敗 0件。", timeout=30_000)
    expect(figures(page, "sync-letters").first).to_have_text("0件")


def test_a_search_is_explained(page: Page) -> None:
    connect(page, ADMIN_TOKEN)
    page.locator("#explain-text").fill("ｲﾔﾎﾝ 50000円以下")
    page.get_by_role("button", name="調べる").click()
    expect(page.locator("#explain-summary")).to_contain_text("すべての言葉に一致")
    expect(page.locator("#explain-summary")).to_contain_text("50000円以下 → 50,000円以下")
    expect(page.locator("#explain-words tr").first).to_contain_text("イヤホン")
    expect(page.locator("#explain-hits tr").first).to_contain_text("name_terms:イヤホン")
    assert findings(page) == []
    screenshot(page, "admin-explain")


def test_a_reindex_runs_to_its_end_while_shoppers_search(page: Page, chromium: Browser, shop_url: str) -> None:
    connect(page, ADMIN_TOKEN)
    live = page.locator("#generation-rows tr", has_text="公開中")
    expect(live).to_have_count(1)
    before = live.locator("td").first.inner_text()
    page.get_by_role("button", name="再構築を始める").click()
    expect(page.get_by_role("button", name="再構築を中止")).to_be_enabled()

    with visitor(chromium, shop_url) as context:
        shopper = context.new_page()
        totals = set()
        while page.locator("#state").inner_text() not in ("完了", "失敗", "公開見送り"):
            shopper.goto("/search?q=イヤホン")
            totals.add(shopper.locator(".total").inner_text())
    assert len(totals) == 1

    expect(page.locator("#message")).to_have_text("再構築: 完了", timeout=REBUILT_WITHIN_MS)
    expect(live.locator("td").first).not_to_have_text(before)
    expect(page.get_by_role("button", name="再構築を始める")).to_be_enabled()
    screenshot(page, "admin")


def test_the_generation_before_can_be_brought_back(page: Page) -> None:
    connect(page, ADMIN_TOKEN)
    rows = page.locator("#generation-rows tr")
    before = rows.filter(has_text="公開中").locator("td").first.inner_text()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="1つ前の世代に戻す").click()
    expect(page.locator("#message")).to_have_text("1つ前の世代に戻しました。")
    expect(rows.filter(has_text="公開中").locator("td").first).not_to_have_text(before)


def test_the_token_lives_as_long_as_the_tab(page: Page, chromium: Browser, shop_url: str) -> None:
    connect(page, ADMIN_TOKEN)
    expect(page.locator("#message")).to_have_text("接続しました。")
    page.reload()
    expect(page.locator("#message")).to_have_text("接続しました。")
    page.get_by_role("button", name="消去").click()
    page.reload()
    expect(page.locator("#job")).to_be_hidden()
    with visitor(chromium, shop_url) as context:
        stranger = context.new_page()
        stranger.goto("/admin/")
        expect(stranger.locator("#job")).to_be_hidden()


def test_a_wrong_token_is_refused_and_forgotten(chromium: Browser, shop_url: str) -> None:
    with visitor(chromium, shop_url, expected=("401",)) as context:
        page = context.new_page()
        connect(page, "wrong")
        expect(page.locator("#message")).to_contain_text("401")
        expect(page.locator("#job")).to_be_hidden()
        assert page.evaluate("sessionStorage.length") == 0
