"""Reading in an emergency: two shares combined, the conversation verified, and only what that key opens (§5)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from messenger.headless.custodians import ground_of
from messenger.headless.emergency import Emergencies, Known
from messenger.headless.errors import NotAMember
from messenger.headless.identifiers import now
from messenger.headless.thread import Served, Thread, judged, thread_of
from messenger.protocol.control_chain import ControlChain, verify_control_chain
from messenger.protocol.emergency_shares import combine_shares, open_release
from messenger.protocol.epoch import open_epoch
from messenger.protocol.errors import ProtocolError
from messenger.protocol.json_strict import JsonValue
from messenger.protocol.kinds.access import NONCE_BYTES, OpenBody
from messenger.protocol.sealing import SealingKey
from messenger.protocol.shape import Members
from messenger.protocol.signers import known_account
from messenger.protocol.statement import Envelope
from messenger.protocol.verdict import Reading


@dataclass(frozen=True)
class Escrowed:
    """A conversation as an emergency key opens it."""

    conversation: str
    messages: dict[int, Served]
    keys: dict[int, bytes] = field(repr=False)

    def thread(self) -> Thread:
        """Everything served, judged."""
        served = [self.messages[sequence] for sequence in sorted(self.messages)]
        return thread_of(self.conversation, served, whole=False)


def open_emergency(emergencies: Emergencies, emergency: str) -> Escrowed:
    """Opens the conversation that an emergency is about, on the record, and fetches what of it is escrowed.

    Raises `ServiceRefused` (`emergency_over`), `OpeningFailed` (`wrong_commitment`), `ChainRefused`.
    """
    known, account = emergencies.look(emergency), emergencies.account
    private = emergency_private_key(emergencies, known)
    request = known.emergency.request
    body = OpenBody(account.id, account.device, request.conversation, "read", secrets.token_bytes(NONCE_BYTES))
    answer = account.api.post(f"/api/emergencies/{emergency}/open", {"statement": account.says(body).as_json()})
    reading = _reading(emergencies, known, private, answer)
    messages: dict[int, Served] = {}
    _keep(messages, answer, reading)
    while messages and min(messages) > 1:
        older = account.api.get(f"/api/emergencies/{emergency}/messages", before=min(messages))
        if not _keep(messages, older, reading):
            break
    return Escrowed(request.conversation, messages, dict(reading.epoch_keys))


def emergency_private_key(emergencies: Emergencies, known: Known) -> SealingKey:
    """The emergency key of two released shares; raises `NotAMember` with fewer, `OpeningFailed`."""
    request = known.emergency.request
    private = emergencies.account.vault.sealing_key(request.key)
    if private is None or known.emergency.opened is None:
        raise NotAMember
    shares = [
        open_release(request, release.body, private, known.release_boxes[release.body.custodian])
        for release in known.emergency.releases
    ]
    return combine_shares(known.key, shares)


def _reading(emergencies: Emergencies, known: Known, private: SealingKey, answer: Members) -> Reading:
    account, directory, request = emergencies.account, emergencies.directory, known.emergency.request
    served = answer.object("control")
    statements = served.list("statements", Envelope.parse)
    patient = known_account(directory.find, request.patient)
    consents = directory.admit_consents(patient, answer.list("consents", Envelope.parse))
    sets = ground_of(account, served.or_none_object("emergency")).sets
    judged_by = (consents, directory.teams(), directory.find, sets)
    control = verify_control_chain(statements, request.conversation, *judged_by)
    keys = {}
    for box in served.list("boxes", Members):
        number, reader = box.integer("epoch", least=1), box.id("reader", "emk")
        key = _open(control, number, reader, private, box.raw("box")) if reader == request.emergency_key else None
        if key is not None:
            keys[number] = key
    return Reading(control, consents, directory.teams(), directory.find, now(account.clock), keys)


def _open(control: ControlChain, number: int, reader: str, private: SealingKey, box: bytes) -> bytes | None:
    link = control.link_of(number)
    try:
        return None if link is None else open_epoch(control.conversation, link.epoch, reader, private, box)
    except ProtocolError:
        return None


def _keep(messages: dict[int, Served], answer: Members, reading: Reading) -> bool:
    """Whether anything new came."""
    before, served = len(messages), answer.list("messages", _as_it_is)
    for message in served:
        one = judged(message, reading)
        messages.setdefault(one.sequence, one)
    return len(messages) > before


def _as_it_is(value: JsonValue) -> JsonValue:
    return value
