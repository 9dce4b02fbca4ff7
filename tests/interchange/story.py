"""A patient whose decisions show every state of a consent, and the copies that the service hands out of them."""

import copy
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from messenger.audit.sequencer import Sequencer
from messenger.interchange.resources import Release
from messenger.protocol.encoding import format_time
from messenger.protocol.safety_code import clinic_code
from tests.cast import Cast
from tests.consents import Consents, consents_of
from tests.factories import PersonAtHand, new_id
from tests.talk import a_talk

Bundle = dict[str, Any]


@dataclass
class Story:
    """A clinic, and a patient who has decided a few things; consents by what they have become."""

    cast: Cast
    consents: Consents
    named: dict[str, str] = field(default_factory=dict)
    conversation: str = field(default_factory=lambda: new_id("cnv"))

    @property
    def patient(self) -> PersonAtHand:
        return self.consents.patient

    @property
    def key_id(self) -> str:
        """The clinic's fingerprint, as its key's id."""
        return self.cast.hand.key.id

    @property
    def digits(self) -> str:
        """The same as the groups on the clinic's card."""
        return " ".join(clinic_code(self.cast.hand.clinic, self.cast.hand.key.public.raw))

    def in_minutes(self, minutes: int) -> str:
        return format_time(self.cast.house.clock.now() + timedelta(minutes=minutes))

    def grant(self, name: str, person: PersonAtHand, **terms: Any) -> None:
        self.named[name] = self.consents.decide(self.consents.giving(person.account, **terms))

    def decide(self) -> None:
        """One consent in every state; the log has all of them when this ends."""
        nurse, provider = self.cast.nurse, self.cast.provider
        self.grant("active", nurse, purpose="coordination", history="all", may_open=True)
        self.grant("future", provider, purpose="billing", not_before=self.in_minutes(600), history="none")
        self.grant("expired", nurse, purpose="complaint", until=self.in_minutes(1))
        self.grant("revoked", provider, history="from", history_from=self.in_minutes(-900))
        self.grant("narrowed", nurse, until=self.in_minutes(6000))
        narrower = {"scope": self.conversation, "until": self.in_minutes(900)}
        self.consents.decide(self.consents.changing(self.named["narrowed"], **narrower))
        self.consents.decide(self.consents.revoking(self.named["revoked"]))
        self.cast.house.clock.advance(timedelta(minutes=5))
        self.settle()

    def settle(self) -> None:
        """The sequencer has its turn."""
        house = self.cast.house
        sequencer = Sequencer(house.database, house.clock, house.settings.secret_key.encode())
        sequencer.sequence()
        assert not sequencer.failing

    def export(self, release: Release, by: PersonAtHand | None = None) -> bytes:
        """The file as the service hands it out."""
        path = f"/api/patients/{self.patient.account}/consents/export?format={release}"
        answer = self.cast.house.call("GET", path, by=by or self.patient)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_data()


def a_story(cast: Cast) -> Story:
    story = Story(cast, consents_of(a_talk(cast)))
    story.decide()
    return story


def opened(data: bytes) -> Bundle:
    """A copy of the file, to be looked at or changed."""
    bundle: Bundle = json.loads(data)
    return bundle


def written(bundle: Bundle) -> bytes:
    return json.dumps(bundle).encode()


def consent_in(bundle: Bundle, consent: str) -> dict[str, Any]:
    """The resource of one consent."""
    found: list[dict[str, Any]] = [
        entry["resource"]
        for entry in bundle["entry"]
        if entry["resource"].get("identifier", [{}])[0].get("value") == consent
    ]
    assert len(found) == 1
    return found[0]


def evidence_in(bundle: Bundle) -> dict[str, Any]:
    evidence: dict[str, Any] = json.loads(b64decode(bundle["entry"][-1]["resource"]["data"]))
    return evidence


def with_evidence(bundle: Bundle, change: Callable[[dict[str, Any]], object]) -> Bundle:
    """The file with other evidence, its resources as they were."""
    changed, evidence = copy.deepcopy(bundle), evidence_in(bundle)
    change(evidence)
    changed["entry"][-1]["resource"]["data"] = b64encode(json.dumps(evidence, separators=(",", ":")).encode()).decode()
    return changed
