"""Documentation under test: what exists is documented, with its true default."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.metrics import MetricWrapperBase
from typer.core import TyperGroup

import core.errors
import core.limits
import core.metrics
from api.errors import status_of
from api.main import create_app
from cli.main import LazyCommand, build_cli
from core.errors import TanabanError
from core.settings import Settings

ROOT = Path(__file__).parent.parent.parent
SETTINGS = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
ERRORS = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
HTTP = (ROOT / "docs/http.md").read_text(encoding="utf-8")
CLI = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
DEPENDENCIES = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")


def default_of(name: str) -> str:
    default = Settings.model_fields[name].default
    return "" if default is None else str(list(default) if isinstance(default, tuple) else default)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    description = Settings.model_fields[name].description

    assert f"| `TANABAN_{name.upper()}` | {default_of(name)} | {description} |" in SETTINGS


@pytest.mark.parametrize("name", [name for name in vars(core.limits) if name.isupper()])
def test_every_limit_is_documented(name: str) -> None:
    assert f"| `{name}` | {getattr(core.limits, name):,} |" in SETTINGS


def error_classes(base: type[TanabanError] = TanabanError) -> list[type[TanabanError]]:
    return [base, *(found for child in base.__subclasses__() for found in error_classes(child))]


@pytest.mark.parametrize("error", error_classes(), ids=lambda error: error.__name__)
def test_every_error_is_documented_and_in_the_tree(error: type[TanabanError]) -> None:
    assert f"| `{error.code}` |" in ERRORS
    assert error.__name__ in str(core.errors.__doc__)


@pytest.mark.parametrize(
    "metric", [value for value in vars(core.metrics).values() if isinstance(value, MetricWrapperBase)], ids=str
)
def test_every_metric_is_documented(metric: MetricWrapperBase) -> None:
    assert f"| `{metric._name}" in OPERATIONS


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    direct = project["dependencies"] + [name for extra in project["optional-dependencies"].values() for name in extra]
    documented = {
        name.strip()
        for line in DEPENDENCIES.splitlines()
        if line.startswith("| ")
        for name in line.split("|")[1].split(", ")
    }

    assert documented - {"package", "---"} == set(direct)


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]

    assert broken == []


def test_every_endpoint_is_documented() -> None:
    app = create_app(Settings(database_url="postgresql://", opensearch_url="http://localhost", redis_url="redis://"))
    endpoints = {f"{method.upper()} {path}" for path, methods in app.openapi()["paths"].items() for method in methods}
    documented = set(re.findall(r"^\| `((?:GET|POST) /\S*)` \|", HTTP, re.MULTILINE))

    assert endpoints <= documented
    assert documented - endpoints <= {"GET /", "GET /search", "GET /c/{slug}", "GET /p/{product_id}", "GET /admin/"}


def test_every_error_code_has_its_status() -> None:
    documented = dict(re.findall(r"^\| `(\w+)` \| (\d+) \|", ERRORS, re.MULTILINE))

    assert documented == {error.code: str(status_of(error)) for error in error_classes()}


def commands(group: TyperGroup, path: str = "tanaban") -> Iterator[str]:
    for name, command in group.commands.items():
        whole = command.load() if isinstance(command, LazyCommand) else command
        if isinstance(whole, TyperGroup):
            yield from commands(whole, f"{path} {name}")
        else:
            yield f"{path} {name}"


def test_every_command_is_documented() -> None:
    documented = set(re.findall(r"^\| `(tanaban [\w ]+)` \|", CLI, re.MULTILINE))

    assert documented == set(commands(build_cli()))
