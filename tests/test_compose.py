"""docker-compose.yml as far as a machine without an engine can check it."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from core.settings import Settings
from stack.opensearch import CONFIGURATION as OPENSEARCH_CONFIGURATION
from stack.postgresql import FLAGS
from stack.versions import OPENSEARCH_VERSION, POSTGRESQL_MAJOR, VALKEY_MAJOR
from tests.containers import SERVICES

PROJECT = Path(__file__).resolve().parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
DOCKERFILE = (PROJECT / "Dockerfile").read_text()
OURS = ("setup", "api", "worker", "sync")


def services() -> dict[str, Any]:
    return dict(COMPOSE["services"])


def test_it_follows_the_compose_specification() -> None:
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        "docker-compose.yml",
    ]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_servers_are_those_of_the_embedded_stack() -> None:
    assert services()["postgres"]["image"] == f"postgres:{POSTGRESQL_MAJOR}"
    assert services()["valkey"]["image"] == f"valkey/valkey:{VALKEY_MAJOR}"
    assert f"FROM opensearchproject/opensearch:{OPENSEARCH_VERSION} AS opensearch\n" in DOCKERFILE
    assert "opensearch-plugin install --batch analysis-kuromoji" in DOCKERFILE


def test_postgresql_has_the_flags_of_the_embedded_one() -> None:
    command = services()["postgres"]["command"]
    assert "wal_level=logical" in command
    given = dict(argument.split("=") for argument in command if "=" in argument)
    assert given.items() <= FLAGS.items()


def test_opensearch_has_the_watermarks_of_the_embedded_one() -> None:
    embedded = {name: value for name, value in yaml.safe_load(OPENSEARCH_CONFIGURATION).items() if "watermark" in name}
    assert embedded.items() <= services()["opensearch"]["environment"].items()


def test_environment_names_are_settings() -> None:
    known = {f"TANABAN_{name.upper()}" for name in Settings.model_fields}
    for name in OURS:
        assert set(services()[name]["environment"]) <= known, name


def test_our_containers_get_the_addresses_of_the_servers() -> None:
    for name in OURS:
        environment = services()[name]["environment"]
        addresses = [environment[f"TANABAN_{kind}_URL"] for kind in ("DATABASE", "OPENSEARCH", "REDIS")]
        found = [re.search(r"//(?:.*@)?([a-z]+):(\d+)", address) for address in addresses]
        assert {(match[1], int(match[2])) for match in found if match} == set(SERVICES.items())


def test_the_api_listens_where_its_port_is_published() -> None:
    port = services()["api"]["environment"]["TANABAN_API_PORT"]
    assert services()["api"]["ports"] == [
        f"127.0.0.1:${{TANABAN_API_PORT:-{Settings.model_fields['api_port'].default}}}:{port}"
    ]


def test_every_port_is_bound_to_this_machine_only() -> None:
    ports = [port for service in services().values() for port in service.get("ports", ())]
    assert len(ports) == 4
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_server_has_a_health_check_that_others_wait_for() -> None:
    for name in SERVICES:
        assert services()["setup"]["depends_on"][name] == {"condition": "service_healthy"}
        assert services()[name]["healthcheck"]["test"]
    for name in ("api", "worker", "sync"):
        assert services()[name]["depends_on"] == {"setup": {"condition": "service_completed_successfully"}}


def test_every_package_is_copied_into_the_image() -> None:
    copied = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILE, re.MULTILINE))
    assert {path.parent.name for path in PROJECT.glob("*/__init__.py")} - {"tests"} == copied
