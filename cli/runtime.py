"""Settings for a command: read, checked, and with running servers behind every URL."""

import os
from pathlib import Path

from pydantic import SecretStr, ValidationError

from core.errors import InvalidParameter
from core.logging import configure_logging
from core.settings import Settings
from stack.reporter import Reporter
from stack.state import resolve_home


def load_settings() -> Settings:
    """Settings of the environment.

    Raises: InvalidParameter, naming the variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(f"TANABAN_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
        raise InvalidParameter(f"Settings that cannot be used: {wrong}. See docs/settings.md.") from None


def settings_for_command(reporter: Reporter) -> Settings:
    """What a command that needs servers starts with: this home's stack, started where it does not run.

    Logs stay quiet (warnings) unless TANABAN_LOG_LEVEL says otherwise: the command itself tells what it does.

    Raises: InvalidParameter, StackError.
    """
    from stack.lifecycle import start_stack

    settings = load_settings()
    quiet = {} if "log_level" in settings.model_fields_set else {"log_level": "WARNING"}
    configure_logging(settings.model_copy(update=quiet))
    return start_stack(settings, reporter)


def ensure_admin_token(settings: Settings) -> tuple[Settings, Path | None]:
    """Settings with an admin token: that of the environment, else the one kept in home, made at the first call.

    Returns also the file it is kept in, None when it came from the environment.
    """
    if settings.admin_token is not None:
        return settings, None
    import secrets

    from stack.state import write_private

    file = resolve_home(settings) / "admin-token"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        write_private(file, secrets.token_urlsafe(32) + "\n")
    token = SecretStr(file.read_text().strip())
    return settings.model_copy(update={"admin_token": token}), file


def build_environment(settings: Settings) -> dict[str, str]:
    """Environment variables from which a child process reads these same settings."""
    changed = {
        "TANABAN_HOME": str(resolve_home(settings)),
        "TANABAN_DATABASE_URL": settings.database_url,
        "TANABAN_OPENSEARCH_URL": settings.opensearch_url,
        "TANABAN_REDIS_URL": settings.redis_url,
        "TANABAN_API_HOST": settings.api_host,
        "TANABAN_API_PORT": str(settings.api_port),
        "TANABAN_PUBLIC_URL": settings.public_url,
        "TANABAN_ADMIN_TOKEN": settings.admin_token.get_secret_value() if settings.admin_token else None,
    }
    return {**os.environ, **{name: value for name, value in changed.items() if value is not None}}
