"""Bodies of requests, in bounded memory and read after the bearer token is checked."""

from collections.abc import AsyncIterator
from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from api.query_string import explain_validation
from core.errors import BodyTooLarge, InvalidParameter
from core.limits import ADMIN_BODY_MAX_BYTES

Model = TypeVar("Model", bound=BaseModel)


async def stream_body(request: Request, max_bytes: int, advice: str) -> AsyncIterator[bytes]:
    """The body as it comes in. Raises: BodyTooLarge, before the body when its length is announced."""
    too_large = BodyTooLarge(f"the body has more than {max_bytes} bytes; {advice}")
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > max_bytes:
        raise too_large
    received_bytes = 0
    async for chunk in request.stream():
        received_bytes += len(chunk)
        if received_bytes > max_bytes:
            raise too_large
        yield chunk


async def read_json(request: Request, model: type[Model]) -> Model:
    """A small JSON object; an empty body counts as `{}`. Raises: BodyTooLarge, InvalidParameter."""
    body = b"".join([chunk async for chunk in stream_body(request, ADMIN_BODY_MAX_BYTES, "send less")])
    try:
        return model.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise InvalidParameter(explain_validation(error)) from None
