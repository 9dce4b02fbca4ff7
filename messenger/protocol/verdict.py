"""What a reader concludes from one message (`docs/protocol.md` §6): verified, or not and why. Nothing in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal

from messenger.protocol.account_chain import AccountChain
from messenger.protocol.ask import Ask
from messenger.protocol.consent_chain import ConsentChain
from messenger.protocol.control_chain import ControlChain, covers
from messenger.protocol.encoding import parse_time
from messenger.protocol.errors import OpeningFailed, ProtocolError, SignatureRefused
from messenger.protocol.link import Link
from messenger.protocol.message import Body, Header, Message, parse_header, read_body
from messenger.protocol.signers import Accounts
from messenger.protocol.team_chain import Teams

MAX_CLOCK_SKEW: Final = timedelta(minutes=10)

Reason = Literal[
    "malformed",
    "newer_version",
    "wrong_conversation",
    "unknown_key",
    "bad_signature",
    "wrong_epoch",
    "not_a_member",
    "future_time",
    "erased",
    "waiting_for_key",
    "cannot_decrypt",
    "forked",
    "replayed",
    "not_the_author",
]


@dataclass(frozen=True)
class Verified:
    """A message that its sender wrote, here, as a reader of this conversation."""

    header: Header
    body: Body
    hash: str
    withdrawals: int
    """How much had been withdrawn from this conversation at the consent head that the sender had seen."""


@dataclass(frozen=True)
class Unverified:
    """A message of which that cannot be said. `header` and `hash` stand there only if its signature was verified, and
    `withdrawals` only if the consent head that it names stands in the patient's chain.
    """

    reason: Reason
    header: Header | None = None
    hash: str | None = None
    withdrawals: int | None = None


Verdict = Verified | Unverified


@dataclass(frozen=True)
class Reading:
    """What a reader has verified about a conversation before it looks at messages."""

    control: ControlChain
    consents: ConsentChain
    teams: Teams
    accounts: Accounts
    now: str
    """The later of the reader's clock and the newest verified log time."""
    epoch_keys: Mapping[int, bytes] = field(repr=False)


def judge(message: Message, reading: Reading) -> Verdict:
    """The verdict on one message, whatever its neighbours: continuity is `device_chain`'s to judge."""
    try:
        header = parse_header(message.header)
    except ProtocolError as refused:
        return Unverified("newer_version" if refused.code == "newer_version" else "malformed")
    if header.conversation != reading.control.conversation:
        return Unverified("wrong_conversation")
    sender = reading.accounts(header.sender)
    key = None if sender is None else sender.key_with_signing_id(header.key)
    if sender is None or key is None:
        return Unverified("unknown_key")
    try:
        message.verify(key.signing)
    except SignatureRefused:
        return Unverified("bad_signature")
    withdrawals = _withdrawals(header, reading)
    if withdrawals is None:
        return Unverified("wrong_epoch", header, message.hash)
    found = _misplaced(header, sender, reading) or _open(message, header, reading)
    if isinstance(found, str):
        return Unverified(found, header, message.hash, withdrawals)
    return Verified(header, found, message.hash, withdrawals)


def aims_at_own(header: Header, target: Header | None) -> bool:
    """Whether what a message corrects or takes back is its own sender's; a target not loaded yet cannot be judged and
    counts as its own until it is.
    """
    if header.corrects is None and header.takes_back is None:
        return True
    return target is None or target.sender == header.sender


def _misplaced(header: Header, sender: AccountChain, reading: Reading) -> Reason | None:
    link = reading.control.link_of(header.epoch)
    if link is None or not _heads_agree(header, link, reading):
        return "wrong_epoch"
    if not covers(link.keys, header.sender, reading.teams, header.time):
        return "not_a_member"
    version = sender.key_with_signing_id(header.key)
    replaced = [key for key in sender.keys if version is not None and key.version > version.version]
    if replaced and replaced[0].since <= header.time:
        return "unknown_key"
    return "future_time" if parse_time(header.time) - parse_time(reading.now) > MAX_CLOCK_SKEW else None


def _withdrawals(header: Header, reading: Reading) -> int | None:
    """How much had been withdrawn at the message's consent head; None where the patient's chain does not hold it."""
    try:
        return reading.consents.withdrawals(header.consent_head, header.conversation)
    except ProtocolError:
        return None


def _heads_agree(header: Header, link: Link, reading: Reading) -> bool:
    """The control head named is one at which this epoch ran; the consent head named is no older than the link's."""
    if reading.control.running_at(header.control_head) != link:
        return False
    return reading.consents.place_of(header.consent_head) >= reading.consents.place_of(link.consent_head)


def _open(message: Message, header: Header, reading: Reading) -> Body | Reason:
    if message.ciphertext is None:
        return "erased"
    if header.epoch not in reading.epoch_keys:
        return "waiting_for_key"
    try:
        body = read_body(message, header, reading.epoch_keys[header.epoch])
    except OpeningFailed:
        return "cannot_decrypt"
    except ProtocolError as refused:
        return "newer_version" if refused.code == "newer_version" else "malformed"
    # A patient decides about readers and asks nobody for them.
    return "malformed" if isinstance(body, Ask) and header.sender == reading.control.patient else body
