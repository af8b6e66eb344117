"""Who may enter /admin: whoever knows the bearer token."""

import hmac
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.state import shared
from core.errors import AdminClosed, NotAuthorized
from core.settings import Settings

TOKEN_FILE = "admin-token"
"""In `home`, mode 0600, written by the first `tanaban up`."""

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


def read_admin_token(settings: Settings) -> str:
    """From the settings, else from the file; read anew each time, so that a new token needs no restart.

    Raises: AdminClosed when there is none.
    """
    if settings.admin_token is not None:
        return settings.admin_token.get_secret_value()
    path = settings.home / TOKEN_FILE
    token = path.read_text().strip() if path.is_file() else ""
    if not token:
        raise AdminClosed(
            "no admin token is set; set TANABAN_ADMIN_TOKEN or start once by `tanaban up`, which makes one"
        )
    return token
