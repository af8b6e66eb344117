"""The pages' own files under addresses that change with their content, so that browsers keep them for good."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

FOREVER = "public, max-age=31536000, immutable"
HASH_CHARS = 12


@dataclass(frozen=True, slots=True)
class StaticFile:
    name: str
    content_hash: str
    media_type: str
    content: bytes
    gzipped: bytes

    @property
    def url(self) -> str:
        return f"/static/{self.content_hash}/{self.name}"


def load_static_files(folder: Traversable = files("api") / "static") -> dict[str, StaticFile]:
    """Every file of the folder by its name; all of them together are some tens of kilobytes."""
    return {file.name: _load(file) for file in folder.iterdir() if file.is_file()}


def _load(file: Traversable) -> StaticFile:
    content = file.read_bytes()
    return StaticFile(
        name=file.name,
        content_hash=hashlib.sha256(content).hexdigest()[:HASH_CHARS],
        media_type=mimetypes.guess_type(file.name)[0] or "application/octet-stream",
        content=content,
        gzipped=gzip.compress(content, mtime=0),
    )
