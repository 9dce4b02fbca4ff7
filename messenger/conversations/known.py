"""What one batch of the writer needs to know, gathered in as few queries as can be, whatever its size."""

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from messenger.accounts import standing
from messenger.accounts.standing import Standing
from messenger.bulk import Reads
from messenger.chains import service as chains
from messenger.consent import service as consent
from messenger.conversations import batch_store
from messenger.conversations.sending import PutReceipt, Send, Work
from messenger.protocol.encoding import b64u_encode
from messenger.protocol.kinds.consent import ConsentBody
from messenger.protocol.members import members
from messenger.roles import Role
from messenger.teams import service as teams

_PATIENTS_KEPT: Final = 4096

_STATE: Final = Reads(
    batch_store.STORED,
    batch_store.DEVICE_HEADS,
    batch_store.RECEIPTS,
    chains.HEADS,
    standing.RUNNING,
    teams.MEMBERSHIPS,
)


@dataclass(slots=True)
class Place:
    """A conversation as the batch goes on; its row is locked. `moved` once a message was taken into it."""

    conversation: str
    clinic: str
    patient: str
    control_head: bytes
    epoch: int
    epoch_place: int
    last_sequence: int
    emergency: str | None
    epoch_over: bool
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """A message that is stored, as far as later ones need to know it. `hash` is 32 bytes."""

    conversation: str
    sender: str
    sequence: int
    received: datetime
    hash: bytes


@dataclass(frozen=True, slots=True)
class PatientConsents:
    """A patient's consents as of their chain's head."""

    head: str
    consents: tuple[ConsentBody, ...]
    blocked: frozenset[str]


class ConsentCache:
    """Parsed consents by patient, good for as long as the chain's head is the one they were read at."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, PatientConsents] = OrderedDict()

    def read(
        self, session: Session, patients: Collection[str], heads: Mapping[str, chains.Head]
    ) -> dict[str, PatientConsents]:
        """The consents of these patients at these heads of their chains; who has consented to nothing is left out."""
        found = {}
        for patient in patients:
            head = heads.get(consent_chain(patient))
            if head is not None:
                found[patient] = self._at_head(session, patient, head.hash)
        return found

    def _read(self, session: Session, patient: str, head: str) -> PatientConsents:
        return PatientConsents(head, consent.consents_of(session, patient), consent.blocked_of(session, patient))

    def _at_head(self, session: Session, patient: str, head: str) -> PatientConsents:
        kept = self._kept.get(patient)
        if kept is None or kept.head != head:
            kept = self._kept[patient] = self._read(session, patient, head)
        self._kept.move_to_end(patient)
        if len(self._kept) > _PATIENTS_KEPT:
            self._kept.popitem(last=False)
        return kept


@dataclass(slots=True)
class Known:
    """The state that a batch is decided on; `stored`, `device_heads` and `receipts` grow as it goes on."""

    at: datetime
    instant: str
    places: dict[str, Place]
    stored: dict[str, Stored]
    standing: dict[str, Standing]
    consents: dict[str, PatientConsents]
    teams: dict[str, set[str]]
    device_heads: dict[tuple[str, str], tuple[int, bytes]]
    receipts: dict[tuple[str, str], tuple[int, int]]
    chain_places: dict[tuple[str, str], int | None]

    def readers(self, place: Place) -> tuple[str, ...]:
        """Whom the patient lets read here: people and teams, and an emergency key that stands."""
        known = self.consents.get(place.patient)
        consents = () if known is None else known.consents
        return members(place.patient, consents, place.conversation, self.instant, place.emergency)

    def may_read(self, account: str, place: Place) -> bool:
        """Whether the account, or a team of its, is a reader, and the patient does not keep it from reading."""
        known = self.consents.get(place.patient)
        if known is not None and account in known.blocked:
            return False
        readers = self.readers(place)
        return account in readers or not self.teams.get(account, set()).isdisjoint(readers)


def gather(session: Session, work: Sequence[Work], consents: ConsentCache, at: datetime, instant: str) -> Known:
    """Lock the conversations that the work is about, then read everything it is decided on."""
    sends = [item for item in work if isinstance(item, Send)]
    places = _lock(session, {_conversation(item) for item in work})
    patients = {place.patient for place in places.values()}
    asked = {
        "messages": _messages(sends),
        "written": {send.header.conversation for send in sends},
        "read": {item.conversation for item in work if isinstance(item, PutReceipt)},
        "chains": [consent_chain(patient) for patient in patients],
        **standing.parameters_of({item.caller.session for item in work}, at),
        **teams.memberships_asked({item.caller.account for item in work if item.caller.role is not Role.PATIENT}, at),
    }
    stored, devices, receipts, heads, running, memberships = _STATE.run(session.connection(), asked)
    known = Known(
        at=at,
        instant=instant,
        places=places,
        stored={message: Stored(*rest) for message, *rest in stored},
        standing=standing.standing_of(running),
        consents=consents.read(session, patients, chains.heads_of(heads)),
        teams=teams.teams_of_each(memberships),
        device_heads={(conversation, device): (*head,) for conversation, device, *head in devices},
        receipts={(conversation, account): (*so_far,) for conversation, account, *so_far in receipts},
        chain_places={},
    )
    known.chain_places = _chain_places(session, sends, known)
    return known


def consent_chain(patient: str) -> str:
    """The chain of a patient's consents."""
    return f"consent:{patient}"


def _lock(session: Session, conversations: Collection[str]) -> dict[str, Place]:
    rows = batch_store.lock_conversations(session.connection(), sorted(conversations))
    return {row.conversation: Place(*row) for row in rows}


def _conversation(item: Work) -> str:
    return item.header.conversation if isinstance(item, Send) else item.conversation


def _messages(sends: Sequence[Send]) -> set[str]:
    """The ids of the messages, and of those that they correct or take back."""
    ids = {send.header.id for send in sends}
    ids.update(aim for send in sends for aim in (send.header.corrects, send.header.takes_back) if aim is not None)
    return ids


def _chain_places(session: Session, sends: Sequence[Send], known: Known) -> dict[tuple[str, str], int | None]:
    """Where the heads that messages name stand in their chains; the newest ones, which most name, need no query."""
    named: set[tuple[str, str]] = set()
    for send in sends:
        place = known.places.get(send.header.conversation)
        if place is None:
            continue
        if send.header.control_head != b64u_encode(place.control_head):
            named.add((f"conversation:{place.conversation}", send.header.control_head))
        consents = known.consents.get(place.patient)
        if consents is None or send.header.consent_head != consents.head:
            named.add((consent_chain(place.patient), send.header.consent_head))
    return {(chain, head): chains.place_of(session, chain, head) for chain, head in named}
