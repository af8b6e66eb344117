"""JAN codes, model numbers and uuids of the sample."""

from random import Random

_WEIGHTED = [[sum(int(d) * w for d, w in zip(f"{n:03}", weights, strict=True)) for n in range(1000)]
             for weights in ((1, 3, 1), (3, 1, 3))]  # fmt: skip
"""Sums of three digits, by the weights that they have at even and at odd thirds of a JAN code."""


def jan_code(number: int) -> str:
    """A 13-digit JAN code (GS1 prefix 45 or 49), a different one for each number below 10**10.

    The factor shares no divisor with 10**10, so the products are a permutation of it. The check digit is GS1's:
    weights 1 and 3 in turn.

    >>> jan_code(0), jan_code(1)
    ('4900000000375', '4500010000404')
    """
    item = (number * 1_000_003 + 37) % 10**10
    twelve = (45 if number % 2 else 49) * 10**10 + item
    even, odd = _WEIGHTED
    total = even[twelve // 10**9] + odd[twelve // 10**6 % 1000] + even[twelve // 1000 % 1000] + odd[twelve % 1000]
    return f"{twelve}{-total % 10}"


def model_number(letters: str, number: int) -> str:
    """
    >>> model_number("SN", 12)
    'SN-N6028'
    """
    return f"{letters}-{'ABCDEFGHJKLMNPRSTUVWX'[number % 21]}{number * 7919 % 9000 + 1000}"


def draw_uuids(rng: Random, count: int) -> list[str]:
    """Version 4 uuids, as 32 hexadecimal digits, which COPY takes as they are."""
    pool = rng.randbytes(16 * count).hex()
    return [
        f"{pool[at : at + 12]}4{pool[at + 13 : at + 16]}8{pool[at + 17 : at + 32]}" for at in range(0, 32 * count, 32)
    ]


def child_id(parent_id: str, index: int) -> str:
    """Id of a row that belongs to another: near it in an index, and free to make.

    >>> child_id("0123456789ab4def8123456789abcdef", 3)
    '0123456789ab4def8123456789abcd03'
    """
    return f"{parent_id[:30]}{index:02x}"
