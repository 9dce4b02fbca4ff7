"""Over random stories of consents, people kept out, time and rotations, the protocol says what the model says."""

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messenger.protocol.consent_chain import ConsentChain, ConsentStatement, verify_consent_chain
from messenger.protocol.control_chain import ControlChain, verify_control_chain
from messenger.protocol.errors import ProtocolError
from messenger.protocol.history import opens_epochs
from messenger.protocol.kinds.block import BlockBody, UnblockBody
from messenger.protocol.kinds.consent import SCOPE_ALL, ConsentBody, History
from messenger.protocol.kinds.conversation import ConversationCreateBody, ConversationRotationBody
from messenger.protocol.members import members
from messenger.protocol.rotation import rotation_due
from messenger.protocol.statement import Body
from tests.protocol.consent_model import ConsentModel, Terms
from tests.vectors.ours.makers.chains import TEAM_KEYS
from tests.vectors.ours.makers.consents import OAK, changed, revoked
from tests.vectors.ours.makers.conversation import CONVERSATION, Surroundings, accounts, epoch
from tests.vectors.ours.makers.world import (
    AMARA,
    ANNA,
    CLINIC,
    PEGGY,
    ROBBED,
    TEAM,
    TOM,
    Statements,
    at,
    in_chain,
    made_id,
)

STEPS = 100
"""Of one story; the default profile tells a hundred stories, ten thousand steps."""
HOURS = range(0, 12 * 60, 60)
"""Of the day, as minutes: when a consent may start, and when who reads is asked."""
KEYS = {person.account: person.sealing().id for person in (AMARA, ANNA, PEGGY, ROBBED, TOM)} | {TEAM: TEAM_KEYS[0].id}
GRANTEES = sorted(KEYS.keys() - {PEGGY.account})
PEOPLE = {TEAM: {AMARA.account, TOM.account}}
"""Who is in the team since long before the first story begins."""
PEGGY_SIGNS = {"self": PEGGY.signing()}
teams = cache(Surroundings().teams)
account = cache(accounts)


@dataclass
class Choices:
    """One drawn number taken apart, choice by choice."""

    left: int

    def of(self, *options: Any) -> Any:
        """One of them."""
        self.left, chosen = divmod(self.left, len(options))
        return options[chosen]


@dataclass
class Story:
    """The same story told to the model and signed as statements."""

    model: ConsentModel = field(default_factory=lambda: ConsentModel(PEGGY.account, now=61, people=PEOPLE))
    consents: Statements = field(default_factory=list)
    control: Statements = field(default_factory=list)
    bodies: dict[str, ConsentBody] = field(default_factory=dict)
    expected: list[tuple[int, int, int, str | None]] = field(default_factory=list)
    """(decisions told, links there, now, why the running epoch must be left) at every step that asked."""

    def step(self, choices: Choices) -> None:
        standing = sorted(self.model.standing(len(self.model.story)))
        kind = choices.of("grant", "change", "change", "revoke", "wait", "rotate", "person")
        if kind == "wait":
            self.model.now += choices.of(1, 30, 60)
        elif kind == "rotate" and self.consents:
            self.rotate()
        elif kind == "person":
            self._say_of(choices.of(AMARA, TOM, ROBBED).account)
        elif kind == "grant" or not standing:
            self._grant(choices)
        elif kind == "change":
            self._change(choices.of(*standing), choices)
        else:
            self._say(revoked(self.bodies[choices.of(*standing)]), None)
        if self.control:
            why = self.model.rotation(CONVERSATION)
            self.expected.append((len(self.consents), len(self.control), self.model.now, why))

    def rotate(self) -> None:
        """The patient begins the next epoch for whom the model names."""
        readers = self.model.readers(len(self.consents), CONVERSATION, self.model.now)
        self.model.epochs.append((self.model.now, readers))
        body = self._link(len(self.model.epochs), readers)
        self.control.append(in_chain(body, PEGGY.account, PEGGY_SIGNS, self.model.now, self.control))

    def _link(self, number: int, readers: set[str]) -> Body:
        made, head = epoch(number, {reader: KEYS[reader] for reader in readers}), self.consents[-1].hash
        if number == 1:
            return ConversationCreateBody(CONVERSATION, CLINIC, PEGGY.account, head, made, None)
        return ConversationRotationBody(CONVERSATION, head, made, "age", None)

    def _grant(self, choices: Choices) -> None:
        name = made_id("cns", f"consent {len(self.bodies)}")
        terms = {"grantee": choices.of(*GRANTEES), **_drawn_terms(choices)}
        body = ConsentBody(name, PEGGY.account, CLINIC, terms["grantee"], purpose="treatment", **_as_said(terms))
        self._say(body, terms)
        self.bodies[name] = body

    def _change(self, consent: str, choices: Choices) -> None:
        before = self.model.standing(len(self.model.story))[consent]
        terms = before | _drawn_terms(choices)
        if terms != before:
            self._say(changed(self.bodies[consent], **_as_said(terms)), terms)

    def _say_of(self, person: str) -> None:
        """Keeps somebody out, or lets them read again."""
        no = person not in self.model.shut_out(len(self.model.story))
        body = BlockBody(PEGGY.account, person) if no else UnblockBody(PEGGY.account, person)
        self.consents.append(in_chain(body, PEGGY.account, PEGGY_SIGNS, self.model.now, self.consents))
        self.model.keep_out(person, no)

    def _say(self, body: ConsentStatement, terms: Terms | None) -> None:
        self.consents.append(in_chain(body, PEGGY.account, PEGGY_SIGNS, self.model.now, self.consents))
        self.model.story.append((body.consent, terms))


def _drawn_terms(choices: Choices) -> Terms:
    start = choices.of(*HOURS)
    return {
        "scope": choices.of(None, CONVERSATION, OAK),
        "start": start,
        "end": choices.of(None, start + 60, start + 120, start + 300),
        "history": choices.of(None, 0, 120, 240),
    }


def _as_said(terms: Terms) -> dict[str, Any]:
    history: dict[Any, History] = {None: "none", 0: "all"}
    since = terms["history"]
    return {
        "scope": terms["scope"] or SCOPE_ALL,
        "history": history.get(since, "from"),
        "history_from": at(since) if since else None,
        "not_before": at(terms["start"]),
        "until": None if terms["end"] is None else at(terms["end"]),
        "may_open": True,
    }


def told(numbers: list[int]) -> Story:
    """The story of these numbers, with an epoch at its end."""
    story = Story()
    for number in numbers:
        story.step(Choices(number))
    if story.consents:
        story.rotate()
    return story


stories = st.lists(st.integers(0, 2**40), min_size=STEPS, max_size=STEPS + 10).map(told).filter(lambda one: one.control)
unhurried = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
)


def verified(story: Story) -> tuple[ConsentChain, ControlChain]:
    """Both chains, as every client verifies them."""
    consents = verify_consent_chain(story.consents, PEGGY.verified())
    return consents, verify_control_chain(story.control, CONVERSATION, consents, teams(), account)


@unhurried
@given(stories)
def test_at_every_head_and_instant_exactly_those_read_whom_the_model_lets_read(story: Story) -> None:
    model = story.model
    consents, control = verified(story)
    people = {TEAM: teams()[TEAM].people}
    for place, head in enumerate(consents.hashes):
        terms, blocked = consents.terms_at(head), consents.blocked_at(head)
        assert {one.consent for one in terms} == model.standing(place + 1).keys()
        for instant in {*HOURS, model.now}:
            for conversation in (CONVERSATION, OAK):
                found = members(PEGGY.account, terms, conversation, at(instant), blocked=blocked, teams=people)
                assert set(found) == model.readers(place + 1, conversation, instant)
    assert [set(link.keys) for link in control.links] == [readers for _, readers in model.epochs]
    _check_rotations(story, consents, control)
    for one in consents.terms:
        opened = model.opened(model.standing(len(model.story))[one.consent], CONVERSATION)
        assert set(opens_epochs(control.links, one, one.grantee, CONVERSATION)) == opened


def _as_of(consents: ConsentChain, told: int) -> ConsentChain:
    """The chain when it had so many statements."""
    decisions = tuple(one for one in consents.decisions if one.place < told)
    blocks = tuple(one for one in consents.blocks if one.place < told)
    return replace(consents, decisions=decisions, blocks=blocks, hashes=consents.hashes[:told])


def _check_rotations(story: Story, consents: ConsentChain, control: ControlChain) -> None:
    for decisions, links, now, why in story.expected:
        then = _as_of(consents, decisions)
        running = replace(control, links=control.links[:links])
        assert rotation_due(running, then, teams(), account, at(now)) == why


@settings(unhurried, max_examples=25)
@given(stories, st.data())
def test_a_last_link_for_one_reader_more_or_fewer_is_refused(story: Story, data: st.DataObject) -> None:
    readers = story.model.epochs[-1][1]
    other = data.draw(st.sampled_from(GRANTEES))
    body = story._link(len(story.control), readers ^ {other})
    story.control[-1] = in_chain(body, PEGGY.account, PEGGY_SIGNS, story.model.now, story.control[:-1])
    with pytest.raises(ProtocolError) as error:
        verified(story)
    assert error.value.code == "wrong_readers"
