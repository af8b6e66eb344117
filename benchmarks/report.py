"""The result as a table: each figure that the project sets itself, whether it is reached, and what stands behind it."""

from dataclasses import dataclass
from typing import Any

REBUILD_RATIO_MIN = 0.55
REBUILD_PSS_MB_MAX = 500
REBUILD_GROWTH_MAX = 1.2
"""PSS at the largest catalog over that at the smallest: "flat", with room for the spread of a peak."""

SEARCH_P50_FACTOR_MAX, SEARCH_P50_PLUS_MS_MAX = 1.25, 2.0
SEARCH_THROUGHPUT_RATIO_MIN = 0.65
API_PSS_MB_MAX = 250
UP_S_MAX = 25


@dataclass(frozen=True, slots=True)
class Line:
    """One figure. `reached` is None for one that has no goal."""

    name: str
    measured: str
    goal: str
    reached: bool | None = None


def build_lines(sizes: dict[int, dict[str, Any]]) -> list[Line]:
    """Every figure of every size, then what compares sizes."""
    lines = [line for products, result in sizes.items() for line in _build_size(products, result)]
    return lines + _build_growth(sizes)


def _build_size(products: int, result: dict[str, Any]) -> list[Line]:
    rebuild, search = result["rebuild"], result["search"]
    api, raw = search["api"], search["raw"]
    ratio, pss = rebuild["ratio"].median, rebuild["pss_mb"].highest
    p50_max = SEARCH_P50_FACTOR_MAX * raw["p50_ms"].median + SEARCH_P50_PLUS_MS_MAX
    p50, throughput = api["p50_ms"].median, search["throughput_ratio"].median
    api_mb, up_s = result["memory"]["api"].pss_mb, result["up_to_first_search_s"]
    return [
        Line(f"{products:,} products", "", ""),
        Line(
            "rebuild over raw _bulk",
            f"{ratio:.2f}   ({rebuild['per_s'].median:,.0f} over {rebuild['bulk_per_s'].median:,.0f} docs/s"
            f" of {rebuild['document_bytes']:,} bytes)",
            f">= {REBUILD_RATIO_MIN}",
            ratio >= REBUILD_RATIO_MIN,
        ),
        Line("  gate apart", f"{rebuild['check_s'].median:.1f} s", ""),
        Line("rebuild, sum of PSS", f"{pss:.0f} MB", f"<= {REBUILD_PSS_MB_MAX} MB", pss <= REBUILD_PSS_MB_MAX),
        Line(
            "search p50",
            f"{p50:.2f} ms   (raw {raw['p50_ms'].median:.2f}; p95 {api['p95_ms'].median:.2f}, "
            f"raw {raw['p95_ms'].median:.2f})",
            f"<= {p50_max:.2f} ms",
            p50 <= p50_max,
        ),
        Line(
            "  asked again (cached)",
            f"{api['again_p50_ms'].median:.2f} ms   (raw {raw['again_p50_ms'].median:.2f})",
            "",
        ),
        Line(
            "search q/s over raw",
            f"{throughput:.2f}   ({api['per_s'].median:.0f} over {raw['per_s'].median:.0f} q/s)",
            f">= {SEARCH_THROUGHPUT_RATIO_MIN}",
            throughput >= SEARCH_THROUGHPUT_RATIO_MIN,
        ),
        Line("API, PSS", f"{api_mb:.0f} MB", f"<= {API_PSS_MB_MAX} MB", api_mb <= API_PSS_MB_MAX),
        Line("  others, PSS", ", ".join(_describe_memory(result["memory"])), ""),
        Line("warm make up to first search", f"{up_s:.1f} s", f"<= {UP_S_MAX} s", up_s <= UP_S_MAX),
    ]


def _describe_memory(memory: dict[str, Any]) -> list[str]:
    return [f"{name} {server.pss_mb:.0f}" for name, server in memory.items() if name != "api"]


def _build_growth(sizes: dict[int, dict[str, Any]]) -> list[Line]:
    if len(sizes) < 2:
        return []
    small, large = min(sizes), max(sizes)
    growth = sizes[large]["rebuild"]["pss_mb"].highest / sizes[small]["rebuild"]["pss_mb"].highest
    name = f"rebuild PSS, {large:,} over {small:,}"
    return [
        Line("across sizes", "", ""),
        Line(name, f"{growth:.2f}", f"<= {REBUILD_GROWTH_MAX} (flat)", growth <= REBUILD_GROWTH_MAX),
    ]


def format_table(lines: list[Line]) -> str:
    """Columns under each other; a missed goal is told in capitals."""
    verdicts = {True: "reached", False: "MISSED", None: ""}
    rows = [(line.name, line.measured, line.goal, verdicts[line.reached]) for line in lines]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
