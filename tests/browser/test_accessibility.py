"""Labels, names, headings, landmarks and contrast on every kind of page, light and dark; the keyboard's first steps."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import MOBILE, visitor

pytestmark = [pytest.mark.live, pytest.mark.browser]

RULES = (Path(__file__).parent / "accessibility.js").read_text()
PAGES = {
    "front page": "/",
    "search": "/search?q=イヤホン&in_stock=true",
    "nothing found": "/search?q=xyzzyqwv&rating_min=4",
    "bad parameter": "/search?page=0",
    "unknown product": "/p/no-such-product",
    "admin": "/admin/",
}


def findings(page: Page) -> list[str]:
    found: list[str] = page.evaluate(RULES)
    return found


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_every_kind_of_page_keeps_the_rules(chromium: Browser, shop_url: str, name: str, color_scheme: str) -> None:
    with visitor(chromium, shop_url, color_scheme=color_scheme, expected=("400", "404")) as context:
        page = context.new_page()
        page.goto(PAGES[name])
        assert findings(page) == []


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_category_and_product_pages_keep_the_rules(chromium: Browser, shop_url: str, color_scheme: str) -> None:
    with visitor(chromium, shop_url, color_scheme=color_scheme) as context:
        page = context.new_page()
        page.goto("/")
        page.locator(".category-grid a").first.click()
        expect(page.locator(".breadcrumb")).to_be_visible()
        assert findings(page) == []
        page.locator(".card h3 a").first.click()
        expect(page.locator(".product")).to_be_visible()
        assert findings(page) == []


def test_open_suggestions_and_open_filters_keep_the_rules(chromium: Browser, shop_url: str) -> None:
    with visitor(chromium, shop_url, viewport=MOBILE) as context:
        page = context.new_page()
        page.goto("/search?q=イヤホン")
        page.locator(".facets summary").first.click()
        assert findings(page) == []
        page.get_by_role("combobox", name="商品を検索").fill("イヤホン")
        expect(page.get_by_role("listbox")).to_be_visible()
        page.keyboard.press("ArrowDown")
        assert findings(page) == []


def test_the_first_tab_leads_past_the_header(page: Page) -> None:
    page.goto("/search?q=イヤホン")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="本文へ移動")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_what_has_the_focus_is_outlined(page: Page) -> None:
    page.goto("/search?q=イヤホン")
    for selector in ["a.option", ".sorts a", ".card h3 a", ".price-form button", ".pager a"]:
        page.locator(selector).first.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        outlined = page.evaluate(
            """() => [document.activeElement, document.activeElement.closest(".card")]
                .some((node) => node && getComputedStyle(node).outlineStyle === "solid")"""
        )
        assert outlined, selector
