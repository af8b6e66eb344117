"""What is counted of what shoppers search for: nothing that looks like a person's, and never who asked."""

import subprocess
import sys

import pytest

from analyzers.normalizer import normalize_text
from search.query_privacy import CALLER_BITS, build_caller_key, mark_caller, may_be_kept, read_caller

KEY = build_caller_key("token")


@pytest.mark.parametrize(
    "text",
    [
        "ソニー イヤホン",
        "wh-1000xm5",
        "ＷＨ１０００ＸＭ５",
        "4901234567894",
        "49123456",
        "iphone 15 128gb",
        "1500ml 24本",
        "5000円以下 靴",
        "@cosme 化粧水",
        "型番 123456",
        "5〜6人用 テント",
        "100% コットン",
        "ドクター・スース l'oréal c&a",
        "三足組 靴下",
        "二〇二六年 カレンダー",
        "の" * 50,
    ],
)
def test_what_is_counted(text: str) -> None:
    assert may_be_kept(normalize_text(text))


@pytest.mark.parametrize(
    "text",
    [
        "taro@example.jp",
        "ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ",
        "mail: taro @ example.jp",
        "https://example.jp/?token=1",
        "090-1234-5678",
        "０９０ー１２３４ー５６７８",
        "09012345678 に電話",
        "03(1234)5678",
        "+81 90 1234 5678",
        "090.1234.5678",
        "090_1234_5678",
        "090・1234・5678",
        "090、1234、5678",
        "090〜1234~5678",
        "090 ×1234 #5678",
        "〇九〇一二三四五六七八",
        "〇九〇-一二三四-五六七八",
        "靴下 〇90-1二34-5六78",
        "٠٩٠١٢٣٤٥٦٧٨",
        "靴下 ☠",
        "靴下 🖕",
        "靴下 1️⃣",
        "靴下 ^_^",
        "靴下<b>",
        "〒150-0001 東京都",
        "1500001",
        "4111 1111 1111 1111",
        "4901234567890",
        "の" * 51,
    ],
)
def test_what_is_not(text: str) -> None:
    assert not may_be_kept(normalize_text(text))


def test_different_callers_of_a_text_mostly_set_different_bits() -> None:
    callers = [f"192.0.2.{number}" for number in range(5)]
    bits = [mark_caller("靴下", caller, KEY) for caller in callers]

    assert all(bit.bit_count() == 1 and bit < 2**CALLER_BITS for bit in bits)
    assert len(set(bits)) >= 4
    assert mark_caller("靴下", callers[0], KEY) == bits[0]
    assert [mark_caller("靴", caller, KEY) for caller in callers] != bits, "bits of two texts cannot be joined"


def test_without_the_key_nobody_can_try_addresses() -> None:
    texts = [f"靴下 {number}番" for number in range(20)]
    other = build_caller_key("another token")

    assert [mark_caller(text, "192.0.2.1", other) for text in texts] != [
        mark_caller(text, "192.0.2.1", KEY) for text in texts
    ]


def test_every_process_sets_the_same_bit() -> None:
    program = "from search.query_privacy import build_caller_key, mark_caller; "
    program += "print(mark_caller('靴下', '192.0.2.1', build_caller_key('token')))"
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert int(printed) == mark_caller("靴下", "192.0.2.1", KEY)


def test_an_address_that_is_none_is_a_caller_too() -> None:
    assert read_caller("testclient") == "testclient"


def test_a_household_is_one_caller_and_no_two_are() -> None:
    assert read_caller("2001:db8::1") == read_caller("2001:db8::ffff")
    assert read_caller("2001:db8::1") != read_caller("2001:db8:1::1")
    assert read_caller("::ffff:192.0.2.1") == read_caller("192.0.2.1")
    assert read_caller("::ffff:192.0.2.1") != read_caller("::ffff:192.0.2.2")
