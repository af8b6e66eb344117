"""`tanaban serve`: the API and the storefront in this process, until SIGTERM or Ctrl-C."""

import os

import typer

from cli.output import Output
from cli.runtime import build_environment, ensure_admin_token, settings_for_command

app = typer.Typer(add_completion=False)


@app.command()
def serve() -> None:
    """Run the API and the storefront on TANABAN_API_HOST:TANABAN_API_PORT."""
    import uvicorn

    settings, token_file = ensure_admin_token(settings_for_command(Output()))
    os.environ.update(build_environment(settings))  # the application reads its settings from there
    if token_file:
        Output().say(f"Admin token: {token_file}")
    uvicorn.run(
        "api.main:app_from_environment",
        factory=True,
        host=settings.api_host,
        port=settings.api_port,
        access_log=False,  # the application logs each request itself, as JSON
        log_config=None,
    )
