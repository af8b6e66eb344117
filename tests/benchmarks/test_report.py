"""What the table says of a result."""

from typing import Any

import pytest

from benchmarks.figures import percentile, summarize
from benchmarks.memory import Memory
from benchmarks.report import build_lines, format_table


def result(**changes: float) -> dict[str, Any]:
    """A result that reaches every goal, but for `changes`."""
    of = {
        "ratio": 0.6,
        "words": 0.3,
        "pss_mb": 200.0,
        "api_p50_ms": 4.0,
        "throughput": 0.8,
        "api_mb": 120.0,
        "up_s": 12.0,
    }
    of |= {"suggest_ms": 12.0, "words": 0.3}
    of |= {
        "p50_ms": 500.0,
        "p99_ms": 1_000.0,
        "beside_ms": 2_000.0,
        "storm": 4_000.0,
        "bulk": 5_000.0,
        "sync_mb": 300.0,
    }
    of |= changes
    side = {"p95_ms": summarize([9.0]), "again_p50_ms": summarize([1.0]), "per_s": summarize([300.0])}
    return {
        "rebuild": {
            "ratio": summarize([of["ratio"]]),
            "per_s": summarize([3_000.0]),
            "bulk_per_s": summarize([of["bulk"]]),
            "document_bytes": 2_000,
            "check_s": summarize([3.0]),
            "words_share": summarize([of["words"]]),
            "pss_mb": summarize([of["pss_mb"]]),
        },
        "search": {
            "api": side | {"p50_ms": summarize([of["api_p50_ms"]])},
            "raw": side | {"p50_ms": summarize([2.0])},
            "throughput_ratio": summarize([of["throughput"]]),
        },
        "suggest": {"p50_ms": summarize([4.0]), "p99_ms": summarize([of["suggest_ms"]]), "inputs": 500},
        "sync": {
            "quiet": {"p50_ms": of["p50_ms"], "p99_ms": of["p99_ms"]},
            "storm": {"products": 50_000, "per_s": summarize([of["storm"]])},
            "storm_with_standby": {"products": 50_000, "per_s": summarize([2_000.0])},
            "fan_out": {"products": 50_000, "p99_ms": of["beside_ms"]},
        },
        "memory": {"api": Memory(1, of["api_mb"], of["api_mb"] + 30), "sync": Memory(2, of["sync_mb"], of["sync_mb"])},
        "up_to_first_search_s": of["up_s"],
    }


def missed(sizes: dict[int, dict[str, Any]]) -> list[str]:
    return [line.name for line in build_lines(sizes) if line.reached is False]


def test_a_good_result_misses_nothing() -> None:
    assert missed({20_000: result(), 200_000: result()}) == []


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"ratio": 0.44}, "rebuild over raw _bulk"),
        ({"words": 0.41}, "  words' share of its CPU"),
        ({"pss_mb": 501}, "rebuild, sum of PSS"),
        ({"api_p50_ms": 1.25 * 2.0 + 2.01}, "search p50"),
        ({"throughput": 0.64}, "search q/s over raw"),
        ({"suggest_ms": 20.1}, "suggest p99"),
        ({"api_mb": 251}, "API, PSS"),
        ({"p50_ms": 561}, "edit to searchable p50"),
        ({"p99_ms": 1_151}, "  p99"),
        ({"beside_ms": 2_001}, "  p99 beside a fan-out"),
        ({"storm": 3_999}, "storm"),
        ({"bulk": 14_000}, "  over raw _bulk"),
        ({"sync_mb": 501}, "sync, PSS"),
        ({"up_s": 25.1}, "warm make up to first search"),
    ],
)
def test_each_goal_can_be_missed(changes: dict[str, float], name: str) -> None:
    assert missed({20_000: result(**changes)}) == [name]


def test_memory_that_grows_with_the_catalog_is_not_flat() -> None:
    assert missed({20_000: result(pss_mb=200), 200_000: result(pss_mb=300)}) == ["rebuild PSS, 200,000 over 20,000"]


def test_the_table_says_missed() -> None:
    table = format_table(build_lines({20_000: result(ratio=0.4)}))

    assert [line for line in table.splitlines() if "MISSED" in line] == [
        line for line in table.splitlines() if line.startswith("rebuild over raw _bulk")
    ]


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(number) for number in range(1, 101)]

    assert (percentile(values, 50), percentile(values, 95), percentile([7.0], 95)) == (50.0, 95.0, 7.0)
