"""`make load`: the shoppers of locustfile.py against a running shop, for one minute, failing over its limits.

The shop is TANABAN_LOAD_HOST, by default that of `make up` on this machine. Arguments go to Locust and win over the
defaults: `python -m loadtests --users 50 --run-time 5m --p95-scale 2`. Exit code 0 when every limit held, 1 when one
did not, 3 when nobody answers. Load only what is yours: this is not for other people's shops.
"""

import http.client
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

DEFAULT_HOST = "http://127.0.0.1:8000"
DEFAULTS = ("--headless", "--only-summary", "--users=20", "--spawn-rate=5", "--run-time=60s", "--stop-timeout=5")


def main() -> None:
    host = os.environ.get("TANABAN_LOAD_HOST", DEFAULT_HOST)
    if not _answers(host):
        print(f"error: nobody answers at {host}. Run `make up` first, or set TANABAN_LOAD_HOST.", file=sys.stderr)
        sys.exit(3)
    locustfile = Path(__file__).with_name("locustfile.py")
    command = [sys.executable, "-m", "locust", "--locustfile", str(locustfile), "--host", host, *DEFAULTS]
    os.execv(sys.executable, [*command, *sys.argv[1:]])


def _answers(host: str) -> bool:
    parts = urlsplit(host)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=10)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    main()
