"""The example search of `tanaban up`: a machine that is busy with its start must not end it."""

import pytest

from cli.example import print_example_search
from cli.output import Output
from core.settings import Settings
from tests.api.server import closed_port, serve


def test_a_search_that_fails_is_told_and_stops_nothing(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    down = settings.model_copy(update={"opensearch_url": f"http://127.0.0.1:{closed_port()}"})
    with serve(down) as client:
        print_example_search(str(client.base_url).rstrip("/"), Output())
    printed = "".join(capsys.readouterr())
    assert "For example:  curl" in printed
    assert "no answer yet: OpenSearch" in printed


def test_an_api_that_is_silent_is_told_and_stops_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    print_example_search(f"http://127.0.0.1:{closed_port()}", Output())
    assert "no answer yet: " in "".join(capsys.readouterr())
