"""`tanaban relevance run` before it starts any server."""

from pathlib import Path

import pytest

from cli import relevance_commands
from cli.main import main
from cli.output import Output
from cli.relevance_commands import read_further


def test_pairs_that_lie_nowhere_are_left_out_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    usual = tmp_path / "pairs.tsv"
    monkeypatch.setattr(relevance_commands, "FURTHER_PAIRS", usual)

    assert read_further(usual, Output()) == ()
    assert str(usual) in capsys.readouterr().out


@pytest.mark.parametrize("option", ["--pairs", "--judgements", "--esci"])
def test_a_file_that_was_named_must_be_there(tmp_path: Path, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["relevance", "run", option, str(tmp_path / "none.tsv"), "--folder", str(tmp_path / "servers")])

    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "none.tsv" in said
    assert "cannot be read" in said
    assert not (tmp_path / "servers").exists()


def test_figures_of_another_catalog_are_no_release(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["relevance", "run", "--save", "--products", "500", "--folder", str(tmp_path / "servers")])

    assert ended.value.code == 2
    assert not (tmp_path / "servers").exists()
