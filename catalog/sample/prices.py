"""Price points as Japanese shops set them, tax included: 980, 1,980, 12,800; books 1,430 (1,300 before tax)."""

from bisect import bisect_left, bisect_right

_SMALL = [98, 128, 148, 168, 198, 228, 248, 278, 298, 328, 348, 380, 398, 428, 448, 480, 498, 548, 580, 598]
_SMALL += [648, 680, 698, 748, 780, 798, 848, 880, 898, 948, 980]
_DECADE = [1080, 1180, 1280, 1380, 1480, 1580, 1680, 1780, 1880, 1980, 2180, 2280, 2480, 2680, 2780, 2980]
_DECADE += [3180, 3280, 3480, 3680, 3980, 4280, 4480, 4680, 4980, 5280, 5480, 5980, 6480, 6980, 7480, 7980]
_DECADE += [8480, 8980, 9480, 9800]

ROUND_PRICES = (*_SMALL, *_DECADE, *(point * 10 for point in _DECADE), *(point * 100 for point in _DECADE))
"""Yen, ascending, spaced by about 5 percent, so that an even choice among them is a logarithmic one of prices."""

TAX_ADDED_PRICES = tuple(
    net * 110 // 100 for net in (*range(80, 400, 20), *range(400, 1000, 20), *range(1000, 3000, 50))
) + tuple(net * 110 // 100 for net in range(3000, 50_000, 500))
"""Yen of goods that are priced before tax."""


def price_span(ladder: tuple[int, ...], low_yen: int, high_yen: int) -> tuple[int, int]:
    """First and last index of `ladder` within the bounds.

    >>> [ROUND_PRICES[index] for index in price_span(ROUND_PRICES, 1000, 2000)]
    [1080, 1980]
    """
    first = bisect_left(ladder, low_yen)
    return first, max(first, bisect_right(ladder, high_yen) - 1)


def surcharge_yen(price_yen: int, share: float) -> int:
    """What a larger size costs more: round hundreds (tens under 1,000 yen), so that the ending stays.

    >>> surcharge_yen(1980, 0.26), surcharge_yen(398, 0.5)
    (500, 200)
    """
    step = 100 if price_yen >= 1000 else 10
    return round(price_yen * share / step) * step
