from collections.abc import Iterator

import pytest

from core.settings import Settings
from tests.search.workbench import Workbench


@pytest.fixture(scope="session")
def workbench(servers: Settings) -> Iterator[Workbench]:
    bench = Workbench(servers)
    yield bench
    bench.opensearch.close()
