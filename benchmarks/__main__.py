"""`make bench`, or `python -m benchmarks [--products 20000 200000] [--out build/bench]`.

Everything is measured as ratios in one run, because absolute numbers are the machine's: a rebuild over the raw `_bulk`
ceiling of the same documents, `/v1/search` over raw `_search` with the same bodies, changes from their commit to a
search that finds them over the refresh interval. Only `/v1/suggest`, for which a shopper waits with each key, is in ms.
Servers, database and index are the run's own, under `<out>/home`, which stays for the next run and may be deleted. The
result is `<out>/result.json` and a table; 20k and 200k take some 20 minutes on two cores, which should have nothing
else to do.
"""

import argparse
import signal
import sys
import time
from pathlib import Path
from typing import Any

import orjson

from benchmarks.machine import PROJECT, describe_machine
from benchmarks.processes import Shop, empty_shop
from benchmarks.rebuild import measure_rebuilds
from benchmarks.report import build_lines, format_table
from benchmarks.search import measure_searches
from benchmarks.suggest import measure_suggestions
from benchmarks.sync import measure_sync
from benchmarks.up import fetch_memory_by_server, running_up


def main() -> None:
    arguments = _parse_arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder: Path = arguments.out
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "commands.log").unlink(missing_ok=True)
    machine = describe_machine()
    if machine["load_before"] > machine["cores"] / 4:
        print(f"This machine is busy (load {machine['load_before']}): do not trust these ratios.", flush=True)
    sizes: dict[int, dict[str, Any]] = {}
    try:
        for products in arguments.products:
            sizes[products] = _measure_size(Shop(folder), folder, products, arguments)
            _write_result(folder / "result.json", machine, sizes)
    except KeyboardInterrupt:
        sys.exit("ended by Ctrl-C; nothing of this run is left running")
    print(f"\n{format_table(build_lines(sizes))}\n\n{folder / 'result.json'}")


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("--products", type=int, nargs="+", default=[20_000, 200_000], help="catalog sizes")
    parser.add_argument("--out", type=Path, default=PROJECT / "build" / "bench", help="folder of servers and results")
    parser.add_argument("--rebuilds", type=int, default=3, help="rebuilds, and raw _bulk runs beside them")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of searches")
    parser.add_argument("--searches", type=int, default=600, help="different searches in a round")
    parser.add_argument("--suggestions", type=int, default=500, help="different half-typed texts in a round")
    return parser.parse_args()


def _measure_size(shop: Shop, folder: Path, products: int, arguments: argparse.Namespace) -> dict[str, Any]:
    """One size of catalog from nothing to all its figures."""
    say = _Progress(products).say
    with shop.stack() as urls:
        empty_shop(urls)
        say("loading the sample catalog")
        shop.run("catalog", "migrate")
        shop.run("catalog", "sample", "--products", str(products))
        rebuild = measure_rebuilds(shop, urls, folder, arguments.rebuilds, say)
    say("make up")
    with running_up(shop) as up:
        urls = shop.run("stack", "env")
        search = measure_searches(
            shop, up.url, urls["TANABAN_OPENSEARCH_URL"], arguments.searches, arguments.rounds, say
        )
        suggest = measure_suggestions(
            up.url, urls["TANABAN_OPENSEARCH_URL"], arguments.suggestions, arguments.rounds, say
        )
        sync = measure_sync(shop, urls, say)
        memory = fetch_memory_by_server(shop, up)
    parts = {"rebuild": rebuild, "search": search, "suggest": suggest, "sync": sync, "memory": memory}
    return parts | {"up_to_first_search_s": up.first_search_s}


class _Progress:
    """Lines that tell what is done, and since when."""

    def __init__(self, products: int) -> None:
        self._products = products
        self._started = time.monotonic()

    def say(self, text: str) -> None:
        print(f"[{self._products:,} products, {time.monotonic() - self._started:4.0f} s] {text}", flush=True)


def _write_result(file: Path, machine: dict[str, Any], sizes: dict[int, dict[str, Any]]) -> None:
    result = {
        "machine": machine,
        "figures": build_lines(sizes),
        "sizes": {str(products): result for products, result in sizes.items()},
    }
    file.write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2))


if __name__ == "__main__":
    main()
