"""Custodians of emergency keys: named by the clinic, known to everybody by the clinic's own chain."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from messenger.headless.account import Account
from messenger.headless.directory import Directory
from messenger.headless.errors import HistoryRolledBack, KeyChanged
from messenger.headless.identifiers import now
from messenger.protocol.clinic_chain import ClinicChain, CustodianSet, verify_clinic_chain
from messenger.protocol.emergency_key import CustodianSets
from messenger.protocol.errors import ChainRefused
from messenger.protocol.kinds.custodians import Custodian, CustodiansBody
from messenger.protocol.rotation import EmergencyState
from messenger.protocol.sealing import SealingPublicKey
from messenger.protocol.shape import Members
from messenger.protocol.signers import known_account
from messenger.protocol.statement import Envelope, make_statement


@dataclass(frozen=True)
class EmergencyGround:
    """What a conversation's emergency keys are judged by: the clinic's sets, and which keys were used."""

    sets: CustodianSets
    state: EmergencyState

    @property
    def spending(self) -> tuple[CustodianSet | None, Collection[str]]:
        """What `is_spent` asks: the running set, and the keys that were used."""
        return self.state.custodians, self.state.used


NO_EMERGENCIES = EmergencyGround({}, EmergencyState())


def ground_of(account: Account, served: Members | None) -> EmergencyGround:
    """The ground that came with a control chain; raises `HistoryRolledBack`, `ChainRefused`."""
    if served is None:
        return NO_EMERGENCIES
    clinic = _verified(account, served.list("clinic", Envelope.parse))
    sets = {one.hash: one for one in clinic.custodian_sets}
    return EmergencyGround(sets, EmergencyState(clinic.custodians, served.ids("used", "emk")))


def clinic_now(account: Account) -> ClinicChain:
    """The clinic as of now; raises `HistoryRolledBack` where it is older than at sign-in."""
    return _verified(account, account.api.get("/api/clinic").list("statements", Envelope.parse))


def name_custodians(account: Account, directory: Directory, people: Collection[str]) -> CustodianSet:
    """Names a new set of at least three custodians in the clinic's word.

    Raises `NotTheKeyHolder`, `KeyChanged`, `ServiceRefused` (`custodians_unfit`, `chain_moved`), `ValueError`.
    """
    clinic, keys = clinic_now(account), custodian_keys(directory, people)
    named = tuple(Custodian(one, keys[one].id) for one in sorted(keys))
    statement = make_statement(
        CustodiansBody(clinic.clinic, 2, named),
        account=account.id,
        keys={"clinic": account.clinic_key()},
        time=now(account.clock),
        sequence=len(clinic.hashes),
        previous=clinic.head,
    )
    account.api.post("/api/clinic/custodians", {"statement": statement.as_json()})
    running = clinic_now(account).custodians
    if running is None or running.hash != statement.hash:
        raise HistoryRolledBack
    return running


def custodian_keys(directory: Directory, people: Collection[str]) -> dict[str, SealingPublicKey]:
    """Each custodian's sealing key of now.

    Raises `KeyChanged`; `ChainRefused` (`not_a_custodian`) for somebody of another role.
    """
    keys = {}
    for account in sorted(people):
        chain = known_account(directory.find, account)
        if chain.role != "custodian":
            raise ChainRefused("not_a_custodian", "Somebody named is no custodian.")
        if account in directory.changed:
            raise KeyChanged(account)
        keys[account] = chain.current.sealing
    return keys


def _verified(account: Account, statements: Sequence[Envelope]) -> ClinicChain:
    clinic = verify_clinic_chain(statements, account.clinic.key.id)
    if account.clinic.head not in clinic.hashes:
        raise HistoryRolledBack
    return clinic
