"""GET from a server of our own. No proxy of the environment gets in between, as it would with urllib."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit


def fetch_json(url: str, timeout_s: float = 2.0) -> tuple[int, Any]:
    """Status and parsed body. Raises: OSError or http.client.HTTPException while nobody answers sense."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=timeout_s)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}" if parts.query else parts.path or "/")
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    except ValueError as error:
        raise OSError(f"{url} did not answer JSON") from error
    finally:
        connection.close()
