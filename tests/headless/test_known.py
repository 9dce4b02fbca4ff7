"""What a device knows of conversations: it asks for no more than what follows, and believes nobody else's word."""

import shutil
from pathlib import Path

import pytest

from messenger.headless import known
from messenger.headless.account import Account
from messenger.headless.conversation import Conversation
from messenger.headless.conversations import Conversations
from messenger.headless.known_form import control_as_json, parse_control
from messenger.protocol.json_strict import parse_object, write_json
from messenger.protocol.shape import Members
from tests.headless.residents import Clinic
from tests.protocol import test_control_chain, test_emergency
from tests.protocol.own_vectors import Case, cases


@pytest.mark.parametrize("case", cases("control_chains", "chains"))
def test_a_verified_chain_is_the_same_after_it_was_kept(case: Case) -> None:
    if "error" not in case:
        chain = test_control_chain.verified(case)
        if chain.newer:
            with pytest.raises(ValueError, match="newer"):
                control_as_json(chain)
        else:
            assert parse_control(Members(parse_object(write_json(control_as_json(chain))))) == chain


@pytest.mark.parametrize("case", cases("emergency", "control_chains"))
def test_so_is_one_with_emergency_keys(case: Case) -> None:
    if "error" not in case:
        chain = test_emergency.verified(case)
        assert parse_control(Members(parse_object(write_json(control_as_json(chain))))) == chain


on_sqlite = pytest.mark.parametrize("clinic", ["sqlite"], indirect=True)


class Asked:
    """What an account asks of the control chains."""

    def __init__(self, account: Account) -> None:
        self.queries: list[str] = []
        served = account.api.get

        def noting(path: str, **query: str | int) -> Members:
            if "/control" in path:
                self.queries.append(path.partition("?")[2])
            return served(path, **query)

        account.api.get = noting  # type: ignore[method-assign]  # the real call, noted


def begun(clinic: Clinic) -> Conversation:
    with clinic.visit("peggy") as peggy:
        return Conversations.of(peggy).create(peggy.id, "My insulin")


def rotate(account: Account, opened: Conversation) -> None:
    consents = opened.consents
    link = opened.next_epoch("age", consents.terms, consents.head or "", opted_in=False)
    account.api.post(f"/api/conversations/{opened.id}/control", link)


@on_sqlite
def test_a_device_asks_for_what_follows_what_it_has_verified(clinic: Clinic) -> None:
    talk = begun(clinic)
    with clinic.visit("peggy") as peggy:
        asked, first = Asked(peggy), Conversations.of(peggy).open(talk.id)
        rotate(peggy, first)
        again = Conversations.of(peggy).open(talk.id)
        assert asked.queries == [f"after={talk.control.head}"] * 2
    assert again.control.hashes[:-1] == first.control.hashes
    assert (sorted(again.keys), again.keys[1], again.name) == ([1, 2], first.keys[1], "My insulin")


@on_sqlite
def test_what_one_device_knows_another_asks_for_whole(clinic: Clinic, tmp_path: Path) -> None:
    talk = begun(clinic)
    with clinic.visit("peggy", keystore=tmp_path / "another.json") as peggy:
        asked, opened = Asked(peggy), Conversations.of(peggy).open(talk.id)
    assert (asked.queries, opened.control) == ([""], talk.control)


@on_sqlite
def test_what_was_known_of_one_conversation_is_nothing_known_of_another(clinic: Clinic) -> None:
    talk, other = begun(clinic), begun(clinic)
    with clinic.visit("peggy") as peggy:
        keystore = peggy.keystore
        found = keystore.find_record(talk.id)
        assert found is not None
        shutil.copy(keystore.record_path(talk.id), keystore.record_path(other.id))
        assert keystore.find_record(other.id) is None
        keystore.keep_record(other.id, found)
        assert known.KnownConversations(keystore).find(other.id) is None
        asked, opened = Asked(peggy), Conversations.of(peggy).open(other.id)
    assert (asked.queries, opened.control) == ([""], other.control)


@on_sqlite
def test_what_was_verified_under_other_rules_is_verified_anew(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = begun(clinic)
    monkeypatch.setattr(known, "RULES", known.RULES + 1)
    with clinic.visit("peggy") as peggy:
        asked, opened = Asked(peggy), Conversations.of(peggy).open(talk.id)
    assert (asked.queries, opened.control) == ([""], talk.control)
