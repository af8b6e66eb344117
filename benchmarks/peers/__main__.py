"""`make bench-peers`, or `python -m benchmarks.peers [--products 200000] [--out build/peers]`.

PGSync and Tanaban side by side: the same rows in the same PostgreSQL, the same OpenSearch, one after the other, each
alone. Both write the same plain documents (benchmarks/peers/plain.py).
PGSync is installed into an environment of its own and works in a copy of the database, because it adds triggers and
views. All is under `<out>`, which may be deleted. What is compared and what is not: docs/benchmarks.md.
"""

import argparse
import signal
import sys
from pathlib import Path

import orjson

from benchmarks.machine import PROJECT, describe_machine
from benchmarks.peers.indexers import PLAIN_COMMAND, measure_pgsync, measure_tanaban, warm_up
from benchmarks.peers.pgsync import VERSION, install
from benchmarks.peers.report import Measured, build_table
from benchmarks.processes import Shop, empty_shop


def main() -> None:
    arguments = _parse_arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder: Path = arguments.out.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "commands.log").unlink(missing_ok=True)
    machine = describe_machine()
    if machine["load_before"] > machine["cores"] / 4:
        print(f"This machine is busy (load {machine['load_before']}): do not trust these ratios.", flush=True)
    try:
        pgsync, tanaban = _measure(folder, arguments.products)
    except KeyboardInterrupt:
        sys.exit("ended by Ctrl-C; nothing of this run is left running")
    indexers = {f"pgsync {VERSION}": pgsync, "tanaban": tanaban}
    result = {"machine": machine, "products": arguments.products, "indexers": indexers}
    (folder / "result.json").write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2))
    print(f"\n{build_table(pgsync, tanaban)}\n\n{folder / 'result.json'}")


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__.partition("\n")[0])
    parser.add_argument("--products", type=int, default=200_000, help="catalog size")
    parser.add_argument("--out", type=Path, default=PROJECT / "build" / "peers", help="folder of servers and results")
    return parser.parse_args()


def _measure(folder: Path, products: int) -> tuple[Measured, Measured]:
    """PGSync's figures and Tanaban's, on one catalog."""
    print("installing PGSync", flush=True)
    commands = install(folder)
    shop = Shop(folder, PLAIN_COMMAND)
    with shop.stack() as urls:
        empty_shop(urls)
        print("loading the sample catalog", flush=True)
        shop.run("catalog", "migrate")
        shop.run("catalog", "sample", "--products", str(products))
        print("warming the servers", flush=True)
        warm_up(shop, urls["TANABAN_OPENSEARCH_URL"], folder)
        return measure_pgsync(shop, commands, urls, folder), measure_tanaban(shop, urls, folder)


if __name__ == "__main__":
    main()
