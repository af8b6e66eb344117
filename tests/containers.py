"""The servers of docker-compose.yml for a test run, where a Docker engine answers."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.settings import Settings

PROJECT = Path(__file__).resolve().parent.parent
SERVICES = {"postgres": 5432, "opensearch": 9200, "valkey": 6379}


def is_docker_there() -> bool:
    """Whether the command line that testcontainers' compose needs is there and an engine answers it."""
    docker = shutil.which("docker")
    return docker is not None and subprocess.run([docker, "info"], capture_output=True, check=False).returncode == 0


@contextmanager
def run_servers(settings: Settings) -> Iterator[Settings]:
    """Start the three servers of docker-compose.yml on free ports; URLs that are set already stay."""
    from testcontainers.compose import DockerCompose

    compose = DockerCompose(
        PROJECT, env_file=str(PROJECT / "docker" / "tests.env"), services=list(SERVICES), build=True
    )
    with compose:
        at = {name: compose.get_service_host_and_port(name, port) for name, port in SERVICES.items()}
        urls = {
            "database_url": "postgresql://tanaban:tanaban@{}:{}/tanaban".format(*at["postgres"]),
            "opensearch_url": "http://{}:{}".format(*at["opensearch"]),
            "redis_url": "redis://{}:{}/0".format(*at["valkey"]),
        }
        missing = {name: url for name, url in urls.items() if getattr(settings, name) is None}
        yield settings.model_copy(update=missing)
