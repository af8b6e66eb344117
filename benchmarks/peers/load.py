"""A first load into an empty index, as all indexers tell it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """`write_s` from the start of the command until all documents were written, `command_s` until it ended.

    In between Tanaban compares each document with PostgreSQL before it serves the index; PGSync has nothing like it.
    """

    documents: int
    write_s: float
    command_s: float

    @property
    def per_s(self) -> float:
        return self.documents / self.write_s
