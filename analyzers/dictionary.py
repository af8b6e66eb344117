"""SudachiPy with the core dictionary and our brands: one dictionary a process, one Tokenizer a thread.

Compiling the brands takes seconds, so the result is kept under the user's cache directory by a digest of all that it
depends on. Where nothing can be written, each process compiles its own.
"""

import hashlib
import json
import os
import tempfile
import threading
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import sudachipy
from sudachipy import Dictionary, MorphemeList, SplitMode, Tokenizer
from sudachipy.sudachipy import build_user_dic

from analyzers.brands import build_entries, load_brands
from analyzers.kana import is_kana
from analyzers.normalizer import NORMALIZER_VERSION

_SYSTEM_DICTIONARY = Path(str(files("sudachidict_core"))) / "resources" / "system.dic"
_RESOURCES = Path(sudachipy.__file__).parent / "resources"
_PLUGINS = ("DefaultInputTextPlugin", "ProlongedSoundMarkPlugin")
"""Of the plugins that change the input. IgnoreYomiganaPlugin would drop kana in brackets: 財布(レザー)."""

_local = threading.local()
_lock = threading.Lock()


def tokenize(text: str) -> MorphemeList:
    """C units of a normalised text of at most 49,149 bytes of UTF-8."""
    return _tokenizer().tokenize(text)


def _tokenizer() -> Tokenizer:
    """One per thread: a Tokenizer that two threads share raises "already in use"; the dictionary is shared."""
    if not hasattr(_local, "tokenizer"):
        with _lock:
            _local.tokenizer = load_dictionary().tokenizer(SplitMode.C)
    return cast(Tokenizer, _local.tokenizer)


@cache
def load_dictionary() -> Dictionary:
    """The core dictionary and the brands' entries.

    Raises: WordTableError.
    """
    return open_dictionary([ensure_user_dictionary(tuple(build_entries(load_brands())))])


def _is_cut_wrongly(tokens: MorphemeList) -> bool:
    """An unknown word, or a piece too short to be meant. タイガー魔法瓶 is two good words, so 魔法瓶 finds it."""
    if len(tokens) == 1:
        return bool(tokens[0].is_oov()) and not tokens[0].surface().isascii()
    return any(token.is_oov() or len(token.surface()) < (3 if is_kana(token.surface()) else 2) for token in tokens)


def open_dictionary(user_dictionaries: list[Path]) -> Dictionary:
    config: dict[str, Any] = json.loads((_RESOURCES / "sudachi.json").read_text(encoding="utf-8"))
    config["inputTextPlugin"] = [
        plugin for plugin in config["inputTextPlugin"] if plugin["class"].rpartition(".")[2] in _PLUGINS
    ]
    config["userDict"] = list(map(str, user_dictionaries))
    return Dictionary(config=json.dumps(config), resource_dir=_RESOURCES, dict=str(_SYSTEM_DICTIONARY))


def ensure_user_dictionary(entries: tuple[str, ...]) -> Path:
    """The compiled dictionary of those forms that the core dictionary cuts wrongly; compiled now when no earlier
    process did. What it knows needs no entry."""
    size = _SYSTEM_DICTIONARY.stat().st_size
    stamp = "\n".join((*entries, NORMALIZER_VERSION, sudachipy.__version__, str(_SYSTEM_DICTIONARY), str(size)))
    digest = hashlib.sha256(stamp.encode()).hexdigest()[:16]
    directory = _cache_directory()
    target = directory / f"brands-{digest}.dic"
    if not target.exists():
        tokenizer = open_dictionary([]).tokenizer(SplitMode.C)
        unknown = [entry for entry in entries if _is_cut_wrongly(tokenizer.tokenize(entry.partition(",")[0]))]
        draft = directory / f"{target.name}.{os.getpid()}"
        build_user_dic(_SYSTEM_DICTIONARY, ["\n".join(unknown).encode()], draft)
        draft.replace(target)
    return target


def _cache_directory() -> Path:
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    directory = root / "tanaban"
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.access(directory, os.W_OK):
            return directory
    except OSError:
        pass  # a read-only or missing home: the process compiles its own below
    return Path(tempfile.mkdtemp(prefix="tanaban-"))
