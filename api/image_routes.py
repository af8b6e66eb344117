"""GET /images/{name}.svg: the sample catalog's pictures, drawn from the product's name."""

import re
from hashlib import blake2b

from fastapi import APIRouter, Request, Response

from api.state import Shared, shared
from catalog.queries import fetch_product_name
from catalog.sample.placeholder import placeholder_svg
from core.errors import NotFound
from core.limits import FILTER_VALUE_MAX_CHARS

router = APIRouter(tags=["images"])

CACHE_CONTROL = "public, max-age=86400"
NUMBERED = re.compile(r"(?P<sku>.+)-\d{1,3}")
"""`<sku>-<n>.svg` is the product's n-th picture; a sku may itself end so, hence the whole name is tried first."""


@router.get(
    "/images/{name}.svg",
    summary="A placeholder picture of a sample product",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}}},
)
async def get_image(request: Request, name: str) -> Response:
    if len(name) > FILTER_VALUE_MAX_CHARS or "\x00" in name:
        raise NotFound("no product has this picture")
    etag = f'"{blake2b(name.encode(), digest_size=8).hexdigest()}"'
    headers = {"Cache-Control": CACHE_CONTROL, "ETag": etag}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    state = shared(request)
    label = await state.in_thread(_fetch_label, state, name)
    return Response(placeholder_svg(label, name), headers=headers, media_type="image/svg+xml")


def _fetch_label(state: Shared, name: str) -> str:
    numbered = NUMBERED.fullmatch(name)
    with state.pool.connection() as connection:
        for sku in (name, *([numbered["sku"]] if numbered else [])):
            label = fetch_product_name(connection, sku)
            if label is not None:
                return label
    raise NotFound("no product has this picture")
