"""Whose key signs in a chain: found among the accounts' verified keys, and never an older one again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from messenger.protocol.account_chain import AccountChain
from messenger.protocol.errors import ChainRefused
from messenger.protocol.statement import Body, Envelope, Statement, peek_signer, verify

Accounts = Callable[[str], AccountChain | None]
"""The verified chain of an account, or None where it is not known."""

B = TypeVar("B", bound=Body)


@dataclass
class Signers:
    """Who has signed in one chain so far, and with which version of their keys."""

    accounts: Accounts
    versions: dict[str, int] = field(default_factory=dict)

    def verify(self, envelope: Envelope, body_type: type[B], by: str = "self") -> tuple[Statement[B], AccountChain]:
        """The statement and who signed it, in the place that its kind calls `by`.

        Raises `ChainRefused` (`unknown_signer`; `retired_key` for a key older than one the same account has already
        signed with in this chain) and what `verify` raises.
        """
        signer = peek_signer(envelope)
        account = self.accounts(signer.account) if signer.account is not None else None
        key = account.key_with_signing_id(signer.key) if account is not None else None
        if account is None or key is None:
            raise ChainRefused("unknown_signer", "This statement is signed by nobody whose keys are known.")
        statement = verify(envelope, body_type, {by: key.signing})
        if key.version < self.versions.get(account.account, 0):
            raise ChainRefused("retired_key", "This statement is signed with keys that had been replaced.")
        self.versions[account.account] = key.version
        return statement, account


def known_account(accounts: Accounts, account: str) -> AccountChain:
    """The account's chain; raises `ChainRefused` (`unknown_account`)."""
    chain = accounts(account)
    if chain is None:
        raise ChainRefused("unknown_account", "This names an account whose keys are not known.")
    return chain
