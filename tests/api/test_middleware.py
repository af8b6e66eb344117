"""What every answer carries: request id, security headers, CORS where it is allowed, a metric and one log line."""

import io
import json
import re
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.main import create_app
from core.logging import configure_logging
from core.settings import Settings
from tests.api.server import closed_port, serve

NOWHERE = Settings(
    database_url=f"postgresql://x@127.0.0.1:{closed_port()}/x",
    opensearch_url=f"http://127.0.0.1:{closed_port()}",
    redis_url=f"redis://127.0.0.1:{closed_port()}/0",
)


def test_a_sane_request_id_is_kept_and_any_other_replaced() -> None:
    with serve(NOWHERE) as client:
        assert request_id(client, "trace-1.A_b") == "trace-1.A_b"
        for odd in ["", "a b", "x" * 65, "<script>"]:
            assert re.fullmatch("[0-9a-f]{16}", request_id(client, odd))
        problem = client.get("/nowhere")
        assert problem.json()["request_id"] == problem.headers["x-request-id"]


def test_an_unknown_address_and_a_wrong_method_have_the_one_error_shape() -> None:
    with serve(NOWHERE) as client:
        nowhere, wrong = client.get("/v1/nowhere"), client.delete("/v1/search")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["code"], wrong.headers["allow"]) == (405, "method_not_allowed", "GET")


def test_a_browser_gets_a_page_and_a_program_json() -> None:
    with serve(NOWHERE) as client:
        page = client.get("/nowhere", headers={"Accept": "text/html"})
        assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert client.get("/v1/nowhere", headers={"Accept": "text/html"}).json()["code"] == "not_found"


def test_every_answer_has_the_security_headers() -> None:
    with serve(NOWHERE) as client:
        for path in ("/healthz", "/nowhere", "/v1/search?x=1"):
            headers = client.get(path).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_other_sites_may_read_v1_only_and_only_when_allowed() -> None:
    origin = {"Origin": "https://shop.example"}
    with serve(NOWHERE) as client:
        assert "access-control-allow-origin" not in client.get("/v1/search?x=1", headers=origin).headers
    with serve(NOWHERE.model_copy(update={"cors_origins": ("https://shop.example",)})) as client:
        allowed = client.get("/v1/search?x=1", headers=origin)
        assert allowed.headers["access-control-allow-origin"] == "https://shop.example"
        assert "access-control-allow-origin" not in client.get("/healthz", headers=origin).headers
        other = client.get("/v1/search?x=1", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers
        asked = origin | {"Access-Control-Request-Method": "GET"}
        assert client.options("/v1/search", headers=asked).status_code == 200


def test_a_bug_is_a_500_that_tells_nothing_and_one_traceback_in_the_log() -> None:
    with serve(NOWHERE, app_with_a_bug()) as client:
        logged = io.StringIO()
        configure_logging(NOWHERE, logged)
        answer = client.get("/bug")
    assert answer.status_code == 500
    assert answer.json() == {
        "code": "internal",
        "message": "something went wrong here; the request id finds it in the log",
        "request_id": answer.headers["x-request-id"],
    }
    assert answer.headers["x-content-type-options"] == "nosniff"
    lines = lines_of(logged)
    assert [line["event"] for line in lines] == ["unexpected error", "request"]
    assert "hunter2" in lines[0]["exception"]
    assert {line["request_id"] for line in lines} == {answer.headers["x-request-id"]}


def test_each_request_is_one_log_line_and_one_metric_by_its_route() -> None:
    with serve(NOWHERE) as client:
        logged = io.StringIO()
        configure_logging(NOWHERE, logged)
        client.get("/v1/categories/abc?x=1", headers={"X-Request-ID": "me"})
        (line,) = lines_of(logged)
        metrics = client.get("/metrics").text
    assert line["event"] == "request"
    assert (line["method"], line["path"], line["route"], line["status"]) == (
        "GET",
        "/v1/categories/abc",
        "/v1/categories/{slug}",
        400,
    )
    assert line["request_id"] == "me"
    assert "unknown_parameter" in line["error"]
    assert 'route="/v1/categories/{slug}",status="400"' in metrics
    assert "abc" not in metrics


def test_unknown_addresses_and_methods_make_no_new_metrics() -> None:
    with serve(NOWHERE) as client:
        client.get("/made-up-address")
        client.request("PROPFIND", "/made-up-address")
        metrics = client.get("/metrics").text
    assert 'method="other",route="unmatched",status="404"' in metrics
    assert "made-up" not in metrics
    assert "PROPFIND" not in metrics


@pytest.fixture(autouse=True)
def _quiet_afterwards() -> Any:
    yield
    configure_logging(NOWHERE)


def app_with_a_bug() -> FastAPI:
    app = create_app(NOWHERE)

    @app.get("/bug")
    async def fail() -> None:
        raise RuntimeError("password=hunter2")

    return app


def lines_of(logged: io.StringIO) -> list[dict[str, Any]]:
    """Without the client's own lines and uvicorn's life."""
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    assert not [line for line in lines if line["level"] == "error" and line["logger"] != "api"]
    return [line for line in lines if line["logger"] == "api"]


def request_id(client: httpx.Client, sent: str) -> str:
    return client.get("/healthz", headers={"X-Request-ID": sent}).headers["x-request-id"]
