"""Every endpoint is described, and its example is an answer of the type that it gives."""

import orjson
import pytest
from pydantic import TypeAdapter

from api import examples
from api.admin_answers import DeadLettersAnswer, IndexAnswer, JobAnswer, LiveAnswer, ReconcileAnswer, ReplayAnswer
from api.catalog_routes import Categories, CategoryPage
from api.health import Health
from api.import_routes import ImportAnswer
from api.main import create_app
from api.params import SearchParameters
from catalog.details import ProductDetails
from core.settings import Settings
from indexing.sync_status import SyncStatus
from search.explain import Explanation
from search.result import SearchResult
from search.suggest import Suggestions

APP = create_app(Settings(database_url="postgresql://x", opensearch_url="http://x", redis_url="redis://x"))
SCHEMA = APP.openapi()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, operations in SCHEMA["paths"].items()
    for method, operation in operations.items()
}


def test_the_contract_is_there() -> None:
    contract = """
        GET /v1/search
        GET /v1/suggest
        GET /v1/categories
        GET /v1/categories/{slug}
        GET /v1/products/{product_id}
        GET /images/{name}.svg
        POST /admin/reindex
        GET /admin/reindex/{job_id}
        POST /admin/reindex/{job_id}/cancel
        POST /admin/reconcile
        GET /admin/reconcile/{job_id}
        POST /admin/reconcile/{job_id}/cancel
        POST /admin/dead-letters/replay
        GET /admin/dead-letters/replay/{job_id}
        POST /admin/rollback
        GET /admin/sync
        GET /admin/explain
        POST /admin/catalog
        GET /admin/index
        GET /admin/dead-letters
        GET /healthz
        GET /readyz
        GET /metrics
    """
    assert {line.strip() for line in contract.split("\n") if line.strip()} == OPERATIONS.keys()


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_endpoint_has_a_summary_and_describes_its_answers(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation["summary"]
    assert all("content" in answer for answer in operation["responses"].values())


@pytest.mark.parametrize(
    ("model", "example"),
    [
        (SearchResult, examples.SEARCH),
        (Suggestions, examples.SUGGEST),
        (Explanation, examples.EXPLANATION),
        (Categories, examples.CATEGORIES),
        (CategoryPage, examples.CATEGORY),
        (ProductDetails, examples.PRODUCT),
        (JobAnswer, examples.JOB),
        (ReconcileAnswer, examples.RECONCILE),
        (ReplayAnswer, examples.REPLAY),
        (LiveAnswer, examples.LIVE),
        (SyncStatus, examples.SYNC),
        (IndexAnswer, examples.INDEX),
        (DeadLettersAnswer, examples.DEAD_LETTERS),
        (ImportAnswer, examples.IMPORT),
        (Health, examples.HEALTH),
    ],
)
def test_an_example_has_exactly_the_fields_of_its_answer(model: type, example: examples.Json) -> None:
    read: object = TypeAdapter(model).validate_python(example)
    written = orjson.loads(orjson.dumps(read))
    optional = {"facets"}  # those that nobody asked for are left out
    assert {name: value for name, value in written.items() if name not in optional} == {
        name: value for name, value in example.items() if name not in optional
    }


def test_the_parameters_of_a_search_are_described() -> None:
    described = {parameter["name"]: parameter for parameter in OPERATIONS["GET /v1/search"]["parameters"]}
    assert described.keys() == (SearchParameters.model_fields.keys() - {"attr"}) | {"attr.<name>"}
    assert all(parameter["description"] for parameter in described.values())
    assert described["per_page"]["schema"]["maximum"] == 100
    assert "price_asc" in described["sort"]["schema"]["enum"]


def test_admin_asks_for_a_token() -> None:
    for name, operation in OPERATIONS.items():
        assert ("security" in operation) == ("/admin/" in name)
