"""A session that ends takes its live connections along, within a second, over a real server's sockets."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.accounts.test_sessions import on_another_device
from tests.cast import Cast, House, renew_team_key
from tests.factories import PersonAtHand
from tests.remote import Connect

on_sqlite = pytest.mark.parametrize("cast", ["sqlite"], indirect=True)
"""Which database it is makes no difference to these, and a server's start takes its time."""

Ending = Callable[[House, PersonAtHand, PersonAtHand], object]

ENDINGS: dict[str, Ending] = {
    "locked": lambda house, ended, _: house.call("POST", "/api/session/lock", {}, by=ended),
    "signed_out": lambda house, ended, _: house.call("POST", "/api/session/end", {}, by=ended),
    "revoked": lambda house, ended, other: house.call("DELETE", f"/api/devices/{ended.device}", by=other),
}


@on_sqlite
@pytest.mark.parametrize("reason", ENDINGS)
def test_an_ended_session_is_cut_within_a_second(served: Cast, connect: Connect, reason: str) -> None:
    other = on_another_device(served, served.nurse)
    ended, going_on = connect(served.nurse), connect(other)
    ENDINGS[reason](served.house, served.nurse, other)
    assert ended.heard.get(timeout=1) == ("session:ended", {"reason": reason})
    assert ended.heard.get(timeout=1)[0] == "disconnect"
    assert going_on.heard_so_far() == []


@on_sqlite
def test_new_credentials_cut_every_other_connection_within_a_second(served: Cast, connect: Connect) -> None:
    other = connect(on_another_device(served, served.nurse))
    served.nurse.change_password()
    served.house.call("PUT", "/api/vault", served.nurse.vault().as_json(), by=served.nurse)
    assert other.heard.get(timeout=1) == ("session:ended", {"reason": "credentials_changed"})


@on_sqlite
def test_a_session_that_idled_too_long_is_cut_though_nobody_asks(served: Cast, connect: Connect) -> None:
    idle = connect(served.nurse)
    served.house.clock.advance(timedelta(hours=2))
    assert idle.hears("session:ended") == {"reason": "idle"}


@on_sqlite
def test_nobody_connects_with_the_token_of_a_session_that_ended(served: Cast, connect: Connect) -> None:
    served.house.call("POST", "/api/session/end", {}, by=served.nurse)
    with pytest.raises(ConnectionRefusedError, match="sign_in_needed"):
        connect(served.nurse)


@on_sqlite
def test_a_team_change_is_told_to_members_and_administrators_and_to_nobody_else(served: Cast, connect: Connect) -> None:
    told = [connect(person) for person in (served.provider, served.nurse, served.founder)]
    patient = connect(served.patient)
    renew_team_key(served.house, served.team, served.provider, [served.provider, served.nurse])
    assert [listener.hears("team:changed") for listener in told] == [{"team": served.team.team}] * 3
    assert patient.heard_so_far() == []
