"""Old tombstones are deleted, once no late write can bring their products back (I5).

A tombstone is as old as its version, and not as any clock says: a proof keeps the highest version that was drawn when
it started. Every pair up to that version was taken before; it is sent for D at most, and such a request is over after
another D. So what a proof that started 2 D ago could see has nothing older under way (purge_age of the model).
"""

from contextlib import closing
from itertools import islice

from core.errors import Cancelled
from core.types import IndexVersion
from indexing.pairs import PairSource
from indexing.reader import scan_tombstones
from indexing.run import Run
from indexing.writer import Writer

_BATCH = 2_000


def purge_tombstones(run: Run, through: IndexVersion) -> int:
    """Delete tombstones with versions up to `through`. Returns how many there were.

    Raises: Cancelled, GenerationGone, WriteBlocked, SearchDown.
    """
    tombstones = scan_tombstones(run.client, run.generation.index_name, through)
    writer = Writer(run.client, run.settings)
    purged = 0
    with closing(PairSource(run.settings)) as pairs:
        while batch := [(id, stored.version) for id, stored in islice(tombstones, _BATCH)]:
            if run.should_stop():
                raise Cancelled("Stopped on request; the tombstones that are left are deleted another time.")
            with pairs.take() as (pair, _):
                generation = pair.target(run.generation.id)
            writer.purge(pair, generation, batch)
            purged += len(batch)
    return purged
