"""The command line. Results are JSON on standard output, errors one line of JSON on standard error.

Exit codes: 0 done, 1 refused or not verified, 2 wrong usage or settings, 3 unreachable.
"""

import json
import os
import secrets
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Final

import click
import requests

from config import Settings, SettingsError
from messenger.db import AnotherServerRuns
from messenger.errors import BetweenError
from messenger.merkle.errors import MerkleError
from messenger.own_process import StartFailed
from messenger.protocol.errors import ProtocolError

REFUSED, USAGE, UNREACHABLE = 1, 2, 3

VERBS: Final[Mapping[str, tuple[str, str]]] = {
    "clinic": ("messenger.teams.commands", "clinic"),
    "consent": ("messenger.headless.consent_file_commands", "consent"),
    "conversations": ("messenger.headless.commands", "conversations"),
    "emergency": ("messenger.headless.emergency_commands", "emergency"),
    "invite": ("messenger.headless.commands", "invite"),
    "log": ("messenger.auditor.commands", "log_commands"),
    "read": ("messenger.headless.commands", "read"),
    "send": ("messenger.headless.commands", "send"),
    "sign-up": ("messenger.headless.commands", "sign_up"),
}
"""Where each verb stands: only the one that is asked for is loaded, for loading all of them takes most of a second."""


class _Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *VERBS])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return super().get_command(ctx, cmd_name)
        module, name = VERBS[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def commands() -> None:
    """Between: end-to-end encrypted messaging between a patient and their care team."""


@commands.command()
def serve() -> None:
    """Migrate the database, then serve in the foreground; prints `ready URL` once it does."""
    from messenger import nodes, serving  # the command line starts fast; only this verb needs the server

    settings = Settings.from_env()
    if settings.nodes > 1:
        sys.exit(nodes.serve_nodes(settings))
    serving.serve(settings)


@commands.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of a table.")
def routes(*, as_json: bool) -> None:
    """List every endpoint and socket event with its guard."""
    from messenger.app import create_app, declared_doors  # as above

    # Nothing is served or sealed here, so a listing needs no secret of a real service.
    doors = declared_doors(create_app(Settings.from_env({"SECRET_KEY": secrets.token_hex(32), **os.environ})))
    if as_json:
        listed = [
            {
                "kind": door.kind,
                "name": door.name,
                "methods": list(door.methods),
                "rule": door.rule,
                "guard": door.guard,
            }
            for door in doors
        ]
        click.echo(json.dumps({"version": 1, "doors": listed}, indent=1))
        return
    for door in doors:
        click.echo(f"{door.guard:<14} {','.join(door.methods) or door.kind:<7} {door.rule or door.name}")


def main(arguments: list[str] | None = None) -> None:
    """Run a command; every foreseen failure is one line and an exit code, never a traceback."""
    try:
        commands.main(arguments, prog_name="python -m messenger", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(USAGE)
    except click.Abort:
        sys.exit(REFUSED)
    except Exception as error:
        failure = described(error)
        if failure is None:
            raise
        code, name, sentence = failure
        click.echo(json.dumps({"error": {"code": name, "message": sentence}}, ensure_ascii=False), err=True)
        sys.exit(code)


def described(error: Exception) -> tuple[int, str, str] | None:
    """Exit code, stable code and sentence of a foreseen failure; None for a fault of ours: it keeps its traceback."""
    match error:
        case click.ClickException():
            return USAGE, "wrong_usage", error.format_message()
        case SettingsError():
            return USAGE, "wrong_setting", str(error)
        case AnotherServerRuns():
            return REFUSED, "another_server_runs", str(error)
        case StartFailed():
            return REFUSED, "start_failed", str(error)
        case BetweenError():
            return REFUSED, error.code, error.sentence
        case ProtocolError() | MerkleError():
            return REFUSED, error.code, str(error)
        case requests.ConnectionError() | requests.Timeout():
            return UNREACHABLE, "unreachable", "The service could not be reached."
    return None
