"""What this person's clients have verified, so that nothing older or other is believed later (§4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from messenger.protocol.account_chain import AccountChain
from messenger.protocol.errors import ChainRefused
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.shape import Members

T = TypeVar("T")

PinVerdict = Literal["new", "same", "key_changed"]


@dataclass(frozen=True)
class AccountPin:
    """An account as last verified; `compared` once two people have compared its safety code."""

    head: str
    version: int
    signing: str
    sealing: str
    compared: bool

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {
            "head": self.head,
            "version": self.version,
            "signing": self.signing,
            "sealing": self.sealing,
            "compared": self.compared,
        }


@dataclass(frozen=True)
class TeamPin:
    """A team as last verified."""

    head: str
    generation: int

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {"head": self.head, "generation": self.generation}


@dataclass(frozen=True)
class ConversationPin:
    """A conversation as last verified: its control chain's head, running epoch, and newest message seen."""

    head: str
    epoch: int
    sequence: int

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {"head": self.head, "epoch": self.epoch, "sequence": self.sequence}


@dataclass(frozen=True)
class ConsentPin:
    """A patient's consent chain as last verified: its head and how far it went."""

    head: str
    sequence: int

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {"head": self.head, "sequence": self.sequence}


@dataclass(frozen=True)
class Pins:
    """The pin document."""

    clinic: str
    vault: int
    checkpoint: str | None
    accounts: Mapping[str, AccountPin] = field(default_factory=dict)
    teams: Mapping[str, TeamPin] = field(default_factory=dict)
    conversations: Mapping[str, ConversationPin] = field(default_factory=dict)
    consents: Mapping[str, ConsentPin] = field(default_factory=dict)

    def as_json(self) -> JsonObject:
        """The members as written, ids sorted."""
        return {
            "clinic": self.clinic,
            "accounts": {name: pin.as_json() for name, pin in sorted(self.accounts.items())},
            "teams": {name: pin.as_json() for name, pin in sorted(self.teams.items())},
            "conversations": {name: pin.as_json() for name, pin in sorted(self.conversations.items())},
            "consents": {name: pin.as_json() for name, pin in sorted(self.consents.items())},
            "vault": self.vault,
            "checkpoint": self.checkpoint,
        }

    @classmethod
    def parse(cls, document: JsonValue) -> Pins:
        """From an opened document; raises `EncodingRefused` (`bad_members`)."""
        members = Members(document)
        pins = cls(
            clinic=members.hash("clinic"),
            accounts=_mapping(members.mapping("accounts"), _account_pin),
            teams=_mapping(members.mapping("teams"), lambda m: TeamPin(m.hash("head"), m.integer("generation"))),
            conversations=_mapping(
                members.mapping("conversations"),
                lambda m: ConversationPin(m.hash("head"), m.integer("epoch", least=1), m.integer("sequence")),
            ),
            consents=_mapping(members.mapping("consents"), lambda m: ConsentPin(m.hash("head"), m.integer("sequence"))),
            vault=members.integer("vault", least=1),
            checkpoint=members.or_none("checkpoint", members.text),
        )
        members.close()
        return pins


def pin_account(chain: AccountChain, *, compared: bool = False) -> AccountPin:
    """The pin of an account as it is verified now."""
    current = chain.current
    return AccountPin(chain.head, current.version, current.signing.id, current.sealing.id, compared)


def judge_account(pin: AccountPin | None, chain: AccountChain) -> PinVerdict:
    """What a verified chain is beside its pin.

    `key_changed` stops sending until the person acknowledges it. Raises `ChainRefused` (`rolled_back`) when the chain
    no longer holds what was pinned: shorter, or with another statement in a pinned place. That is an alarm.
    """
    if pin is None:
        return "new"
    check_pinned_head(pin.head, chain.hashes)
    same = (pin.version, pin.signing, pin.sealing) == _keys(chain)
    return "same" if same else "key_changed"


def check_pinned_head(head: str | None, hashes: tuple[str, ...]) -> None:
    """Raises `ChainRefused` (`rolled_back`) unless a chain still holds the statement that was its head when pinned."""
    if head is not None and head not in hashes:
        raise ChainRefused("rolled_back", "The service shows an older or another history than you have seen before.")


def _keys(chain: AccountChain) -> tuple[int, str, str]:
    return chain.current.version, chain.current.signing.id, chain.current.sealing.id


def _account_pin(members: Members) -> AccountPin:
    return AccountPin(
        members.hash("head"),
        members.integer("version", least=1),
        members.hash("signing"),
        members.hash("sealing"),
        members.flag("compared"),
    )


def _mapping(found: Mapping[str, Members], read: Callable[[Members], T]) -> dict[str, T]:
    pins = {name: read(members) for name, members in found.items()}
    for members in found.values():
        members.close()
    return pins
