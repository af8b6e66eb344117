"""A route for endpoints that read their own request and build their own response."""

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send


class DirectRoute(APIRoute):
    """Calls the endpoint with the request and nothing around it; OpenAPI describes it as any other.

    FastAPI's own way looks for dependencies, parameters, files to close and a response model, which are not there.
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] in (self.methods or ()):
            response = await self.endpoint(Request(scope, receive))
            await response(scope, receive, send)
        else:
            await super().handle(scope, receive, send)
