"""COPY lines of what shoppers did in the last EVENT_DAYS days: favourites, orders and reviews. Pure.

How often a product is wanted is Pareto distributed: most hardly ever, a few all the time.
"""

from random import Random

from catalog.sample.calendar import Calendar
from catalog.sample.codes import child_id, draw_uuids
from catalog.sample.opinions import Opinions
from catalog.sample.products import Made
from catalog.sample.shop import Shop
from catalog.sample.tables import NULL, Rows

EVENT_DAYS = 180

_TAIL = 0.85
"""Exponent of the Pareto distribution; nearer to 1 is a heavier tail."""
_FAVORITES, _PURCHASES, _REVIEWS = 0.3, 0.22, 0.06
"""Events of a product at the distribution's least value."""
_REVIEWED_SHARE = 0.35
_EVENTS_MAX = 200
_HISTORY_DAYS = 30
"""Older orders have no status history: checking its key costs more than the order itself."""
_FREE_SHIPPING_YEN, _SHIPPING_YEN = 3_980, 550
_PAID = {"pending": "pending", "cancelled": "cancelled", "refunded": "refunded"}
_STEPS = {
    "pending": ("pending",),
    "processing": ("pending", "processing"),
    "shipped": ("pending", "processing", "shipped"),
    "delivered": ("pending", "processing", "shipped", "delivered"),
    "cancelled": ("pending", "cancelled"),
    "refunded": ("pending", "processing", "shipped", "delivered", "refunded"),
}

Item = tuple[Made, tuple[int, ...], str, int]
"""A product, its reviewers' ratings, the variation's id or NULL, its price."""


class EventMaker:
    """Writes the events of a chunk's products. `scale` thins them out: 1 is about 1.2 purchases a product."""

    def __init__(self, shop: Shop, opinions: Opinions, calendar: Calendar, scale: float) -> None:
        self._shoppers = shop.shoppers
        self._opinions = opinions
        self._calendar = calendar
        self._scale = scale

    def make(self, rng: Random, chunk: int, products: list[Made], rows: Rows) -> None:
        """Append the events of these products to `rows`; orders mix products of one chunk."""
        wanted: list[Item] = []
        for made in products:
            if made.was_sold:
                wanted += self._want(rng, made, rows)
        rng.shuffle(wanted)
        number = 0
        while wanted:
            count = 1 + (rng.random() < 0.3) + (rng.random() < 0.1)
            self._order(rng, f"{chunk:05}-{number:06}", wanted[-count:], rows)
            del wanted[-count:]
            number += 1

    def _want(self, rng: Random, made: Made, rows: Rows) -> list[Item]:
        """Favourites and anonymous reviews of a product, and the items that orders will have."""
        demand = self._scale * (1 - rng.random()) ** -_TAIL
        ratings = self._opinions.draw_quality(rng)
        self._favorites(rng, made, _draw_count(rng, demand * _FAVORITES), rows)
        for index in range(_draw_count(rng, demand * _REVIEWS)):
            self._review(rng, child_id(made.id, index), made, ratings, NULL, self._day(rng, made.days_back), rows)
        return [(made, ratings, *_pick(rng, made)) for _ in range(_draw_count(rng, demand * _PURCHASES))]

    def _day(self, rng: Random, days_back: int) -> int:
        """Days back of an event, after the product's publication, recent ones more often."""
        return 1 + int(rng.random() ** 1.3 * (min(EVENT_DAYS, days_back) - 1))

    def _favorites(self, rng: Random, made: Made, count: int, rows: Rows) -> None:
        if not count:
            return
        fans = rng.sample(range(len(self._shoppers)), min(count, len(self._shoppers)))
        for identifier, fan in zip(draw_uuids(rng, len(fans)), fans, strict=True):
            at = self._calendar.at(self._day(rng, made.days_back), rng.random())
            rows["favorites"].append(f"{identifier}\t{self._shoppers[fan][0]}\t{made.id}\t{at}\n")

    def _review(
        self, rng: Random, identifier: str, made: Made, ratings: tuple[int, ...], item_id: str, day: int, rows: Rows
    ) -> None:
        rating, title, comment = self._opinions.draw(rng, made.voice, ratings)
        user_id = self._shoppers[int(rng.random() * len(self._shoppers))][0]
        at = self._calendar.at(day, rng.random())
        helpful = int(rng.random() ** 6 * 30)
        rows["reviews"].append(
            f"{identifier}\t{user_id}\t{made.id}\t{item_id}\t{rating}\t{title}\t{comment}\t{helpful}\t"
            f"{item_id != NULL}\t{at}\t{at}\n"
        )

    def _order(self, rng: Random, number: str, items: list[Item], rows: Rows) -> None:
        order_id = draw_uuids(rng, 1)[0]
        user_id, address_id = self._shoppers[int(rng.random() * len(self._shoppers))]
        day = self._day(rng, min(made.days_back for made, *_ in items))
        at = self._calendar.at(day, rng.random())
        status = _draw_status(rng, day)
        subtotal = 0
        for index, item in enumerate(items):
            subtotal += self._item(rng, child_id(order_id, index), order_id, at, day, status, item, rows)
        fee = 0 if subtotal >= _FREE_SHIPPING_YEN else _SHIPPING_YEN
        total = subtotal + fee
        rows["orders"].append(
            f"{order_id}\t{number}\t{user_id}\t{address_id}\t{subtotal}\t{total * 10 // 110}\t{fee}\t{total}\t"
            f"{status}\t{at}\t{at}\t{at}\n"
        )
        payment = _PAID.get(status, "succeeded")
        paid_at = at if payment in ("succeeded", "refunded") else NULL
        rows["order_payments"].append(
            f"{order_id}\t{order_id}\t{at}\tpi_sample_{order_id[:24]}\t{total}\t{payment}\t"
            f'{{"type": "card"}}\t{paid_at}\t{at}\t{at}\n'
        )
        for step, name in enumerate(_STEPS[status] if day <= _HISTORY_DAYS else ()):
            moment = self._calendar.at(max(1, day - step), rng.random()) if step else at
            rows["order_status_histories"].append(f"{child_id(order_id, step)}\t{order_id}\t{at}\t{name}\t{moment}\n")
        if status == "delivered" and rng.random() < 0.05:
            self._seller_review(rng, order_id, user_id, items[0][0], at, day, rows)

    def _item(
        self, rng: Random, identifier: str, order_id: str, at: str, day: int, status: str, item: Item, rows: Rows
    ) -> int:
        """Append one item, and perhaps its buyer's review; returns its price in yen."""
        made, ratings, variation_id, price_yen = item
        quantity = 1 + (rng.random() < 0.12) + (rng.random() < 0.04)
        rows["order_items"].append(
            f"{identifier}\t{order_id}\t{at}\t{made.id}\t{variation_id}\t{made.seller_id}\t{quantity}\t{price_yen}\t"
            f"{price_yen * quantity}\t{status}\t{at}\t{at}\n"
        )
        if status == "delivered" and rng.random() < _REVIEWED_SHARE:
            self._review(rng, identifier, made, ratings, identifier, max(1, day - 3 - int(rng.random() * 9)), rows)
        return price_yen * quantity

    def _seller_review(
        self, rng: Random, order_id: str, user_id: str, made: Made, at: str, day: int, rows: Rows
    ) -> None:
        moment = self._calendar.at(max(1, day - 5), rng.random())
        rows["seller_reviews"].append(
            f"{order_id}\t{user_id}\t{made.seller_id}\t{order_id}\t{at}\t{3 + int(rng.random() * 3)}\t"
            f"ていねいに対応していただきました。\t{moment}\t{moment}\n"
        )


def _draw_count(rng: Random, expected: float) -> int:
    """A whole number whose mean is `expected`."""
    return min(_EVENTS_MAX, int(expected + rng.random()))


def _pick(rng: Random, made: Made) -> tuple[str, int]:
    if not made.variations:
        return NULL, made.price_yen
    return made.variations[int(rng.random() * len(made.variations))]


def _draw_status(rng: Random, day: int) -> str:
    """By the order's age; some are cancelled or sent back."""
    if rng.random() < 0.05:
        return "cancelled"
    if day <= 1:
        return "pending" if rng.random() < 0.4 else "processing"
    if day <= 4:
        return "shipped"
    return "refunded" if rng.random() < 0.02 else "delivered"
