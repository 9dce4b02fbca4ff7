"""The headless client on the command line. Results are JSON on standard output; `messenger.cli` words the errors."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from messenger.clock import SystemClock
from messenger.headless.account import Account
from messenger.headless.api import Api
from messenger.headless.conversations import Conversations, ListedConversation
from messenger.headless.following import Follower
from messenger.headless.invitations import invite as make_invitation
from messenger.headless.joiner import Choices
from messenger.headless.joining import found, join
from messenger.headless.keystore import Keystore, default_path
from messenger.headless.reading import OpenedConversation, read_all
from messenger.headless.sending import Draft, Sender
from messenger.headless.signing_in import sign_in
from messenger.protocol.commitment import Card
from messenger.protocol.invitation import parse_link
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.kinds.invitation import ROLES
from messenger.protocol.message import Text

LANGUAGES: Final = ("en", "zh-Hans")

F = TypeVar("F", bound=Callable[..., None])


@dataclass(frozen=True)
class Door:
    """Which account at which service, and where this device keeps what it knows."""

    server: str
    name: str
    password_file: Path
    keystore: Path | None

    @property
    def password(self) -> str:
        """The first line of the password file."""
        return self.password_file.read_text(encoding="utf-8").split("\n", 1)[0].rstrip("\r")

    @property
    def keystore_path(self) -> Path:
        """The keystore that was named, or this account's own."""
        return self.keystore or default_path(self.server.rstrip("/"), self.name)

    @contextmanager
    def signed_in(self) -> Iterator[Account]:
        """Signs in, and ends the session afterwards; this device stays known."""
        api = Api(self.server)
        try:
            with Keystore(self.keystore_path) as keystore:
                account = sign_in(api, keystore, SystemClock(), self.name, self.password)
                try:
                    yield account
                    account.save_pins()
                finally:
                    api.post("/api/session/lock", {})
        finally:
            api.close()


def with_door(command: F) -> F:
    """The options that say which account."""

    @click.option("--server", required=True, help="The service's address, such as https://clinic.example.")
    @click.option("--name", required=True, help="The sign-in name.")
    @click.option(
        "--password-file",
        required=True,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="A file whose first line is the password.",
    )
    @click.option(
        "--keystore",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Where this device keeps its chain and what it has verified.",
    )
    @wraps(command)
    def opened(server: str, name: str, password_file: Path, keystore: Path | None, **options: Any) -> None:
        command(Door(server, name, password_file, keystore), **options)

    return opened  # type: ignore[return-value]  # click hands the options back as one argument


@click.command("sign-up")
@with_door
@click.option("--invitation", required=True, help="The link as it was handed over.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--card-name", help="A clinic's founder: the name that colleagues and patients see.")
@click.option("--card-credential", default="", help="A clinic's founder: such as 'Practice manager'.")
def sign_up(door: Door, invitation: str, language: str, card_name: str | None, card_credential: str) -> None:
    """Join with an invitation's link. Prints the recovery code, once."""
    link, api = parse_link(invitation), Api(door.server)
    choices = Choices(door.name, door.password, language)
    try:
        with Keystore(door.keystore_path) as keystore:
            if link.type == "f":
                card = Card(_required(card_name, "--card-name"), card_credential)
                joined = found(api, keystore, SystemClock(), link, choices, card)
            else:
                joined = join(api, keystore, SystemClock(), link, choices)
            account = joined.account
            api.post("/api/session/lock", {})
    finally:
        api.close()
    print_line(
        {
            "account": account.id,
            "clinic": account.clinic.clinic,
            "role": account.chain.role,
            "name": account.name,
            "recovery_code": joined.recovery_code,
        }
    )


@click.command()
@with_door
def conversations(door: Door) -> None:
    """List the conversations that this account reads, one on a line."""
    with door.signed_in() as account:
        rooms = Conversations.of(account)
        for listed in rooms.list():
            print_line(_line(rooms, listed))


@click.command()
@with_door
@click.option("--conversation", required=True, help="The conversation's id.")
@click.option("--text", required=True)
@click.option("--question", is_flag=True, help="Mark it as a question that waits for an answer.")
@click.option("--answers", multiple=True, metavar="ID", help="The question that it answers.")
@click.option("--acknowledges", multiple=True, metavar="ID", help="The message that it acknowledges.")
def send(
    door: Door,
    conversation: str,
    text: str,
    answers: tuple[str, ...],
    acknowledges: tuple[str, ...],
    *,
    question: bool,
) -> None:
    """Send a message; prints its id and sequence once the service has stored it for good."""
    draft = Draft(Text(text), "question" if question else "update", answers=answers, acknowledges=acknowledges)
    with door.signed_in() as account:
        sent = Sender().send(Conversations.of(account).open(conversation), draft)
    print_line({"id": sent.id, "sequence": sent.sequence})


@click.command()
@with_door
@click.option("--conversation", required=True, help="The conversation's id.")
@click.option("--follow", is_flag=True, help="Go on with what is written, until interrupted.")
def read(door: Door, conversation: str, *, follow: bool) -> None:
    """Print every message, one on a line: verified or not, and why not."""
    with door.signed_in() as account:
        opened = read_all(Conversations.of(account), conversation)
        try:
            for message in opened.thread().messages:
                print_line(message.as_json())
            opened.acknowledge()
            if follow:
                _follow(opened)
        finally:
            opened.leave()


@click.command()
@with_door
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--team", "teams", multiple=True, metavar="ID", help="A care team to join; a patient's first one reads.")
@click.option("--card-name", help="Staff: the name that colleagues and patients see.")
@click.option("--card-credential", default="", help="Staff: such as RN.")
def invite(door: Door, role: Any, teams: tuple[str, ...], card_name: str | None, card_credential: str) -> None:
    """Invite somebody; prints the link to hand over in person. It is kept nowhere else."""
    card = None if role == "patient" else Card(_required(card_name, "--card-name"), card_credential)
    with door.signed_in() as account:
        made = make_invitation(account, role, teams, card)
    print_line(
        {
            "invitation": made.invitation,
            "account": made.account,
            "link": made.link.text(),
            "expires": made.expires,
        }
    )


def _follow(opened: OpenedConversation) -> None:
    with Follower(opened) as follower:
        for message in follower.messages():
            print_line(message.as_json())
            opened.acknowledge()


def _line(rooms: Conversations, listed: ListedConversation) -> JsonObject:
    opened = rooms.open(listed.conversation)
    return {
        "conversation": listed.conversation,
        "patient": listed.patient,
        "name": opened.name,
        "last_sequence": listed.last_sequence,
        "read": listed.read,
        "open_questions": list(listed.open_questions),
    }


def _required(value: str | None, option: str) -> str:
    if not value:
        raise click.UsageError(f"Staff have a card: give {option}.")
    return value


def print_line(line: JsonObject) -> None:
    """Print a result, one JSON object on a line."""
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()
