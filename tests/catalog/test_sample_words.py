"""The word lists hold what a shop needs, and nothing that the generator would trip over."""

import re
from collections import Counter

from catalog.sample.placeholder import placeholder_svg
from catalog.sample.words import read_words

WORDS = read_words()


def test_there_are_departments_leaves_and_brands_enough() -> None:
    assert len({category.path[0] for category in WORDS.categories}) >= 20
    assert len(WORDS.leaves) >= 300
    assert {len(leaf.path) for leaf in WORDS.leaves} == {3, 4}
    assert len(WORDS.brands) >= 200


def test_every_category_has_a_slug_and_a_path_of_its_own() -> None:
    for values in ([c.slug for c in WORDS.categories], [c.path for c in WORDS.categories]):
        assert [value for value, count in Counter(values).items() if count > 1] == []
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", category.slug) for category in WORDS.categories)


def test_every_brand_has_a_name_of_its_own_and_a_reading_in_katakana() -> None:
    assert len({brand.name for brand in WORDS.brands}) == len(WORDS.brands)
    assert [brand.name for brand in WORDS.brands if not re.fullmatch(r"[ァ-ヴー0-9]+", brand.kana)] == []


def test_every_profile_finds_brands_colours_and_sentences() -> None:
    sold = set().union(*(brand.groups for brand in WORDS.brands)) | {"none"}
    painted = set().union(*(color.groups for color in WORDS.colors)) | {None}
    reviewed = {voice for voices in WORDS.reviews["groups"].values() for voice in voices}
    for profile in WORDS.profiles.values():
        assert set(profile.brands) <= sold
        assert profile.colors in painted
        assert profile.voice in WORDS.voices
        assert profile.voice in reviewed


def test_every_leaf_can_make_a_name() -> None:
    for leaf in WORDS.leaves:
        assert leaf.profile in WORDS.profiles
        assert len(leaf.features) >= 2
        assert all(0 < word.low_yen < word.high_yen for word in leaf.words)


def test_every_department_has_a_picture_sign() -> None:
    signs = {category.letters: placeholder_svg("商品", f"{category.letters}-1") for category in WORDS.categories}
    unknown = placeholder_svg("商品", "?-1")
    assert len({svg.split("<g ")[1].split("<text")[0] for svg in signs.values()} | {unknown}) >= 20
