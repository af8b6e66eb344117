"""What the sample shop has before its products: sellers, categories, brands, shoppers. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from catalog.sample.calendar import PAST_DAYS, Calendar
from catalog.sample.codes import draw_uuids
from catalog.sample.tables import Rows, copy_line
from catalog.sample.words import CategoryWords, Words

_INACTIVE_CATEGORIES = frozenset({"incense", "ski-snowboard"})
_INACTIVE_BRANDS = frozenset({"SUYAKU", "ロクヨン", "わくわく工房"})
_SUSPENDED_SELLERS = 2
"""The last ones of the list: their products are never shown."""

_HOURS = '{"平日": "10:00-18:00", "土日祝": "休業"}'
_SHIPPING = '{"送料無料": "3,980円以上", "発送": "平日13時までのご注文は当日発送"}'


@dataclass(frozen=True, slots=True)
class Shop:
    """Ids by what the generator knows them by."""

    category_ids: dict[str, str]
    """By slug."""
    brand_ids: dict[str, str]
    """By name."""
    seller_ids: list[str]
    shoppers: list[tuple[str, str]]
    """User id and id of the address."""


def build_shop(words: Words, seed: int, shoppers: int, calendar: Calendar) -> tuple[Shop, Rows]:
    """The ids, and the COPY lines of everything that products and events refer to."""
    rng = Random(f"{seed}/shop")
    opened = calendar.at(PAST_DAYS, 0.4)
    seller_ids = draw_uuids(rng, len(words.people["sellers"]))
    category_ids = dict(zip((c.slug for c in words.categories), draw_uuids(rng, len(words.categories)), strict=True))
    brand_ids = dict(zip((b.name for b in words.brands), draw_uuids(rng, len(words.brands)), strict=True))
    people = list(zip(draw_uuids(rng, shoppers), draw_uuids(rng, shoppers), strict=True))
    rows: Rows = {
        "sellers": list(_sellers(words, rng, seller_ids, opened)),
        "seller_profiles": list(_seller_profiles(words, rng, seller_ids, opened)),
        "categories": list(_categories(words.categories, category_ids, opened)),
        "brands": [
            copy_line(brand_ids[b.name], b.name, b.kana, b.name not in _INACTIVE_BRANDS, opened, opened)
            for b in words.brands
        ],
        **_shoppers(words, rng, people, calendar),
    }
    return Shop(category_ids, brand_ids, seller_ids, people), rows


def _sellers(words: Words, rng: Random, ids: list[str], opened: str) -> Iterator[str]:
    for number, (identifier, text) in enumerate(zip(ids, words.people["sellers"], strict=True), start=1):
        name, kana = text.split(" | ")
        status = "suspended" if number > len(ids) - _SUSPENDED_SELLERS else "active"
        phone, postal = f"03-0000-{number:04}", f"110-{number:04}"
        area = rng.choice(words.people["seller_areas"])
        licence = f"第{30_000 + number * 17}号"
        rate = f"0.{rng.choice((5, 8, 10, 12)):02}"
        email = f"seller{number:02}@example.jp"
        yield copy_line(
            identifier, name, kana, email, phone, postal, area, licence, status, rate, opened, opened, opened
        )


def _seller_profiles(words: Words, rng: Random, ids: list[str], opened: str) -> Iterator[str]:
    profile_ids = draw_uuids(rng, len(ids))
    for profile_id, seller_id, text in zip(profile_ids, ids, words.people["sellers"], strict=True):
        about = f"{text.split(' | ')[0]}です。ていねいな梱包と早い発送を心がけています。"
        yield copy_line(profile_id, seller_id, about, _HOURS, _SHIPPING, opened, opened)


def _categories(categories: tuple[CategoryWords, ...], ids: dict[str, str], opened: str) -> Iterator[str]:
    slugs = {category.path: category.slug for category in categories}
    for order, category in enumerate(categories):
        parent = slugs.get(category.path[:-1])
        parent_id = ids[parent] if parent else None
        active = category.slug not in _INACTIVE_CATEGORIES
        yield copy_line(ids[category.slug], parent_id, category.path[-1], category.slug, order, active, opened, opened)


def _shoppers(words: Words, rng: Random, people: list[tuple[str, str]], calendar: Calendar) -> Rows:
    """Users with a profile and one address each."""
    rows: Rows = {"users": [], "user_profiles": [], "addresses": []}
    lists = words.people
    for number, ((user_id, address_id), profile_id) in enumerate(
        zip(people, draw_uuids(rng, len(people)), strict=True), start=1
    ):
        since = calendar.at(rng.randint(200, PAST_DAYS), rng.random())
        phone = f"090-0000-{number % 10_000:04}"
        prefecture, city, postal = rng.choice(lists["places"]).split(" | ")
        street = f"{rng.choice(lists['streets'])}{rng.randint(1, 9)}-{rng.randint(1, 28)}-{rng.randint(1, 15)}"
        building = rng.choice(lists["buildings"])
        flat = f"{building}{rng.randint(1, 9)}0{rng.randint(1, 9)}" if building else None
        nickname = f"{rng.choice(lists['nicknames'])}{number}"
        rows["users"].append(copy_line(user_id, f"user{number:07}@example.jp", phone, since, since, since))
        rows["user_profiles"].append(copy_line(profile_id, user_id, nickname, since, since))
        full_postal = f"{postal}{rng.randint(1, 99):02}"
        rows["addresses"].append(
            copy_line(address_id, user_id, full_postal, prefecture, city, street, flat, phone, True, since, since)
        )
    return rows
