"""Clinics and accounts as the clients see them: the stored chains, verified by the same rules, not the tables' word."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from messenger.accounts import store
from messenger.chains import service as chains
from messenger.errors import NotFound
from messenger.protocol.account_chain import AccountChain, verify_account_chain
from messenger.protocol.clinic_chain import ClinicChain, verify_clinic_chain
from messenger.protocol.keys import SigningPublicKey
from messenger.protocol.kinds.clinic import ClinicBody
from messenger.protocol.statement import Envelope, peek_body


def verified_clinic(session: Session, clinic: str) -> ClinicChain:
    """The clinic by its own chain. The server holds the chain itself, so its first key is the one to go by.

    Raises:
        NotFound: the clinic has not been founded.
    """
    envelopes = chains.list_statements(session, f"clinic:{clinic}")
    if not envelopes:
        raise NotFound
    return verify_clinic_chain(envelopes, peek_body(envelopes[0], ClinicBody).signing_key.id)


def verified_account(session: Session, account: str, appended: Sequence[Envelope] = ()) -> AccountChain:
    """The account by its chain with `appended` at its end, as every client will verify it.

    Raises:
        NotFound: nobody was invited under this id.
        ProtocolError: `appended` does not fit (`messenger.protocol.account_chain`).
    """
    invitation = store.find_invitation_of(session, account)
    if invitation is None:
        raise NotFound
    clinic = verified_clinic(session, invitation.clinic)
    envelopes = [*chains.list_statements(session, f"account:{account}"), *appended]
    return verify_account_chain(envelopes, account, clinic, inviting_account(session, clinic, invitation.inviter))


def inviting_account(session: Session, clinic: ClinicChain, inviter: str | None) -> AccountChain | None:
    """The verified chain of a member of staff who invites. Staff are invited by the clinic's key, so it ends here.

    None for the founder, who is invited before having joined.
    """
    if inviter is None or store.find_account(session, inviter) is None:
        return None
    return verify_account_chain(chains.list_statements(session, f"account:{inviter}"), inviter, clinic)


def current_signing_key(session: Session, account: str) -> SigningPublicKey:
    """The key that the account signs with now.

    Raises:
        NotFound: nobody has joined under this id.
    """
    return SigningPublicKey(store.get_account(session, account).signing_key)
