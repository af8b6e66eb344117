"""JSON answers and how OpenAPI describes them. Answers are not validated on their way out: they are our own types."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from fastapi import Response
from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """The one error shape. `code` is stable, `message` says what to do, `request_id` is in our logs."""

    code: str
    message: str
    request_id: str


def json_response(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Dataclasses, UUIDs and datetimes as they are."""
    return Response(orjson.dumps(content), status, headers, media_type="application/json")


def answers(model: Any, example: Any, *, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """`responses=` of an endpoint: the answer with an example, and the one error shape for all else."""
    error = ErrorBody("invalid_parameter", "per_page: Input should be less than or equal to 100", "5f0c9a1be3d24477")
    return {
        status: {"model": model, "content": {"application/json": {"example": example}}},
        "default": {
            "model": ErrorBody,
            "description": "Any error (docs/errors.md lists the codes).",
            "content": {"application/json": {"example": asdict(error)}},
        },
    }


def query_parameters(model: type[BaseModel]) -> dict[str, Any]:
    """`openapi_extra=` of an endpoint that reads its query string by `read_parameters(model, ...)`."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    definitions = schema.get("$defs", {})
    parameters = []
    for name, field in schema["properties"].items():
        inlined = _inline(field, definitions)
        parameters.append(
            {
                "name": "attr.<name>" if name == "attr" else name,
                "in": "query",
                "description": inlined.pop("description", ""),
                "schema": inlined["additionalProperties"] if name == "attr" else inlined,
            }
        )
    return {"parameters": parameters}


def _inline(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """The schema with each reference replaced by what it names."""
    if isinstance(schema, list):
        return [_inline(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    named = definitions[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else {}
    own = {key: _inline(part, definitions) for key, part in schema.items() if key != "$ref"}
    return _inline(named, definitions) | own if named else own
