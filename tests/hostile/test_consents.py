"""A01, A02, A31, A32, A35: the server meddles with who may read."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from messenger.errors import BetweenError
from messenger.headless.account import Account
from messenger.headless.consents import Consents, NewTerms
from messenger.headless.conversations import Conversations
from messenger.headless.errors import HistoryRolledBack
from messenger.protocol.errors import ProtocolError
from messenger.protocol.keys import SigningKey
from messenger.protocol.kinds.consent import ConsentRevocationBody
from tests.hostile.clinic import AMARA, PEGGY, TOM, XIUYING, HostileClinic, lines, reading, write
from tests.hostile.forgery import noting, payload_of, signed_by_the_server
from tests.hostile.test_directory import acknowledge

CONSENTS = r"/api/patients/[^/]+/consents"
OPEN = r"/api/conversations/[^/]+/open"
CONTROL = r"/api/conversations/[^/]+/control"
Answer = dict[str, Any]


def consents_lied_about(clinic: HostileClinic, twist: Callable[[list[Answer]], list[Answer]]) -> None:
    clinic.proxy.lie("GET", CONSENTS, lambda answer: {**answer, "statements": twist(answer["statements"])})


def why_nothing_is_sent(clinic: HostileClinic, account: Account) -> str:
    """The code with which a client refuses to write; no box and no message has left it."""
    clinic.proxy.requests.clear()
    with pytest.raises((BetweenError, ProtocolError)) as told:
        write(account, clinic.conversation_of(PEGGY), "For nobody but my readers.")
    sealed = [one for one in clinic.proxy.requests if b'"boxes"' in one.body or b'"ciphertext"' in one.body]
    assert [one.target for one in sealed if "/api/documents/" not in one.target] == []
    assert isinstance(told.value, BetweenError | ProtocolError)
    return told.value.code


def team_sees(clinic: HostileClinic, conversation: str) -> Answer:
    """What the honest server serves a member of the team who opens the conversation and knows nothing of it."""
    kept: list[Answer] = []
    clinic.proxy.lie("POST", OPEN, noting(kept))
    with clinic.new_device(AMARA) as amara:
        reading(amara, conversation)
    clinic.proxy.be_honest()
    return kept[0]


def nurse_sees_what_the_team_sees(clinic: HostileClinic, conversation: str, boxes: list[Answer]) -> None:
    """Let the server answer who opens the conversation as it would answer the team, with boxes that were hers."""
    team, patient = team_sees(clinic, conversation), clinic.member(XIUYING)["account"]
    with clinic.own_device(AMARA) as amara:
        paths = (f"/api/accounts/{patient}", f"/api/patients/{patient}/consents")
        answers = {path: json.loads(amara.api.bytes_of(path)) for path in paths}
    control = {**team["control"], "boxes": [*team["control"]["boxes"], *boxes]}
    clinic.proxy.answer("POST", OPEN, 200, {**team, "control": control})
    for path, answer in answers.items():
        clinic.proxy.answer("GET", path, 200, answer)


@pytest.fixture
def tom_alone(clinic: HostileClinic) -> str:
    """Xiuying has let Tom read in his own name and has taken that back; her chain's hashes are known to her device."""
    with clinic.own_device(XIUYING) as xiuying:
        consents = Consents.of(xiuying)
        given = consents.grant(clinic.member(TOM)["account"], NewTerms()).consent
        consents.revoke(given)
    return given


@pytest.mark.parametrize("readers", ["the team's key", "the one blocked"])
def test_a01_python_client_takes_no_link_for_whom_the_patient_blocked(
    clinic: HostileClinic, tom_blocked: str, readers: str
) -> None:
    """A colluding colleague signs it: every signature holds, and the team's consent stands."""
    with clinic.new_device(AMARA) as amara:
        opened = Conversations.of(amara).open(clinic.conversation_of(PEGGY))
        assert tom_blocked not in opened.readers()
        terms = opened.consents.terms
        if readers == "the one blocked":
            accounts = {*opened.readers(), tom_blocked} - {opened.control.patient}
            terms = tuple(replace(terms[0], grantee=account) for account in sorted(accounts))
            assert opened.directory.find(tom_blocked)
        forged = opened.next_epoch("added", terms, opened.consents.head or "", opted_in=False, blocked=())
        clinic.proxy.lie(
            "GET", CONTROL, lambda answer: {**answer, "statements": [*answer["statements"], forged["statement"]]}
        )
        assert why_nothing_is_sent(clinic, amara) == "wrong_readers"


def test_a02_python_client_goes_by_no_consents_without_the_block_that_a_link_names(
    clinic: HostileClinic, tom_blocked: str
) -> None:
    consents_lied_about(clinic, lambda chain: [one for one in chain if payload_of(one)["kind"] != "block"])
    with clinic.new_device(AMARA) as amara:
        assert why_nothing_is_sent(clinic, amara) in {"broken_chain", "unknown_consent_head"}
    assert tom_blocked


def test_a01_python_client_seals_to_no_reader_whom_the_patient_did_not_name(clinic: HostileClinic) -> None:
    key, tom = SigningKey.generate(), clinic.member(TOM)["account"]

    def grant(payload: Answer) -> None:
        payload["body"]["grantee"] = tom

    with clinic.new_device(AMARA) as amara:
        consents_lied_about(clinic, lambda chain: [signed_by_the_server(chain[0], grant, key), *chain[1:]])
        assert why_nothing_is_sent(clinic, amara) in {"unknown_signer", "wrong_key"}


def test_a01_python_client_takes_no_link_with_a_reader_too_many(clinic: HostileClinic) -> None:
    """A colluding reader signs it: every signature holds, and nobody's consent names the additional reader."""
    conversation = clinic.conversation_of(PEGGY)
    with clinic.new_device(AMARA) as amara:
        opened = Conversations.of(amara).open(conversation)
        tom = opened.directory.find(clinic.member(TOM)["account"])
        assert tom is not None
        extra = replace(opened.consents.terms[0], grantee=tom.account)
        terms = (*opened.consents.terms, extra)
        forged = opened.next_epoch("added", terms, opened.consents.head or "", opted_in=False)["statement"]
        clinic.proxy.lie("GET", CONTROL, lambda answer: {**answer, "statements": [*answer["statements"], forged]})
        assert why_nothing_is_sent(clinic, amara) == "wrong_readers"


def test_a02_python_client_takes_no_consent_that_was_taken_back_again(clinic: HostileClinic, tom_alone: str) -> None:
    conversation = clinic.conversation_of(XIUYING)
    with clinic.new_device(AMARA) as amara:

        def replay(chain: list[Answer]) -> list[Answer]:
            return [*chain, next(one for one in chain if payload_of(one)["body"]["consent"] == tom_alone)]

        consents_lied_about(clinic, replay)
        with pytest.raises(ProtocolError) as told:
            Conversations.of(amara).open(conversation)
        assert told.value.code == "broken_chain"


def test_a02_python_client_concludes_nothing_from_an_unsigned_event(clinic: HostileClinic) -> None:
    conversation = clinic.conversation_of(PEGGY)
    with clinic.own_device(AMARA) as amara:
        before = Conversations.of(amara).open(conversation).readers()
        clinic.proxy.inject_event("team:changed", {"team": "tea_" + "0" * 32})
        assert Conversations.of(amara).open(conversation).readers() == before


def test_a32_python_client_opens_to_a_newcomer_nothing_from_before(clinic: HostileClinic, newcomer: str) -> None:
    """Let in without history: the server serves her the earlier messages all the same, with the team's boxes."""
    conversation = clinic.conversation_of(XIUYING)
    with clinic.own_device(XIUYING) as xiuying:
        Consents.of(xiuying).grant(clinic.member(newcomer)["account"], NewTerms(scope=conversation))
        write(xiuying, conversation, "Now that she is here")
    team = team_sees(clinic, conversation)

    def everything(answer: Answer) -> Answer:
        boxes = answer["control"]["boxes"] + team["control"]["boxes"]
        return {**answer, "messages": team["messages"], "control": {**answer["control"], "boxes": boxes}}

    clinic.proxy.lie("POST", OPEN, everything)
    with clinic.own_device(newcomer) as nurse:
        thread = lines(reading(nurse, conversation))
    assert [line.text for line in thread if line.text] == ["Now that she is here"]
    assert len(thread) > 1


def test_a31_python_client_locks_out_who_was_taken_off_before_it_writes(clinic: HostileClinic, newcomer: str) -> None:
    """The revocation brought no new key along; the server goes on serving her everything."""
    conversation, account = clinic.conversation_of(XIUYING), clinic.member(newcomer)["account"]
    boxes: list[list[Answer]] = []
    with clinic.own_device(XIUYING) as xiuying:
        consents = Consents.of(xiuying)
        consents.grant(account, NewTerms(scope=conversation))
        write(xiuying, conversation, "While she may")
        clinic.proxy.lie("POST", OPEN, noting(boxes, lambda answer: answer["control"]["boxes"]))
        with clinic.own_device(newcomer) as nurse:
            assert lines(reading(nurse, conversation))[-1].text == "While she may"
        clinic.proxy.be_honest()
        chain = consents.list()
        given = next(one.consent for one in chain.terms if one.grantee == account)
        end = xiuying.says(ConsentRevocationBody(given, xiuying.id), sequence=len(chain.hashes), previous=chain.head)
        xiuying.api.post("/api/consents", {"statement": end.as_json(), "rotations": []})
    with clinic.own_device(AMARA) as amara:
        acknowledge(amara, clinic.member(XIUYING)["account"])  # whatever other tests did to her
        write(amara, conversation, "Now that she may not")
    with clinic.own_device(newcomer) as nurse:
        nurse_sees_what_the_team_sees(clinic, conversation, boxes[0])
        before, newest = lines(reading(nurse, conversation))[-2:]
    assert before.text == "While she may"
    assert (newest.text, newest.reason) == (None, "waiting_for_key")


def test_a35_python_client_takes_no_state_from_before_a_revocation_it_has_seen(
    clinic: HostileClinic, tom_alone: str
) -> None:
    conversation = clinic.conversation_of(XIUYING)
    with clinic.own_device(AMARA) as amara:
        Conversations.of(amara).open(conversation)
        amara.save_pins()
    consents_lied_about(clinic, lambda chain: chain[:-1])
    with clinic.own_device(AMARA) as amara, pytest.raises(HistoryRolledBack) as told:
        Conversations.of(amara).open(conversation)
    assert "older or another history" in told.value.sentence
    assert tom_alone
