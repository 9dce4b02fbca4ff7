"""Somebody of the care staff before one conversation, in each state that a patient's consent to them can be in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any, Final

from messenger.protocol.encoding import format_time
from messenger.protocol.sealing import SealingPublicKey
from messenger.protocol.statement import Envelope
from tests.cast import Cast
from tests.consent.test_profiles import storing
from tests.consents import Consents, consents_of
from tests.factories import PersonAtHand, new_id
from tests.remote import Connect, Listener
from tests.talk import Talk, a_talk

STATES: Final = ("none", "future", "active", "expired", "revoked", "narrowed", "blocked")
"""`narrowed`: the consent stands, to another conversation than this one. `blocked`: it stands, and the patient
keeps the person from reading whatever stands. Emergency access is not a state of a consent:
who is let in by custodians reads with a key of their own, in another chain.
"""


@dataclass
class Grantee:
    """The person, the conversation, and what they hold from when they were let in, if they ever were."""

    cast: Cast
    connect: Connect
    state: str
    person: PersonAtHand
    colleague: PersonAtHand
    talk: Talk
    consents: Consents
    first_epoch: Any = None
    history_consent: str = ""
    opening: Envelope | None = None
    others: dict[str, SealingPublicKey] = field(default_factory=dict)

    @cached_property
    def line(self) -> Listener:
        """A live connection, made before the state came to be."""
        return self.connect(self.person)

    def readers(self, *, with_them: bool) -> Mapping[str, SealingPublicKey]:
        mine = {self.person.account: self.person.sealing_public}
        return {**self.talk.readers(), **self.others, **(mine if with_them else {})}

    def in_minutes(self, minutes: int) -> str:
        return format_time(self.cast.house.clock.now() + timedelta(minutes=minutes))

    def let_in(self, **terms: Any) -> str:
        """A consent, active now; they open the conversation and follow it."""
        given = self.consents.giving(self.person.account, may_open=True, **terms)
        consent = self.consents.decide(given, self.readers(with_them=True))
        self.opening = self.talk.opening(self.person)
        self.cast.house.post(self.talk.path("open"), {"statement": self.opening.as_json()}, by=self.person)
        assert self.line.call("conversation:follow", {"conversation": self.talk.conversation})["ok"]
        # A renewal is dated after what it renews.
        self.cast.house.clock.advance(timedelta(minutes=1))
        return consent


def bring_about(grantee: Grantee) -> None:
    """Let the state come to be."""
    decided: dict[str, Callable[[], None]] = {
        "none": lambda: None,
        "future": lambda: _future(grantee),
        "active": lambda: _active(grantee),
        "expired": lambda: _expired(grantee),
        "revoked": lambda: _revoked(grantee),
        "narrowed": lambda: _narrowed(grantee),
        "blocked": lambda: _blocked(grantee),
    }
    assert grantee.line.client.connected
    decided[grantee.state]()


def a_grantee(cast: Cast, connect: Connect, state: str) -> Grantee:
    """A patient with a profile, a question, and a colleague whom history has not been opened to; then the state."""
    patient, person, colleague = cast.enter_patient(), cast.enter("provider"), cast.enter("nurse")
    talk = a_talk(cast, patient).begin(patient)
    readers = {patient.account: patient.sealing_public, cast.team.team: cast.team.sealing_public}
    assert cast.house.call("PUT", "/api/profile", storing(patient, readers), by=patient).status_code == 204
    talk.send(patient, "Before anybody else came", kind="question")
    grantee = Grantee(cast, connect, state, person, colleague, talk, consents_of(talk), talk.epoch)
    grantee.others = {colleague.account: colleague.sealing_public}
    given = grantee.consents.giving(colleague.account, history="all")
    grantee.history_consent = grantee.consents.decide(given, grantee.readers(with_them=False))
    bring_about(grantee)
    return grantee


def _future(grantee: Grantee) -> None:
    later = grantee.consents.giving(grantee.person.account, may_open=True, not_before=grantee.in_minutes(600))
    grantee.consents.decide(later)


def _active(grantee: Grantee) -> None:
    grantee.let_in()


def _expired(grantee: Grantee) -> None:
    grantee.let_in(until=grantee.in_minutes(2))
    grantee.cast.house.clock.advance(timedelta(minutes=3))


def _revoked(grantee: Grantee) -> None:
    consent = grantee.let_in()
    grantee.consents.decide(grantee.consents.revoking(consent), grantee.readers(with_them=False))


def _narrowed(grantee: Grantee) -> None:
    consent = grantee.let_in()
    narrower = grantee.consents.changing(consent, scope=new_id("cnv"))
    grantee.consents.decide(narrower, grantee.readers(with_them=False))


def _blocked(grantee: Grantee) -> None:
    grantee.let_in()
    grantee.consents.decide(grantee.consents.blocking(grantee.person), grantee.readers(with_them=False))
