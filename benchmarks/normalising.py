"""What the words of documents cost a rebuild: `python -m benchmarks.normalising` prints it in seconds of CPU.

Reads each product of TANABAN_DATABASE_URL once, as a rebuild does, so a word that is met first costs what it costs
there. A document's hash is of all but its words, so they are what a document costs more than its hash.
"""

import os
import subprocess
import sys
import time
from uuid import UUID

from benchmarks.machine import PROJECT
from catalog.product_rows import fetch_product_rows
from core.clients import connect_database
from core.settings import Settings
from indexing.documents import build_document, hash_document
from indexing.parallel import few_collections

_PAGE_PRODUCTS = 1_000


def measure_words_apart(database_url: str) -> float:
    """As `measure_words`, in a process that knows no word yet."""
    command = [sys.executable, "-m", "benchmarks.normalising"]
    environment = os.environ | {"TANABAN_DATABASE_URL": database_url}
    return float(subprocess.run(command, cwd=PROJECT, env=environment, check=True, stdout=subprocess.PIPE).stdout)


@few_collections()
def measure_words(settings: Settings) -> float:
    """Seconds of CPU for all products together."""
    words_s, after = 0.0, None
    with connect_database(settings, autocommit=True) as connection:
        while rows := fetch_product_rows(connection, after, None, _PAGE_PRODUCTS):
            began_s = time.thread_time()
            for row in rows:
                hash_document(row)
            hashed_s = time.thread_time()
            for row in rows:
                build_document(row)
            words_s += (time.thread_time() - hashed_s) - (hashed_s - began_s)
            after = UUID(rows[-1].id)
    return words_s


if __name__ == "__main__":
    print(measure_words(Settings()))
