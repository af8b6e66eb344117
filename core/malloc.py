"""How glibc hands out memory to threads."""

import ctypes

_M_ARENA_MAX = -8
"""From glibc's malloc.h; mallopt(3)."""

_ARENAS = 2


def share_arenas() -> None:
    """Let all threads share two arenas; call it before there are any.

    By default each thread gets an arena of its own, up to eight a core, and each keeps what its thread once needed
    (measured in change capture: 17 arenas with 112 MB). Does nothing where the C library is another one.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, _ARENAS)
