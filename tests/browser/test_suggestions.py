"""The search field as a combobox: by keyboard, with an input method, on a slow network."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import CDPSession, Locator, Page, Route, expect

from tests.browser.conftest import screenshot

pytestmark = [pytest.mark.live, pytest.mark.browser]

SETTLED_MS = 600
"""Longer than the debounce and an answer together."""


@pytest.fixture
def asked(page: Page) -> list[str]:
    """The texts that suggestions were asked for, as they are asked."""
    texts: list[str] = []

    def note(url: str) -> None:
        if urlsplit(url).path == "/v1/suggest":
            texts.append(parse_qs(urlsplit(url).query)["q"][0])

    page.on("request", lambda request: note(request.url))
    page.goto("/")
    return texts


def field(page: Page) -> Locator:
    return page.get_by_role("combobox", name="商品を検索")


def compose(keyboard: CDPSession, reading: str) -> None:
    """What an input method sends while the reading is not confirmed yet."""
    caret = len(reading)
    keyboard.send("Input.imeSetComposition", {"text": reading, "selectionStart": caret, "selectionEnd": caret})


def test_the_keyboard_walks_through_the_suggestions_and_opens_one(page: Page, asked: list[str]) -> None:
    field(page).press_sequentially("ワイヤレス", delay=20)
    expect(page.get_by_role("listbox", name="検索候補")).to_be_visible()
    expect(field(page)).to_have_attribute("aria-expanded", "true")
    screenshot(page, "suggestions")
    options = page.get_by_role("option")

    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert field(page).get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    page.keyboard.press("ArrowUp")
    expect(page.locator("[role=option][aria-selected=true]")).to_have_count(0)
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    expect(field(page)).to_be_focused()

    target = options.last.get_attribute("data-url")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{target}")
    assert len(asked) <= 2


def test_typing_fast_asks_once(page: Page, asked: list[str]) -> None:
    field(page).press_sequentially("ワイヤレス", delay=10)
    page.wait_for_timeout(SETTLED_MS)
    assert asked == ["ワイヤレス"]


def test_escape_closes_the_list_and_enter_then_searches_for_the_text(page: Page, asked: list[str]) -> None:  # noqa: ARG001
    field(page).fill("ワイヤレス")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field(page)).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("「ワイヤレス」の検索結果")


def test_a_click_opens_a_suggestion(page: Page, asked: list[str]) -> None:  # noqa: ARG001
    field(page).fill("ワイヤレス")
    product = page.get_by_role("group", name="商品").get_by_role("option").first
    name = product.locator(".suggestion-name").inner_text()
    product.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


@pytest.mark.parametrize("typed", ["いやほ", "iyaho", "いやh"])
def test_a_query_is_suggested_however_it_is_typed_and_finds_something(page: Page, asked: list[str], typed: str) -> None:  # noqa: ARG001
    field(page).fill(typed)
    query = page.get_by_role("group", name="検索").get_by_role("option").first
    text = query.locator(".suggestion-name").inner_text()
    query.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"「{text}」の検索結果")
    expect(page.locator("main a[href^='/p/']").first).to_be_visible()


def test_nothing_is_asked_while_an_input_method_composes(page: Page, asked: list[str]) -> None:
    """Real composition through Chromium's own input method interface, as a Japanese keyboard makes it."""
    field(page).focus()
    keyboard = page.context.new_cdp_session(page)
    for reading in ("わ", "わい", "わいや", "わいやれす"):
        compose(keyboard, reading)
    page.wait_for_timeout(SETTLED_MS)
    assert field(page).input_value() == "わいやれす"
    assert asked == []

    keyboard.send("Input.insertText", {"text": "ワイヤレス"})
    expect(page.get_by_role("listbox")).to_be_visible()
    assert asked == ["ワイヤレス"]


def test_the_enter_that_confirms_a_composition_does_not_submit(page: Page, asked: list[str]) -> None:  # noqa: ARG001
    field(page).focus()
    keyboard = page.context.new_cdp_session(page)
    compose(keyboard, "わいやれす")
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
    keyboard.send("Input.dispatchKeyEvent", {"type": "keyDown", **enter})
    keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})
    page.wait_for_timeout(SETTLED_MS)
    assert urlsplit(page.url).path == "/"

    keyboard.send("Input.insertText", {"text": "ワイヤレス"})
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("「ワイヤレス」の検索結果")


def test_safari_s_enter_after_the_composition_does_not_submit_either(page: Page, asked: list[str]) -> None:  # noqa: ARG001
    """Safari ends the composition first and then sends the keydown, which only its key code 229 gives away."""
    is_prevented = field(page).evaluate(
        """(input) => {
            const event = new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true, cancelable: true });
            return !input.dispatchEvent(event);
        }"""
    )
    assert is_prevented


def test_a_late_answer_to_an_older_text_is_dropped(page: Page, asked: list[str]) -> None:
    held: list[Route] = []

    def hold_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/v1/suggest?*", hold_first)
    field(page).fill("シャツ")
    page.wait_for_timeout(SETTLED_MS)
    assert asked == ["シャツ"]
    field(page).fill("ワイヤレス")
    expect(page.get_by_role("option").first).to_be_visible()
    shown = page.get_by_role("option").all_inner_texts()
    held[0].continue_()
    page.wait_for_timeout(SETTLED_MS)
    assert page.get_by_role("option").all_inner_texts() == shown
    assert any("ワイヤレス" in text for text in shown)
