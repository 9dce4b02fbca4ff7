"""Who stands in a team, as what and until when; and when its next key is due."""

from typing import Any

import pytest

from messenger.protocol.control_chain import covers
from messenger.protocol.errors import ProtocolError
from messenger.protocol.team_chain import TeamChain, verify_team_chain
from messenger.protocol.team_due import generation_due, is_placed, next_members
from tests.protocol.own_vectors import Case, cases, refusal, table
from tests.protocol.test_chains import account, clinic, envelopes


def _verify(case: Case) -> TeamChain:
    return verify_team_chain(envelopes(case["statements"]), table("team_people")["team"], clinic(), account)


def _plain(thing: Any) -> dict[str, Any]:
    return {**vars(thing), "cover": None if thing.cover is None else thing.cover.as_json()}


@pytest.mark.parametrize("case", cases("team_people", "chains"))
def test_the_people_of_a_team(case: Case) -> None:
    if "error" in case:
        with pytest.raises(ProtocolError) as error:
            _verify(case)
        assert refusal(error) == case["error"]
        return
    chain = _verify(case)
    assert (chain.head, chain.name, list(chain.managers)) == (case["head"], case["name_of"], case["managers"])
    assert [sorted(one.members) for one in chain.generations] == case["members"]
    assert [_plain(one) for one in chain.stays] == case["stays"]
    assert [_plain(one) for one in chain.events] == case["events"]


@pytest.mark.parametrize("case", cases("team_people", "standing"))
def test_who_reads_for_a_team_at_an_instant_and_what_is_due(case: Case) -> None:
    chain = _verify(case)
    assert list(chain.readers_at(case["at"])) == case["readers"]
    assert list(next_members(chain, case["at"])) == case["next"]
    assert generation_due(chain, account, case["at"]) == case["due"]
    people = filter(None, map(account, table("chains")["world"]["accounts"]))
    assert sorted(one.account for one in people if is_placed(chain, one, case["at"])) == case["placed"]


@pytest.mark.parametrize("case", cases("team_people", "covers"))
def test_whom_a_team_among_the_readers_covers(case: Case) -> None:
    chain = _verify(case)
    assert covers({chain.team: case["key"]}, case["account"], {chain.team: chain}, case["at"]) is case["covered"]
