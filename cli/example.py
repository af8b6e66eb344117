"""The search that `tanaban up` shows: the command to repeat it, and what it found."""

from urllib.parse import quote

from cli.output import Output
from stack.local_http import fetch_json

EXAMPLE = "ワイヤレスイヤホン"
SHOWN_HITS = 3


def print_example_search(api_url: str, output: Output) -> None:
    """One real search. Raises: OSError when the API does not answer."""
    _, answer = fetch_json(f"{api_url}/v1/search?q={quote(EXAMPLE)}&per_page={SHOWN_HITS}", timeout_s=10)
    output.say(f"For example:  curl -sG {api_url}/v1/search --data-urlencode 'q={EXAMPLE}'")
    output.say(f"  {answer['total']:,} products in {answer['took_ms']} ms")
    for hit in answer["hits"]:
        output.say(f"  {hit['price']:>9,} 円  {hit['name']}")
