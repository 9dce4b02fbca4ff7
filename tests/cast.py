"""A clinic with its people, made through the application's own doors: what most tests of rooms begin with."""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import Settings
from messenger.app import create_app
from messenger.db import Database
from messenger.protocol.encoding import b64u_decode, b64u_encode
from messenger.protocol.invitation import parse_link
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.kinds.invitation import Role
from messenger.protocol.kinds.sign_in import CredentialType
from messenger.protocol.sealing import open_box, possession_info
from messenger.protocol.statement import Envelope
from messenger.protocol.team_key import make_admission, make_generation
from messenger.teams import clinics
from messenger.teams.clinics import Service
from messenger.web.request_scope import Scope
from tests.factories import ClinicAtHand, HandClock, InvitationAtHand, PersonAtHand, TeamAtHand

BASE_URL = "http://localhost:8000"


@dataclass
class House:
    """The application on a database, a clock in the test's hand, and the people made so far."""

    app: Flask
    clock: HandClock
    settings: Settings

    @property
    def database(self) -> Database:
        scope: Scope = self.app.extensions["between"]
        return scope.database

    @cached_property
    def client(self) -> FlaskClient:
        return self.app.test_client(use_cookies=False)

    def call(
        self, method: str, path: str, body: object | None = None, *, by: PersonAtHand | None = None, **options: Any
    ) -> TestResponse:
        """One request, signed in with the person's token if there is one."""
        headers = {"Authorization": f"Bearer {by.token}"} if by else {}
        return self.client.open(
            path, method=method, json=body, headers={**headers, **options.pop("headers", {})}, **options
        )

    def get(self, path: str, *, by: PersonAtHand | None = None) -> Any:
        """The JSON of a good answer."""
        return answered(self.call("GET", path, by=by))

    def post(self, path: str, body: object, *, by: PersonAtHand | None = None) -> Any:
        """The JSON of a good answer, None where it has none."""
        return answered(self.call("POST", path, body, by=by))

    def possession(self, path: str, person: PersonAtHand, **further: object) -> JsonObject:
        """A ticket and the nonce that was sealed to the person's key."""
        public = b64u_encode(person.sealing_public.raw)
        answer = self.post(path, {**further, "sealing_key": public}, by=person if person.token else None)
        info = possession_info(person.account, person.current.sealing.id)
        nonce = open_box(person.current.sealing, info, b64u_decode(answer["box"]))
        return {"ticket": answer["ticket"], "nonce": b64u_encode(nonce)}

    def joining(self, person: PersonAtHand, invitation: InvitationAtHand, **changed: object) -> dict[str, object]:
        """The body of a join; members in `changed` are put in as they are."""
        person.account, person.clinic, person.head = (
            invitation.body.account,
            invitation.body.clinic,
            invitation.envelope.hash,
        )
        patient = invitation.body.role == "patient"
        key = person.first_key(invitation.link.key)
        body: dict[str, object] = {
            "invitation": invitation.body.invitation,
            "name": person.name,
            **self.possession("/api/join/possession", person, invitation=invitation.body.invitation),
            "key": key.as_json(),
            "vault": person.vault().as_json(),
            "consent": person.first_consent(invitation.body.teams[0]).as_json() if patient else None,
            "documents": {"pins": sealed(person.document())},
            "device": person.device,
            "device_label": "a browser",
            "language": "en",
            "token": True,
        }
        return {**body, **changed}

    def join(self, person: PersonAtHand, invitation: InvitationAtHand) -> PersonAtHand:
        body = self.joining(person, invitation)
        return signed_in(person, self.post("/api/join", body))

    def sign_in(self, person: PersonAtHand, slot: CredentialType = "password") -> PersonAtHand:
        started = self.post("/api/sign-in/start", {"name": person.name, "slot": slot})
        proof = person.proof(b64u_decode(started["challenge"]), BASE_URL, slot)
        answer = self.post("/api/sign-in", proving(person, proof.as_json()))
        person.token, person.session = answer["token"], answer["session"]
        return person


@dataclass
class Cast:
    """A founded clinic: two administrators who hold its key, a team with a provider and a nurse, patients."""

    house: House
    hand: ClinicAtHand
    founder: PersonAtHand
    second: PersonAtHand
    team: TeamAtHand
    provider: PersonAtHand
    nurse: PersonAtHand
    patients: list[PersonAtHand] = field(default_factory=list)

    @property
    def patient(self) -> PersonAtHand:
        return self.patients[0]

    def invite(self, role: Role, teams: tuple[str, ...] = (), **how: Any) -> InvitationAtHand:
        """An open invitation by the founder."""
        invitation = self.hand.invites(role, self.founder.account, teams, **how)
        self.house.post("/api/invitations", inviting(invitation), by=self.founder)
        return invitation

    def enter(self, role: Role, teams: tuple[str, ...] = ()) -> PersonAtHand:
        """Somebody new who has joined."""
        person = PersonAtHand(role, self.house.clock)
        return self.house.join(person, self.invite(role, teams))

    def moved_to(self, house: House) -> "Cast":
        """The same people in front of a copy of their database."""
        return copy.deepcopy(self, {id(self.house): house, id(self.house.clock): house.clock})

    def enter_patient(self) -> PersonAtHand:
        self.patients.append(self.enter("patient", (self.team.team,)))
        return self.patients[-1]


def a_house(database_url: str, data_dir: str, **environ: str) -> House:
    """The application on a migrated database."""
    clock = HandClock()
    given = {
        "DATA_DIR": data_dir,
        "DATABASE_URL": database_url,
        "SECRET_KEY": "a secret of the tests, of no worth to anyone",
        "BASE_URL": BASE_URL,
    }
    settings = Settings.from_env({**given, **environ})
    return House(create_app(settings, clock), clock, settings)


def a_cast(house: House) -> Cast:
    """A clinic as it is when its first patient has joined."""
    hand, founder = found_clinic(house)
    second = house.join(PersonAtHand("administrator", house.clock), _invited(house, hand, founder, "administrator"))
    share, box = hand.shares_key(second, founder.account, sequence=1)
    house.post("/api/clinic/statements", {"statement": share.as_json(), "box": b64u_encode(box)}, by=founder)
    provider = house.join(PersonAtHand("provider", house.clock), _invited(house, hand, founder, "provider"))
    team = start_team(house, hand, founder, provider)
    nurse = house.join(PersonAtHand("nurse", house.clock), _invited(house, hand, founder, "nurse", (team.team,)))
    admit(house, team, provider, nurse)
    cast = Cast(house, hand, founder, second, team, provider, nurse)
    cast.enter_patient()
    return cast


def found_clinic(house: House, name: str = "Riverside Clinic") -> tuple[ClinicAtHand, PersonAtHand]:
    """A clinic and its first administrator."""
    service = Service(BASE_URL, house.settings.authority, house.settings.secret_key.encode())
    with house.database.unit_of_work() as session:
        created = clinics.create_clinic(session, name, service, house.clock.now())
    link = parse_link(created.link)
    terms = house.get(f"/api/invitations/{link.invitation}")["founding_terms"]
    founder = PersonAtHand("administrator", house.clock, account=terms["founder"], clinic=terms["clinic"])
    hand = ClinicAtHand(terms["clinic"], terms["founder"], house.clock)
    signed_in(founder, house.post("/api/found", founding(house, hand, founder, link.secret, link.invitation, terms)))
    return hand, founder


def founding(
    house: House, hand: ClinicAtHand, founder: PersonAtHand, secret: bytes, invitation: str, terms: Mapping[str, str]
) -> dict[str, object]:
    """The body of a founding."""
    statement = hand.first_statement(terms["name"], terms["log_key"], terms["origin"])
    hand.heads[hand.clinic] = statement.hash
    invited = hand.invites(
        "administrator", founder.account, secret=secret, account=founder.account, invitation=invitation
    )
    assert invited.card is not None
    return {
        **house.joining(founder, invited),
        "clinic": statement.as_json(),
        "invitation_statement": invited.envelope.as_json(),
        "card": invited.card.as_json(),
        "documents": {name: sealed(founder.document(name)) for name in ("pins", "clinic-key")},
    }


def start_team(house: House, hand: ClinicAtHand, founder: PersonAtHand, manager: PersonAtHand) -> TeamAtHand:
    """A team whose manager has made its first key."""
    name, statement = hand.creates_team("Diabetes team", manager.account, founder.account)
    house.post("/api/teams", {"statement": statement.as_json()}, by=founder)
    team = TeamAtHand(name, manager, statement.hash)
    renew_team_key(house, team, manager, [manager])
    return team


def renew_team_key(house: House, team: TeamAtHand, maker: PersonAtHand, members: Iterable[PersonAtHand]) -> None:
    """The next generation of a team's key."""
    house.post(f"/api/teams/{team.team}/statements", new_generation(team, maker, members), by=maker)


def new_generation(team: TeamAtHand, maker: PersonAtHand, members: Iterable[PersonAtHand]) -> dict[str, object]:
    """The body of the next generation; the team at hand moves on to it."""
    before = team.keys[-1] if team.keys else None
    publics = {member.account: member.sealing_public for member in members}
    made = make_generation(team.team, len(team.keys) + 1, publics, before)
    envelope = maker.says(made.body, sequence=team.sequence + 1, previous=team.head)
    team.generation, team.head, team.sequence = made, envelope.hash, team.sequence + 1
    team.keys.append(made.key)
    return {
        "statement": envelope.as_json(),
        "boxes": {account: b64u_encode(box) for account, box in made.boxes.items()},
        "link": None if made.link is None else b64u_encode(made.link),
    }


def admission(team: TeamAtHand, member: PersonAtHand, joiner: PersonAtHand) -> dict[str, object]:
    """The body of letting somebody in; the team at hand moves on."""
    body, box = make_admission(team.team, len(team.keys), team.keys[-1], joiner.account, joiner.sealing_public)
    envelope = member.says(body, sequence=team.sequence + 1, previous=team.head)
    team.head, team.sequence = envelope.hash, team.sequence + 1
    return {"statement": envelope.as_json(), "boxes": {joiner.account: b64u_encode(box)}, "link": None}


def admit(house: House, team: TeamAtHand, member: PersonAtHand, joiner: PersonAtHand) -> None:
    """Let somebody in."""
    house.post(f"/api/teams/{team.team}/statements", admission(team, member, joiner), by=member)


def inviting(invitation: InvitationAtHand, **changed: object) -> dict[str, object]:
    """The body of an invitation."""
    card = invitation.card.as_json() if invitation.card else None
    return {"statement": invitation.envelope.as_json(), "card": card, "label": None, **changed}


def proving(person: PersonAtHand, proof: object) -> dict[str, object]:
    """The body of a sign-in."""
    return {"name": person.name, "proof": proof, "device_label": "a browser", "token": True}


def sealed(ciphertext: bytes, version: int = 1) -> dict[str, object]:
    """A document as it travels."""
    return {"version": version, "ciphertext": b64u_encode(ciphertext)}


def signed_in(person: PersonAtHand, answer: Any) -> PersonAtHand:
    """Note what a joiner's client keeps of the answer."""
    person.token, person.session = answer["token"], answer["session"]
    person.vault_version, person.vault_head = 1, Envelope.parse(answer["vault"]).hash
    person.head = Envelope.parse(answer["chain"][-1]).hash
    return person


def answered(response: TestResponse) -> Any:
    """The JSON of a good answer."""
    assert response.status_code < 400, f"{response.status_code} {response.get_data(as_text=True)}"
    return response.get_json(silent=True)


def refusal(response: TestResponse) -> tuple[int, str]:
    """Status and code of a refusal."""
    assert response.is_json, response.get_data(as_text=True)
    return response.status_code, response.get_json()["error"]["code"]


def _invited(
    house: House, hand: ClinicAtHand, founder: PersonAtHand, role: Role, teams: tuple[str, ...] = ()
) -> InvitationAtHand:
    invitation = hand.invites(role, founder.account, teams)
    house.post("/api/invitations", inviting(invitation), by=founder)
    return invitation
