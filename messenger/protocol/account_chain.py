"""An account's chain: its invitation and every version of its keys (`docs/protocol.md` §3).

Whoever verifies it knows the account's id and the clinic's key from elsewhere. What was served can only fail to fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from messenger.protocol.chain import ChainWalk, refuse_empty
from messenger.protocol.clinic_chain import ClinicChain
from messenger.protocol.errors import ChainRefused
from messenger.protocol.keys import SigningPublicKey
from messenger.protocol.kinds.invitation import CARE_STAFF, InvitationBody, Role
from messenger.protocol.kinds.key import KeyBody
from messenger.protocol.sealing import SealingPublicKey
from messenger.protocol.statement import Envelope, Statement, peek_body, peek_signer, verify


@dataclass(frozen=True)
class KeyVersion:
    """One version of an account's keys."""

    version: int
    signing: SigningPublicKey
    sealing: SealingPublicKey
    since: str
    hash: str


@dataclass(frozen=True)
class AccountChain:
    """A verified account that has joined."""

    account: str
    clinic: str
    role: Role
    invitation: InvitationBody
    keys: tuple[KeyVersion, ...]
    hashes: tuple[str, ...]

    @property
    def current(self) -> KeyVersion:
        """The newest keys."""
        return self.keys[-1]

    @property
    def head(self) -> str:
        """The last statement's hash."""
        return self.hashes[-1]

    def key_with_signing_id(self, key_id: str) -> KeyVersion | None:
        """The version whose signing key has this id."""
        return next((key for key in self.keys if key.signing.id == key_id), None)

    def key_with_sealing_id(self, key_id: str) -> KeyVersion | None:
        """The version whose sealing key has this id."""
        return next((key for key in self.keys if key.sealing.id == key_id), None)


def verify_invitation(
    envelope: Envelope, account: str, clinic: ClinicChain, inviter: AccountChain | None
) -> Statement[InvitationBody]:
    """The invitation of `account` into `clinic`, signed by the clinic or, for a patient, by care staff of it.

    `inviter` is the verified chain of who signed with a key of their own, None where the clinic's key signed. Raises
    `ChainRefused` (`may_not_invite`, `wrong_account`, `wrong_clinic`) and what `verify` raises.
    """
    signer = peek_signer(envelope)
    by_clinic = signer.key == clinic.key.id
    key = clinic.key if by_clinic else _inviting_key(inviter, signer.key)
    statement = verify(envelope, InvitationBody, {"inviter": key})
    body = statement.body
    if statement.header.signer.account != body.inviter:
        raise ChainRefused("may_not_invite", "The inviter named is not the one who signed.")
    if not by_clinic and (inviter is None or inviter.account != body.inviter or body.role != "patient"):
        raise ChainRefused("may_not_invite", "Only the clinic's own key invites staff.")
    if body.account != account:
        raise ChainRefused("wrong_account", "This invitation is another account's.")
    if (body.clinic, body.clinic_key) != (clinic.clinic, clinic.key.id):
        raise ChainRefused("wrong_clinic", "This invitation is another clinic's.")
    return statement


def verify_account_chain(
    envelopes: Sequence[Envelope], account: str, clinic: ClinicChain, inviter: AccountChain | None = None
) -> AccountChain:
    """The account with this id, from its invitation to its newest keys.

    Raises `ChainRefused`: `empty_chain`, `not_joined` (an invitation alone), `broken_chain`, `wrong_account`,
    `wrong_clinic`, `may_not_invite`, `invitation_expired`, `key_reused`; and what `verify` raises.
    """
    refuse_empty(envelopes)
    invitation = verify_invitation(envelopes[0], account, clinic, inviter)
    walk = ChainWalk(f"account:{account}")
    walk.take(invitation.header, invitation.hash)
    keys: list[KeyVersion] = []
    for envelope in envelopes[1:]:
        if keys and walk.take_if_newer(envelope):
            continue
        keys.append(_take_key(walk, envelope, invitation.body, keys))
    if not keys:
        raise ChainRefused("not_joined", "This account was invited and has not joined.")
    body = invitation.body
    return AccountChain(account, body.clinic, body.role, body, tuple(keys), tuple(walk.hashes))


def _inviting_key(inviter: AccountChain | None, key_id: str) -> SigningPublicKey:
    key = inviter.key_with_signing_id(key_id) if inviter is not None and inviter.role in CARE_STAFF else None
    if key is None:
        raise ChainRefused("may_not_invite", "This invitation is signed by nobody who may invite.")
    return key.signing


def _take_key(
    walk: ChainWalk, envelope: Envelope, invitation: InvitationBody, keys: Sequence[KeyVersion]
) -> KeyVersion:
    """The next key statement: signed by the new key itself, and by the invitation or by the key before."""
    new_key = peek_body(envelope, KeyBody).signing_key
    vouching = {"previous": keys[-1].signing} if keys else {"invitation": invitation.public_key}
    statement = verify(envelope, KeyBody, {"self": new_key, **vouching})
    body, header = statement.body, statement.header
    walk.take(header, statement.hash)
    if (body.account, header.signer.account) != (invitation.account, invitation.account):
        raise ChainRefused("wrong_account", "This key is another account's.")
    if body.clinic != invitation.clinic:
        raise ChainRefused("wrong_clinic", "This key is for another clinic.")
    if body.version != len(keys) + 1:
        raise ChainRefused("broken_chain", "A version of the keys is missing.")
    if not keys and header.time >= invitation.expires:
        raise ChainRefused("invitation_expired", "This account joined after its invitation had expired.")
    if any(body.signing_key == key.signing or body.sealing_key == key.sealing for key in keys):
        raise ChainRefused("key_reused", "A key that was replaced has come back.")
    return KeyVersion(body.version, body.signing_key, body.sealing_key, header.time, statement.hash)
