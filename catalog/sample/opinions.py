"""What the sample's shoppers write in their reviews, put together once from words/reviews.toml. Pure."""

from random import Random

from catalog.sample.words import Words

_PER_MOOD = 60
_RATINGS = {
    "good": (5, 5, 5, 5, 4, 4, 4, 5, 4, 3, 5, 4),
    "fair": (4, 3, 5, 4, 3, 4, 2, 4, 5, 3, 4, 1),
    "poor": (3, 2, 1, 4, 3, 2, 5, 3, 1, 4, 2, 3),
}
"""Ratings that a product gets, by how good it is."""
_QUALITIES = ("good",) * 6 + ("fair",) * 3 + ("poor",)


class Opinions:
    """Ratings by a product's quality; titles and comments by voice and rating."""

    def __init__(self, words: Words, seed: int) -> None:
        rng = Random(f"{seed}/opinions")
        reviews = words.reviews
        self._texts: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for group, voices in reviews["groups"].items():
            for mood, general in reviews["general"].items():
                own = reviews["own"][group][mood]
                texts = [
                    (rng.choice(general["titles"]), rng.choice(own) + rng.choice(general["sentences"]))
                    for _ in range(_PER_MOOD)
                ]
                self._texts |= {(voice, mood): texts for voice in voices}

    def draw_quality(self, rng: Random) -> tuple[int, ...]:
        """The ratings that a product's reviewers choose among."""
        return _RATINGS[_QUALITIES[int(rng.random() * len(_QUALITIES))]]

    def draw(self, rng: Random, voice: str, ratings: tuple[int, ...]) -> tuple[int, str, str]:
        """Rating, title and comment."""
        rating = ratings[int(rng.random() * len(ratings))]
        mood = "good" if rating >= 4 else "fair" if rating == 3 else "poor"
        title, comment = self._texts[voice, mood][int(rng.random() * _PER_MOOD)]
        return rating, title, comment
