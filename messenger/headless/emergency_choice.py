"""Emergency access as a patient decides it: opting in and out, and the keys that go with it."""

from __future__ import annotations

from typing import Final

from messenger.headless.account import Account
from messenger.headless.conversation import Conversation
from messenger.headless.conversations import Conversations
from messenger.headless.custodians import clinic_now, custodian_keys
from messenger.headless.directory import Directory
from messenger.headless.errors import HistoryRolledBack, ServiceRefused
from messenger.headless.identifiers import new_id
from messenger.protocol.consent_chain import ConsentChain
from messenger.protocol.emergency_key import is_spent
from messenger.protocol.emergency_shares import make_emergency_key
from messenger.protocol.encoding import b64u_encode
from messenger.protocol.errors import ChainRefused
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.kinds.emergency_choice import EmergencyOptInBody, EmergencyOptOutBody

_TRIES: Final = 5
_LOST_RACES: Final = frozenset({"chain_moved", "consent_moved", "wrong_readers"})


def opt_in(account: Account) -> int:
    """Lets two custodians together open what is written from now on; how many conversations have a key.

    Raises `ServiceRefused` (`nothing_changed`, …), `KeyChanged`, `ChainRefused`.
    """
    _choose(account, opted_in=True)
    return renew_emergency_keys(account)


def opt_out(account: Account) -> int:
    """Ends that, with a new epoch for each conversation that was sealed so; how many these were. Raises as `opt_in`."""
    return _choose(account, opted_in=False)


def renew_emergency_keys(account: Account) -> int:
    """Makes the keys that are missing, of a patient who has opted in; how many conversations have one.

    A clinic without custodians has none. Raises as `opt_in`.
    """
    conversations = Conversations.of(account)
    opened = (conversations.open(listed.conversation) for listed in conversations.list())
    renewed = [with_emergency_key(conversation).rotated_if_due() for conversation in opened]
    return sum(_is_escrowed(conversation) for conversation in renewed)


def with_emergency_key(conversation: Conversation) -> Conversation:
    """The conversation with an emergency key that stands, where its patient has opted in and it is the patient's own.

    What makes a new one due is a key that was used, or whose custodians were replaced, or none. Raises as `opt_in`.
    """
    account = conversation.account
    if conversation.control.patient != account.id or not conversation.consents.opted_in:
        return conversation
    for _ in range(_TRIES):
        custodians, standing = clinic_now(account).custodians, conversation.control.emergency
        if custodians is None:
            return conversation
        used = conversation.ground.state.used
        if standing is not None and not is_spent(standing, custodians, used):
            return conversation
        keys = custodian_keys(conversation.directory, custodians.keys)
        if {one: key.id for one, key in keys.items()} != dict(custodians.keys):
            raise ChainRefused("wrong_custodians", "A custodian has other keys than when the clinic named them.")
        made = make_emergency_key(conversation.id, new_id("emk", account.clock), custodians, keys)
        hashes = conversation.control.hashes
        request: JsonObject = {
            "statement": account.says(made.body, sequence=len(hashes), previous=hashes[-1]).as_json(),
            "boxes": {custodian: b64u_encode(box) for custodian, box in made.boxes.items()},
        }
        _try(account, f"/api/conversations/{conversation.id}/emergency-key", request)
        conversation = conversation.reload()
    raise HistoryRolledBack


def _choose(account: Account, *, opted_in: bool) -> int:
    directory = Directory(account)
    for _ in range(_TRIES):
        directory.forget()
        chain = directory.consents(account.id)
        body = EmergencyOptInBody(account.id) if opted_in else EmergencyOptOutBody(account.id)
        statement = account.says(body, sequence=len(chain.hashes), previous=chain.head)
        rotations = [] if opted_in else _without_keys(account, directory, chain, statement.hash)
        if _try(account, "/api/consents", {"statement": statement.as_json(), "rotations": [*rotations]}):
            account.save_pins()
            return len(rotations)
    raise HistoryRolledBack


def _without_keys(account: Account, directory: Directory, chain: ConsentChain, head: str) -> list[JsonObject]:
    """The next epoch of every conversation whose running one is sealed to an emergency key, without it."""
    conversations = Conversations(account, directory)
    rotations: list[JsonObject] = []
    for listed in conversations.list():
        conversation = conversations.open(listed.conversation)
        if _is_escrowed(conversation):
            rotation = conversation.next_epoch("removed", chain.terms, head, opted_in=False, blocked=chain.blocked)
            rotations.append({"conversation": conversation.id, **rotation})
    return rotations


def _is_escrowed(conversation: Conversation) -> bool:
    return any(reader.startswith("emk_") for reader in conversation.control.running.keys)


def _try(account: Account, path: str, request: JsonObject) -> bool:
    """Whether it was taken; a race that was lost is not, and the caller looks again."""
    try:
        account.api.post(path, request)
    except ServiceRefused as refused:
        if refused.code not in _LOST_RACES:
            raise
        return False
    return True
