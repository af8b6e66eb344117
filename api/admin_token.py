"""The admin's bearer token, which all API processes of a shop share."""

from core.errors import AdminClosed
from core.settings import Settings

TOKEN_FILE = "admin-token"
"""In `home`, mode 0600, written by the first `tanaban up`."""


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
