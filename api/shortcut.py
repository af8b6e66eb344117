"""Past FastAPI's router for what shoppers wait for: it costs a search a tenth of the API's CPU."""

from collections.abc import Iterable

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import ErrorAnswer, describe
from core.errors import TanabanError


class Shortcut:
    """Calls the endpoint of a GET of one of `routes` by its path; everything else goes on to `app`.

    The endpoints read their own request and build their own response. FastAPI describes them and would find no
    dependencies, parameters, files to close or response model of theirs.
    """

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute], answer: ErrorAnswer) -> None:
        self.app = app
        self.routes = {route.path: route for route in routes if isinstance(route, APIRoute)}
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self.routes.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        if route is None:
            await self.app(scope, receive, send)
            return
        scope["route"] = route
        request = Request(scope, receive)
        try:
            response = await route.endpoint(request)
        except TanabanError as error:
            response = self.answer(request, describe(error))
        await response(scope, receive, send)
