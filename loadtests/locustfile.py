"""Shoppers for Locust: they type, search, narrow by facets, browse categories and open products.

Headless for a minute: `make load`. In Locust's own page: `.venv/bin/locust -f loadtests/locustfile.py --host ...`.
Every run ends with a sentence for each limit of limits.py that did not hold, and then with exit code 1.
"""

import random
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from locust import FastHttpUser, between, events, task
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment

sys.path.insert(0, str(Path(__file__).parent.parent))  # Locust loads this file by its path, wherever it is called

from loadtests.limits import find_violations
from loadtests.words import Words, fetch_words

KEYSTROKES = 4
KEYSTROKE_S = 0.2


@events.init_command_line_parser.add_listener
def _add_arguments(parser: LocustArgumentParser, **_: Any) -> None:
    parser.add_argument("--p95-scale", type=float, default=1.0, help="Multiplies every limit on response times.")


@events.test_start.add_listener
def _learn_words(environment: Environment, **_: Any) -> None:
    """Without words there is nothing to ask: the run ends at once, and not as a success."""
    try:
        Shopper.words = fetch_words(environment.host or "")
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        environment.process_exit_code = 3
        if environment.runner:
            environment.runner.quit()


@events.quitting.add_listener
def _judge(environment: Environment, **_: Any) -> None:
    if environment.process_exit_code is not None or environment.parsed_options is None:
        return
    violations = list(find_violations(environment.stats, environment.parsed_options.p95_scale))
    for violation in violations:
        print(f"limit: {violation}", file=sys.stderr)
    environment.process_exit_code = 1 if violations else 0


class Shopper(FastHttpUser):
    """Looks for something, looks closer at some of it, and thinks a moment between two requests."""

    wait_time = between(0.5, 2.0)
    words: Words

    def on_start(self) -> None:
        self.seen: list[str] = []

    @task(5)
    def search(self) -> None:
        """Half of the shoppers name a brand too; half of those who find something narrow it down."""
        _, what = random.choice(self.words.categories)
        text = f"{random.choice(self.words.brands)} {what}" if random.random() < 0.5 else what
        found = self._ask("search", "/v1/search", q=text)
        if found and random.random() < 0.5:
            self._narrow(found, q=text)

    @task(3)
    def browse(self) -> None:
        slug, _ = random.choice(self.words.categories)
        found = self._ask("browse", "/v1/search", category=slug, sort=random.choice(("popularity", "newest")))
        if found and random.random() < 0.5:
            self._narrow(found, category=slug)

    @task(3)
    def type_a_word(self) -> None:
        """Suggestions at each of the first characters."""
        _, what = random.choice(self.words.categories)
        for length in range(1, min(KEYSTROKES, len(what)) + 1):
            self._ask("suggest", "/v1/suggest", q=what[:length])
            time.sleep(KEYSTROKE_S)

    @task(4)
    def open_product(self) -> None:
        """One of the last result; a shopper without any searches first."""
        if not self.seen:
            self.browse()
        if self.seen:
            self.client.get(f"/p/{random.choice(self.seen)}", name="product page")

    @task(2)
    def open_category(self) -> None:
        slug, _ = random.choice(self.words.categories)
        self.client.get(f"/c/{slug}", name="category page")

    def _narrow(self, found: dict[str, Any], **asked: str) -> None:
        """By a brand, an attribute or a price range that the result offers."""
        facets = found["facets"]
        chosen = dict(asked)
        if facets["brand"]:
            chosen["brand"] = random.choice(facets["brand"])["value"]
        if facets["attributes"] and random.random() < 0.5:
            attribute = random.choice(facets["attributes"])
            chosen[f"attr.{attribute['name']}"] = random.choice(attribute["values"])["value"]
        if facets["price"]["max"] is not None and random.random() < 0.5:
            chosen["price_max"] = str(facets["price"]["max"] // 2)
        self._ask("narrow by facets", "/v1/search", **chosen)

    def _ask(self, name: str, path: str, **parameters: str) -> dict[str, Any] | None:
        """The parsed answer, None for an error, which Locust counts."""
        with self.client.get(f"{path}?{urlencode(parameters)}", name=name, catch_response=True) as answer:
            if answer.status_code != 200:
                return None
            found: dict[str, Any] = answer.json()
        self.seen = [hit["id"] for hit in found.get("hits", ())] or self.seen
        return found
