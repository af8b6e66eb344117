"""The admin page: a rebuild from the browser while shoppers search."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ADMIN_TOKEN, screenshot, visitor

pytestmark = [pytest.mark.live, pytest.mark.browser]

REBUILT_WITHIN_MS = 120_000


def connect(page: Page, token: str) -> None:
    page.goto("/admin/")
    page.locator("#token").fill(token)
    page.get_by_role("button", name="接続").click()


def test_a_reindex_runs_to_its_end_while_shoppers_search(page: Page, chromium: Browser, shop_url: str) -> None:
    connect(page, ADMIN_TOKEN)
    live = page.locator("#generation-rows tr", has_text="公開中")
    expect(live).to_have_count(1)
    before = live.locator("td").first.inner_text()
    page.get_by_role("button", name="再構築を始める").click()
    expect(page.get_by_role("button", name="中止")).to_be_enabled()

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
