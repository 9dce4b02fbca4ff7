"""A patient's consents at hand: what their client signs when they let somebody read, on other terms, or no longer."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from typing import Any

from werkzeug.test import TestResponse

from messenger.protocol.encoding import format_time
from messenger.protocol.history import make_history
from messenger.protocol.kinds.block import BlockBody, UnblockBody
from messenger.protocol.kinds.consent import ConsentBody, ConsentChangeBody, ConsentRevocationBody
from messenger.protocol.sealing import SealingPublicKey
from messenger.protocol.statement import Body, Envelope, peek_body
from tests.cast import House, answered
from tests.factories import PersonAtHand, new_id
from tests.talk import Talk, link


@dataclass
class Consents:
    """The consents of a patient whose only conversation is `talk`."""

    talk: Talk
    head: str
    place: int
    given: dict[str, ConsentBody] = field(default_factory=dict)

    @property
    def patient(self) -> PersonAtHand:
        return self.talk.patient

    @property
    def house(self) -> House:
        return self.talk.house

    def giving(self, grantee: str, **terms: Any) -> Envelope:
        """A consent on wide terms from ten minutes ago on, but for what is said otherwise."""
        body = self._body(**{"consent": new_id("cns"), "grantee": grantee, **terms})
        return self._says(body)

    def changing(self, consent: str, **terms: Any) -> Envelope:
        """Other terms for a consent; those that are not named stay."""
        now = self.given[consent]
        members = {one.name: getattr(now, one.name) for one in fields(ConsentChangeBody)}
        return self._says(ConsentChangeBody(**{**members, **terms}))

    def revoking(self, consent: str) -> Envelope:
        """The end of a consent."""
        return self._says(ConsentRevocationBody(consent, self.patient.account))

    def blocking(self, person: PersonAtHand) -> Envelope:
        """That somebody reads nothing, whatever was consented to."""
        return self._says(BlockBody(self.patient.account, person.account))

    def unblocking(self, person: PersonAtHand) -> Envelope:
        """That they read again what was consented to."""
        return self._says(UnblockBody(self.patient.account, person.account))

    def rotation(self, envelope: Envelope, readers: Mapping[str, SealingPublicKey]) -> dict[str, Any]:
        """The conversation's next epoch for these readers, under what the envelope decides."""
        epoch = self.talk.next_epoch(readers)
        return {
            "conversation": self.talk.conversation,
            **self.talk.rotation(self.patient, epoch, consent_head=envelope.hash, reason="added"),
            "epoch": epoch,
        }

    def send(self, envelope: Envelope, *rotations: Mapping[str, Any], by: PersonAtHand | None = None) -> TestResponse:
        """Send a decision, whatever comes of it."""
        travelling = [{name: item for name, item in one.items() if name != "epoch"} for one in rotations]
        body = {"statement": envelope.as_json(), "rotations": travelling}
        return self.house.call("POST", "/api/consents", body, by=by or self.patient)

    def decide(self, envelope: Envelope, readers: Mapping[str, SealingPublicKey] | None = None) -> str:
        """Send a decision well, with the conversation's next epoch where there are readers; the consent's id."""
        rotations = [] if readers is None else [self.rotation(envelope, readers)]
        assert answered(self.send(envelope, *rotations)) == {"head": envelope.hash}
        self.head, self.place, self.talk.consent_head = envelope.hash, self.place + 1, envelope.hash
        for rotation in rotations:
            self.talk.moved(rotation, rotation["epoch"])
        return self._note(envelope)

    def let_read(self, person: PersonAtHand, **terms: Any) -> str:
        """Let somebody read beside the team, from a new epoch on; the consent's id."""
        readers = {**self.talk.readers(), person.account: person.sealing_public}
        return self.decide(self.giving(person.account, **terms), readers)

    def take_back(self, consent: str) -> None:
        """End a consent and lock its grantee out with a new epoch for everybody else."""
        self.decide(self.revoking(consent), self.talk.readers())

    def _note(self, envelope: Envelope) -> str:
        if envelope.type.endswith(".consent.v1+json"):
            body = peek_body(envelope, ConsentBody)
            self.given[body.consent] = body
            return body.consent
        if envelope.type.endswith(".consent-change.v1+json"):
            change = peek_body(envelope, ConsentChangeBody)
            self.given[change.consent] = change.applied_to(self.given[change.consent])
            return change.consent
        if envelope.type.endswith("block.v1+json"):
            return ""
        return peek_body(envelope, ConsentRevocationBody).consent

    def _body(self, **changed: Any) -> ConsentBody:
        members = {
            "patient": self.patient.account,
            "clinic": self.patient.clinic,
            "scope": "all",
            "purpose": "treatment",
            "history": "none",
            "history_from": None,
            "not_before": format_time(self.house.clock.now() - timedelta(minutes=10)),
            "until": None,
            "may_open": False,
        }
        return ConsentBody(**{**members, **changed})

    def _says(self, body: Body) -> Envelope:
        return self.patient.says(body, sequence=self.place + 1, previous=self.head)


def consents_of(talk: Talk) -> Consents:
    """The consents as they are after joining: one, to the team."""
    return Consents(talk, talk.consent_head, 0)


def history(
    talk: Talk,
    by: PersonAtHand,
    reader: PersonAtHand,
    consent: str,
    epochs: Mapping[int, Any],
    **changed: Any,
) -> dict[str, Any]:
    """The body of opening earlier epochs (number → the epoch at hand) to a reader under a consent."""
    sealed = [(epoch.epoch, epoch.key) for epoch in epochs.values()]
    made = make_history(talk.conversation, consent, reader.account, reader.sealing_public, sealed)
    statement = by.says(replace(made.body, **changed), sequence=talk.control_sequence + 1, previous=talk.head)
    travelling = link(statement, {str(number): box for number, box in made.boxes.items()}, None)
    return {"statement": travelling["statement"], "boxes": travelling["boxes"]}
