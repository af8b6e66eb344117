"""Times of the sample: moments before and after a fixed `now`, as text that PostgreSQL reads."""

from datetime import datetime, timedelta

from catalog.partitions import SHOP_TIME

PAST_DAYS = 1_100
FUTURE_DAYS = 30


class Calendar:
    """Days as text, made once: formatting millions of datetimes would cost more than the rest of a row.

    >>> calendar = Calendar(datetime(2026, 1, 10, 12, 0, tzinfo=SHOP_TIME))
    >>> calendar.at(1, 0.5), calendar.at(-1, 0.0)
    ('2026-01-09 12:00:00+09', '2026-01-11 00:00:00+09')
    """

    def __init__(self, now: datetime) -> None:
        today = now.astimezone(SHOP_TIME).date()
        self._days = {back: (today - timedelta(days=back)).isoformat() for back in range(-FUTURE_DAYS, PAST_DAYS + 1)}
        self._times = [f" {minute // 60:02}:{minute % 60:02}:00+09" for minute in range(1_440)]

    def at(self, days_back: int, part_of_day: float) -> str:
        """A minute of the day `days_back` days before today (negative: after it); all days back >= 1 are past."""
        return self._days[days_back] + self._times[int(part_of_day * 1_440)]
