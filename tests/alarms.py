"""Emergency access at hand: custodians of a cast, a patient who has opted in, what each party's client sends."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from werkzeug.test import TestResponse

from messenger.protocol.clinic_chain import CustodianSet
from messenger.protocol.emergency_shares import make_emergency_key, open_share, release_share
from messenger.protocol.emergency_text import seal_text
from messenger.protocol.encoding import b64u_encode, format_time
from messenger.protocol.kinds.custodians import Custodian, CustodiansBody
from messenger.protocol.kinds.emergency import EmergencyCloseBody, EmergencyRequestBody
from messenger.protocol.kinds.emergency_choice import EmergencyOptInBody, EmergencyOptOutBody
from messenger.protocol.kinds.emergency_key import EmergencyKeyBody
from messenger.protocol.statement import Envelope, peek_body
from tests.cast import answered
from tests.consents import Consents
from tests.factories import PersonAtHand, new_id
from tests.talk import Talk


@dataclass
class Alarms:
    """A talk whose clinic has custodians."""

    talk: Talk
    consents: Consents
    custodians: list[PersonAtHand]
    requester: PersonAtHand
    officer: PersonAtHand
    custodian_set: CustodianSet | None = None
    key: EmergencyKeyBody | None = None
    boxes: dict[str, bytes] | None = None

    def name_custodians(self) -> None:
        hand, founder = self.talk.cast.hand, self.talk.cast.founder
        people = sorted(self.custodians, key=lambda one: one.account)
        named = tuple(Custodian(one.account, one.sealing_public.id) for one in people)
        before = self.talk.house.get("/api/clinic", by=founder)["statements"]
        place, head = len(before), Envelope.parse(before[-1]).hash
        body = CustodiansBody(hand.clinic, 2, named)
        statement = hand.says(body, founder.account, sequence=place, previous=head)
        self.talk.house.post("/api/clinic/custodians", {"statement": statement.as_json()}, by=founder)
        keys = {one.account: one.key for one in named}
        self.custodian_set = CustodianSet(statement.hash, place, keys)

    def choose(self, *, opted_in: bool) -> TestResponse:
        body = (EmergencyOptInBody if opted_in else EmergencyOptOutBody)(self.talk.patient.account)
        consents = self.consents
        envelope = self.talk.patient.says(body, sequence=consents.place + 1, previous=consents.head)
        answer = consents.send(envelope)
        if answer.status_code < 400:
            consents.head, consents.place, self.talk.consent_head = envelope.hash, consents.place + 1, envelope.hash
        return answer

    def keying(self, by: PersonAtHand | None = None) -> dict[str, Any]:
        assert self.custodian_set is not None
        public = {one.account: one.sealing_public for one in self.custodians}
        made = make_emergency_key(self.talk.conversation, new_id("emk"), self.custodian_set, public)
        self.key, self.boxes = made.body, dict(made.boxes)
        signer = by or self.talk.patient
        statement = signer.says(made.body, sequence=self.talk.control_sequence + 1, previous=self.talk.head)
        return {"statement": statement.as_json(), "boxes": {one: b64u_encode(box) for one, box in made.boxes.items()}}

    def post_key(self, body: dict[str, Any], by: PersonAtHand | None = None) -> TestResponse:
        return self.talk.house.call("POST", self.talk.path("emergency-key"), body, by=by or self.talk.patient)

    def escrow(self) -> None:
        """Opt in, make a key, and begin an epoch that is sealed to it."""
        answered(self.choose(opted_in=True))
        body = self.keying()
        answered(self.post_key(body))
        self.talk.moved(body)
        self.rotate(escrowed=True)

    def rotate(self, *, escrowed: bool, reason: str = "added") -> None:
        answered(self.try_rotating(escrowed=escrowed, reason=reason))

    def try_rotating(self, *, escrowed: bool, reason: str) -> TestResponse:
        assert self.key is not None
        added = {self.key.emergency_key: self.key.sealing_key} if escrowed else {}
        epoch = self.talk.next_epoch({**self.talk.readers(), **added})
        body = self.talk.rotation(self.talk.patient, epoch, reason=reason)
        answer = self.talk.house.call("POST", self.talk.path("control"), body, by=self.talk.patient)
        if answer.status_code < 400:
            self.talk.moved(body, epoch)
        return answer

    def asking(self, **changed: Any) -> dict[str, Any]:
        """The body of a request for two hours."""
        assert self.key is not None
        emergency, requester = new_id("eme"), self.requester
        sealed = seal_text(emergency, "Found unconscious", {one.account: one.sealing_public for one in self.custodians})
        body = EmergencyRequestBody(
            emergency=emergency,
            clinic=requester.clinic,
            patient=self.talk.patient.account,
            conversation=self.talk.conversation,
            emergency_key=self.key.emergency_key,
            requester=requester.account,
            key=requester.sealing_public.id,
            reason="danger",
            until=format_time(self.talk.house.clock.now() + timedelta(hours=2)),
            text=sealed.hash,
            boxes=sealed.listed,
        )
        return {
            "statement": requester.says(replace(body, **changed), sequence=0).as_json(),
            "text": b64u_encode(sealed.ciphertext),
            "boxes": {reader: b64u_encode(box) for reader, box in sealed.boxes.items()},
        }

    def post(self, body: dict[str, Any], by: PersonAtHand | None = None) -> TestResponse:
        return self.talk.house.call("POST", "/api/emergencies", body, by=by or self.requester)

    def ask(self, **changed: Any) -> str:
        emergency: str = answered(self.post(self.asking(**changed)))["emergency"]
        return emergency

    def _statements(self, emergency: str) -> list[Envelope]:
        served = self.talk.house.get(f"/api/emergencies/{emergency}", by=self.officer)
        return [Envelope.parse(one) for one in served["statements"]]

    def release(self, emergency: str, custodian: PersonAtHand) -> TestResponse:
        assert self.key is not None
        assert self.boxes is not None
        statements = self._statements(emergency)
        share = open_share(self.key, custodian.account, custodian.current.sealing, self.boxes[custodian.account])
        request = _request(statements[0])
        to = self.requester.sealing_public
        body, box = release_share(request, statements[0].hash, custodian.account, share, to)
        statement = custodian.says(body, sequence=len(statements), previous=statements[-1].hash)
        sent = {"statement": statement.as_json(), "box": b64u_encode(box)}
        return self.talk.house.call("POST", f"/api/emergencies/{emergency}/statements", sent, by=custodian)

    def close(self, emergency: str, by: PersonAtHand | None = None) -> TestResponse:
        signer, statements = by or self.officer, self._statements(emergency)
        body = EmergencyCloseBody(emergency, statements[0].hash, "justified")
        statement = signer.says(body, sequence=len(statements), previous=statements[-1].hash)
        sent = {"statement": statement.as_json(), "box": None}
        return self.talk.house.call("POST", f"/api/emergencies/{emergency}/statements", sent, by=signer)

    def open(self, emergency: str, by: PersonAtHand | None = None, opening: Envelope | None = None) -> TestResponse:
        reader = by or self.requester
        sent = {"statement": (opening or self.talk.opening(reader)).as_json()}
        return self.talk.house.call("POST", f"/api/emergencies/{emergency}/open", sent, by=reader)


def _request(envelope: Envelope) -> EmergencyRequestBody:
    return peek_body(envelope, EmergencyRequestBody)
