"""The search that `tanaban up` shows: the command to repeat it, and what it found."""

from http import HTTPStatus
from http.client import HTTPException
from urllib.parse import quote

from cli.output import Output
from stack.local_http import fetch_json

EXAMPLE = "ワイヤレスイヤホン"
SHOWN_HITS = 3


def print_example_search(api_url: str, output: Output) -> None:
    """One real search; on a machine that is busy with its start it may fail, which stops nothing."""
    output.say(f"For example:  curl -sG {api_url}/v1/search --data-urlencode 'q={EXAMPLE}'")
    try:
        status, answer = fetch_json(f"{api_url}/v1/search?q={quote(EXAMPLE)}&per_page={SHOWN_HITS}", timeout_s=10)
    except (OSError, HTTPException) as error:
        output.say(f"  no answer yet: {error}")
        return
    if status != HTTPStatus.OK:
        output.say(f"  no answer yet: {answer['message']}")
        return
    output.say(f"  {answer['total']:,} products in {answer['took_ms']} ms")
    for hit in answer["hits"]:
        output.say(f"  {hit['price']:>9,} 円  {hit['name']}")
