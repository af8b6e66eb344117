"""Our packages have short names at the top level; nothing that is installed beside them may have the same."""

import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
CONFIGURATION = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]


def top_level_packages() -> set[str]:
    return {name.split(".")[0] for name in CONFIGURATION["setuptools"]["packages"]}


def test_no_module_of_the_standard_library_has_one_of_our_names() -> None:
    assert not top_level_packages() & sys.stdlib_module_names


def test_no_other_installed_distribution_has_one_of_our_names() -> None:
    owners = packages_distributions()
    others = {name: set(owners.get(name, ())) - {"tanaban"} for name in top_level_packages() | {"tests"}}
    assert {name: owner for name, owner in others.items() if owner} == {}


def test_every_package_of_the_repository_is_installed() -> None:
    """A package that nobody lists is missing from the wheel, and works only in a checkout."""
    found = {
        ".".join(file.parent.relative_to(PROJECT).parts)
        for name in top_level_packages()
        for file in (PROJECT / name).rglob("__init__.py")
    }
    assert found == set(CONFIGURATION["setuptools"]["packages"])


def test_every_file_that_is_not_python_is_installed() -> None:
    """JSON, templates, word lists and lock files must match a pattern of package-data."""
    missing = []
    for package in sorted(top_level_packages()):
        for file in (PROJECT / package).rglob("*"):
            if file.is_file() and file.suffix not in {".py", ".pyc"} and not _is_package_data(file):
                missing.append(str(file.relative_to(PROJECT)))
    assert missing == []


def _is_package_data(file: Path) -> bool:
    return any(
        file in (PROJECT / package.replace(".", "/")).glob(pattern)
        for package, patterns in CONFIGURATION["setuptools"]["package-data"].items()
        for pattern in patterns
    )


def test_every_package_of_the_repository_is_type_checked() -> None:
    assert top_level_packages() | {"tests"} == set(CONFIGURATION["mypy"]["packages"])
