"""A patient's profile: written for whom their consents name, read by whom it was sealed to (`docs/protocol.md` §5)."""

from __future__ import annotations

from messenger.headless.account import Account
from messenger.headless.directory import Directory
from messenger.headless.errors import HistoryRolledBack, NotAMember, ServiceRefused
from messenger.headless.identifiers import now
from messenger.protocol.encoding import b64u_encode
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.kinds.consent import SCOPE_ALL
from messenger.protocol.kinds.profile import ProfileBody
from messenger.protocol.profile import Profile, encrypt_profile, open_profile
from messenger.protocol.rotation import current_keys, due_readers
from messenger.protocol.sealing import SealingKey
from messenger.protocol.signers import Signers
from messenger.protocol.statement import Envelope

_NOT_FOUND = 404


def write_profile(account: Account, directory: Directory, profile: Profile, version: int = 1) -> None:
    """Seals the next version to oneself and to whom one's consents name; raises `ServiceRefused`."""
    consents = directory.consents(account.id)
    due = due_readers(account.id, consents, directory.teams(), SCOPE_ALL, now(account.clock))
    new = encrypt_profile(profile, account.id, version, current_keys(due, directory.teams(), directory.find))
    request: JsonObject = {
        "statement": account.says(new.body).as_json(),
        "ciphertext": b64u_encode(new.ciphertext),
        "boxes": {reader: b64u_encode(box) for reader, box in new.boxes.items()},
    }
    account.api.put("/api/profile", request)


def read_profile(account: Account, directory: Directory, patient: str) -> Profile | None:
    """A patient's profile, in the patient's own word; None where there is none.

    Raises `NotAMember` if no box of it opens, `ServiceRefused`, `ProtocolError`.
    """
    found = _read(account, directory, patient)
    return None if found is None else found[1]


def reseal_profile(account: Account, directory: Directory) -> None:
    """Seals one's own profile anew where it is not sealed to exactly whom one's consents name now. Raises as above."""
    found = _read(account, directory, account.id)
    if found is None:
        return
    body, profile = found
    consents, teams = directory.consents(account.id), directory.teams()
    due = due_readers(account.id, consents, teams, SCOPE_ALL, now(account.clock))
    keys = current_keys(due, directory.teams(), directory.find)
    if {box.reader: box.key for box in body.boxes} != {reader: key.id for reader, key in keys.items()}:
        write_profile(account, directory, profile, body.version + 1)


def _read(account: Account, directory: Directory, patient: str) -> tuple[ProfileBody, Profile] | None:
    try:
        served = account.api.get(f"/api/patients/{patient}/profile")
    except ServiceRefused as refused:
        if refused.status == _NOT_FOUND:
            return None
        raise
    envelope, ciphertext = Envelope.parse(served.take("statement")), served.raw("ciphertext")
    boxes = served.raw_by_id("boxes", "acc", "tea")
    statement, signer = Signers(directory.find).verify(envelope, ProfileBody)
    body = statement.body
    if (body.patient, signer.account) != (patient, patient):
        raise HistoryRolledBack
    for listed in body.boxes:
        private = _private_key(account, directory, listed.reader, listed.key)
        if private is not None and listed.reader in boxes:
            return body, open_profile(body, ciphertext, listed.reader, private, boxes[listed.reader])
    raise NotAMember


def _private_key(account: Account, directory: Directory, reader: str, key_id: str) -> SealingKey | None:
    if reader == account.id:
        return account.vault.sealing_key(key_id)
    if reader in directory.teams():
        try:
            return directory.team_key(reader, key_id)
        except NotAMember:
            return None
    return None
