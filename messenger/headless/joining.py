"""Joining by an invitation, and founding a clinic (`docs/protocol.md` §3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from messenger.clock import Clock
from messenger.headless.api import Api
from messenger.headless.identifiers import now
from messenger.headless.joiner import Choices, Invited, Joined, Joiner
from messenger.headless.keystore import Keystore
from messenger.protocol.clinic_chain import verify_clinic_chain
from messenger.protocol.commitment import Card
from messenger.protocol.encoding import b64u_encode, format_time, hash_text
from messenger.protocol.enrolment import Offer, ServedOffer, verify_offer
from messenger.protocol.errors import ChainRefused
from messenger.protocol.invitation import InvitationLink
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.keys import SigningKey
from messenger.protocol.kinds.clinic import ClinicBody
from messenger.protocol.kinds.invitation import InvitationBody
from messenger.protocol.shape import Members
from messenger.protocol.statement import Body, Envelope, make_statement

FOUNDING_RUNS: Final = timedelta(days=7)


def look_at_offer(api: Api, link: InvitationLink, clock: Clock) -> tuple[Offer, Envelope]:
    """What the service serves for an invitation, verified down from the link's fingerprint, and the invitation itself.

    Raises `ChainRefused` and what chains raise, `ServiceRefused` (`invitation_expired`, `invitation_used`, …).
    """
    members = api.get(f"/api/invitations/{link.invitation}")
    invitation = members.or_none("invitation", lambda name: Envelope.parse(members.take(name)))
    if invitation is None or link.type != "i":
        raise ChainRefused("wrong_invitation", "This invitation founds a clinic, and its link says otherwise.")
    clinic = members.object("clinic").list("statements", Envelope.parse)
    inviter = members.or_none_object("inviter")
    teams = [Members(item) for item in members.list("teams", lambda item: item)]
    chains = {team.id("team", "tea"): team.list("statements", Envelope.parse) for team in teams}
    people = [Members(person) for team in teams for person in team.list("members", lambda item: item)]
    known = {person.id("account", "acc"): person.list("chain", Envelope.parse) for person in people}
    by = None if inviter is None else (inviter.id("account", "acc"), inviter.list("chain", Envelope.parse))
    served = ServedOffer(clinic, invitation, by, chains, known)
    return verify_offer(link, served, now(clock)), invitation


def join(api: Api, keystore: Keystore, clock: Clock, link: InvitationLink, choices: Choices) -> Joined:
    """Verifies the offer, makes keys and vault, consents (a patient, to the team that invited) and enters.

    Raises as `look_at_offer`, and `ServiceRefused` (`name_taken`, …).
    """
    offer, invitation = look_at_offer(api, link, clock)
    joiner = Joiner.begin(api, clock, link, choices, Invited(offer.clinic, offer.inviter, offer.invitation, invitation))
    consent = joiner.consent().as_json() if offer.invitation.role == "patient" else None
    request = joiner.request({})
    return joiner.enter(keystore, api.post("/api/join", {**request, "consent": consent}))


def found(api: Api, keystore: Keystore, clock: Clock, link: InvitationLink, choices: Choices, card: Card) -> Joined:
    """Makes a clinic's key on the terms that the operator's link commits to, and its first administrator.

    Raises `ChainRefused` (`wrong_log_key` when the log is not the link's), `ServiceRefused`.
    """
    terms = api.get(f"/api/invitations/{link.invitation}").object("founding_terms")
    clinic_key = SigningKey.generate()
    body = ClinicBody(
        clinic=terms.id("clinic", "cln"),
        name=terms.text("name"),
        signing_key=clinic_key.public,
        log_key=terms.text("log_key"),
        origin=terms.text("origin"),
        founder=terms.id("founder", "acc"),
    )
    if link.type != "f" or hash_text(body.log_key.encode()) != link.fingerprint:
        raise ChainRefused("wrong_log_key", "This is not the access log that the founding link was made for.")
    committed = card.commit()
    own = InvitationBody(
        invitation=link.invitation,
        account=body.founder,
        clinic=body.clinic,
        clinic_key=clinic_key.id,
        role="administrator",
        teams=(),
        public_key=link.key.public,
        expires=format_time(clock.now() + FOUNDING_RUNS),
        inviter=body.founder,
        card=committed.commitment,
    )
    statement, invitation = (_by_clinic(one, body.founder, clinic_key, clock) for one in (body, own))
    clinic = verify_clinic_chain([statement], clinic_key.id)
    joiner = Joiner.begin(api, clock, link, choices, Invited(clinic, None, own, invitation))
    kept: JsonObject = {"clinic": body.clinic, "seed": b64u_encode(clinic_key.seed)}
    request = joiner.request({"clinic-key": kept})
    founding: JsonObject = {
        "clinic": statement.as_json(),
        "invitation_statement": invitation.as_json(),
        "card": committed.as_json(),
        "consent": None,
    }
    return joiner.enter(keystore, api.post("/api/found", {**request, **founding}))


def _by_clinic(body: Body, founder: str, key: SigningKey, clock: Clock) -> Envelope:
    by = "clinic" if isinstance(body, ClinicBody) else "inviter"
    return make_statement(body, account=founder, keys={by: key}, time=now(clock), sequence=0)
