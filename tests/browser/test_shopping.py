"""What a shopper does: search, narrow, browse, look at a product; with JavaScript and without, large and small."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import MOBILE, screenshot, visitor

pytestmark = [pytest.mark.live, pytest.mark.browser]

WORD = "ワイヤレスイヤホン"


def total(page: Page) -> int:
    return int(page.locator(".total b").inner_text().replace(",", ""))


def prices(page: Page) -> list[int]:
    return [int(re.sub(r"\D", "", text)) for text in page.locator(".card .price b").all_inner_texts()]


def search(page: Page, text: str) -> None:
    page.goto("/")
    page.get_by_label("商品を検索").fill(text)
    page.get_by_role("button", name="検索").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"「{text}」の検索結果")


def facet(page: Page, title: str) -> Locator:
    return page.locator(".facet", has=page.get_by_role("heading", name=title, exact=True))


def shop_by_links_only(page: Page, name: str) -> None:
    """Search, a brand, a price range, a category, a product: each step a link or a form."""
    search(page, WORD)
    found = total(page)
    screenshot(page, f"search-{name}")

    brand = facet(page, "ブランド").locator("a.option").first
    brand_name, of_brand = brand.locator("span").first.inner_text(), brand.locator(".count").inner_text()
    brand.click()
    expect(page.locator(".total b")).to_have_text(of_brand.removesuffix("件"))
    assert set(page.locator(".card .brand").all_inner_texts()) == {brand_name}
    expect(page.locator(".chips a").first).to_contain_text(brand_name)

    lowest, highest = min(prices(page)), max(prices(page))
    page.get_by_label("下限の価格（円）").fill(str(lowest + 1))
    page.get_by_label("上限の価格（円）").fill(str(highest))
    facet(page, "価格").get_by_role("button", name="適用").click()
    expect(page.locator(".chips li")).to_have_count(5)  # two prices, brand, the category in the text, clear
    assert all(lowest < price <= highest for price in prices(page))

    page.get_by_role("link", name="すべて外す").click()
    assert total(page) == found

    category = page.locator(".category-tree a").first
    category_name = category.locator("span").first.inner_text()
    category.click()
    expect(page.locator(".chips a").first).to_contain_text(category_name)

    name_of_product = page.locator(".card h3").first.inner_text()
    page.locator(".card h3 a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name_of_product)
    expect(page.locator(".price small")).to_have_text("税込")
    screenshot(page, f"product-{name}")


def test_a_shopper_searches_narrows_and_opens_a_product(page: Page) -> None:
    shop_by_links_only(page, "desktop")


def test_all_of_it_works_without_javascript(chromium: Browser, shop_url: str) -> None:
    with visitor(chromium, shop_url, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"/search?q={WORD}")
        brand = facet(page, "ブランド").locator("a.option").first
        count = brand.locator(".count").inner_text()
        brand.click()
        expect(page.locator(".total b")).to_have_text(count.removesuffix("件"))
        page.get_by_role("link", name="価格の安い順").click()
        assert prices(page) == sorted(prices(page))
        page.locator(".card h3 a").first.click()
        expect(page.locator(".price small")).to_have_text("税込")


def test_a_shopper_browses_from_the_front_page_down_to_a_leaf(page: Page) -> None:
    page.goto("/")
    screenshot(page, "home-desktop")
    names = []
    page.locator(".category-grid a").first.click()
    while True:
        names.append(page.get_by_role("heading", level=1).inner_text())
        assert total(page) > 0
        child = page.locator("main nav .tags a").first
        if child.count() == 0:
            break
        child.click()
        page.wait_for_load_state()
    assert len(names) >= 3
    crumbs = page.get_by_role("navigation", name="パンくずリスト").get_by_role("listitem").all_inner_texts()
    assert crumbs == ["ホーム", *names]
    screenshot(page, "category-desktop")


def test_a_list_is_shared_by_its_address(page: Page, chromium: Browser, shop_url: str) -> None:
    search(page, WORD)
    facet(page, "ブランド").locator("a.option").first.click()
    page.get_by_role("link", name="価格の安い順").click()
    mine = page.locator(".card h3").all_inner_texts()
    with visitor(chromium, shop_url) as context:
        friend = context.new_page()
        friend.goto(page.url)
        assert friend.locator(".card h3").all_inner_texts() == mine
        assert friend.locator(".chips a").first.inner_text() == page.locator(".chips a").first.inner_text()


def test_pages_follow_each_other_without_a_product_shown_twice(page: Page) -> None:
    page.goto("/search?sort=popularity")
    first = page.locator(".card h3 a").evaluate_all("links => links.map((link) => link.pathname)")
    page.get_by_role("link", name="次へ").click()
    expect(page.locator(".pager a[aria-current=page]")).to_contain_text("2")
    second = page.locator(".card h3 a").evaluate_all("links => links.map((link) => link.pathname)")
    assert len(first) == len(second) == 24
    assert not set(first) & set(second)


def test_filters_that_leave_nothing_say_what_to_try(page: Page) -> None:
    page.goto(f"/search?q={WORD}&price_max=1")
    expect(page.locator(".total")).to_have_text("0件")
    expect(page.get_by_role("heading", name="条件に合う商品が見つかりませんでした")).to_be_visible()
    page.locator(".empty .tags a").first.click()
    assert total(page) > 0


def test_a_text_that_no_product_has_is_answered_by_what_is_popular_and_says_so(page: Page) -> None:
    page.goto("/search?q=xyzzyqwv")
    expect(page.locator(".total")).to_have_text("0件")
    expect(page.locator(".notice.reading")).to_contain_text("代わりに人気の商品")
    assert page.locator(".card").count() > 0
    screenshot(page, "search-popular")


def test_a_text_that_was_bent_says_so(page: Page) -> None:
    page.goto(f"/search?q={WORD} xyzzyqwv")
    expect(page.locator(".notice.reading")).to_contain_text("「xyzzyqwv」を除いて検索しました")
    assert total(page) > 0
    screenshot(page, "search-partial")


def test_what_the_text_was_taken_for_can_be_undone(page: Page) -> None:
    page.goto(f"/search?q={WORD} 5000円以下")
    assert max(prices(page)) <= 5_000
    page.locator(".chips a", has_text="5,000円以下").click()
    expect(page.locator(".chips a", has_text="5,000円以下")).to_have_count(0)
    assert "literal=" in page.url


def test_a_small_screen_keeps_filters_folded_and_never_scrolls_sideways(chromium: Browser, shop_url: str) -> None:
    with visitor(chromium, shop_url, viewport=MOBILE, has_touch=True, is_mobile=True) as context:
        page = context.new_page()
        category = "/c/" + _first_category(page)
        for address in ["/", f"/search?q={WORD}", category, _first_product(page)]:
            page.goto(address)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width == MOBILE["width"], address
            screenshot(page, f"mobile-{re.split('[/?]', address)[1] or 'home'}")
        page.goto(category)
        expect(page.locator(".facet").first).to_be_hidden()
        page.locator(".facets summary").first.tap()
        expect(page.locator(".facet").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == MOBILE["width"]


def test_a_large_screen_shows_the_filters_at_once(page: Page) -> None:
    page.goto(f"/search?q={WORD}")
    expect(facet(page, "ブランド")).to_be_visible()


def test_the_pages_are_dark_where_the_shopper_likes_it_dark(chromium: Browser, shop_url: str) -> None:
    with visitor(chromium, shop_url, color_scheme="dark") as context:
        page = context.new_page()
        page.goto(f"/search?q={WORD}")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 24, 27)"
        screenshot(page, "search-dark")


def _first_category(page: Page) -> str:
    page.goto("/")
    return str(page.locator(".category-grid a").first.get_attribute("href")).removeprefix("/c/")


def _first_product(page: Page) -> str:
    page.goto("/search?sort=popularity")
    return str(page.locator(".card h3 a").first.get_attribute("href"))
