"""Who may enter /admin: whoever knows the bearer token."""

import hmac
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.admin_token import read_admin_token
from api.state import shared
from core.errors import NotAuthorized

_bearer = HTTPBearer(auto_error=False, description="TANABAN_ADMIN_TOKEN, else the file admin-token in TANABAN_HOME")


def require_admin(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> None:
    """Raises: NotAuthorized, AdminClosed."""
    token = read_admin_token(shared(request).settings)
    if credentials is None:
        raise NotAuthorized("send the admin's token as `Authorization: Bearer <token>`")
    # In constant time, so that answers don't tell how much of a guess is right.
    if not hmac.compare_digest(credentials.credentials.encode(), token.encode()):
        raise NotAuthorized("this is not the admin's token; see TANABAN_ADMIN_TOKEN")
