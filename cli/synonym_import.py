"""Reading a file of synonyms on the command line, and what became of its rules."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import SynonymFileError, SynonymRefused

if TYPE_CHECKING:
    from analyzers.synonym_file import FileLine
    from search.shop_synonyms import SynonymChanges

SHOWN_BAD_LINES = 10


def read_lines(file: Path) -> list[str]:
    """Raises: SynonymFileError."""
    content = read_bytes(file)
    try:
        return content.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SynonymFileError(f"{file}, line {line}: not UTF-8.") from error


def read_bytes(file: Path) -> bytes:
    """Raises: SynonymFileError."""
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise SynonymFileError(f"{file} cannot be read: {error.strerror}.") from error


@dataclass
class ImportReport:
    """What became of a file's rules."""

    added: int = 0
    known: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)

    def take(self, line: "FileLine", changes: "SynonymChanges", note: str | None) -> None:
        """A rule that stands already, with that weight, is none of the shop's faults: files may be imported again."""
        try:
            if line.reason:
                raise SynonymRefused(line.reason)
            for synonym in line.synonyms:
                if changes.is_known(synonym):
                    self.known += 1
                else:
                    changes.add(synonym, note)
                    self.added += 1
        except SynonymRefused as refused:
            self.bad.append((line.number, str(refused)))

    def as_data(self, added: int) -> dict[str, object]:
        bad = [{"line": number, "reason": reason} for number, reason in self.bad[:SHOWN_BAD_LINES]]
        return {"added": added, "known": self.known, "bad_lines": len(self.bad), "bad": bad}

    def describe(self, added: int) -> str:
        text = f"{added:,} rules added, {self.known:,} were known."
        if self.bad:
            text += f" {len(self.bad):,} lines are bad" + (
                "." if added else ", so nothing was added: mend them, or --skip-bad."
            )
        return text
