"""A05, A08, A10, A15, A18: the server meddles with what opens an account."""

from typing import Any

import pytest

from messenger.errors import BetweenError
from messenger.headless.errors import HistoryRolledBack
from messenger.headless.renewal import new_recovery_code
from messenger.protocol.errors import ProtocolError
from messenger.protocol.keys import SigningKey
from tests.hostile.clinic import AMARA, PEGGY, TOM, HostileClinic
from tests.hostile.forgery import flip, noting, signed_by_the_server, with_keys_of_the_server

SIGN_IN = "/api/sign-in"


def refused_sign_in(clinic: HostileClinic, name: str = PEGGY) -> BetweenError | ProtocolError:
    """What somebody is told whose sign-in on a new device fails; nothing was sent under the account afterwards."""
    with pytest.raises((BetweenError, ProtocolError)) as refused, clinic.new_device(name):
        pass
    after = [one.method for one in clinic.proxy.requests if one.target.startswith("/api/") and one.method != "GET"]
    assert after == ["POST", "POST"], "the client went on after a refused vault"
    error = refused.value
    assert isinstance(error, BetweenError | ProtocolError)
    return error


def test_a05_python_client_refuses_a_vault_not_signed_by_its_key(clinic: HostileClinic) -> None:
    def forge(answer: Any) -> Any:
        answer["vault"] = signed_by_the_server(answer["vault"], lambda _: None, SigningKey.generate())
        return answer

    clinic.proxy.lie("POST", SIGN_IN, forge)
    assert refused_sign_in(clinic).code == "vault_unopened"


def test_a08_python_client_refuses_keys_that_the_server_chose(clinic: HostileClinic) -> None:
    def forge(answer: Any) -> Any:
        answer["chain"], signing, sealing = with_keys_of_the_server(answer["chain"])

        def point_to_them(payload: dict[str, Any]) -> None:
            payload["body"]["signing_key"], payload["body"]["sealing_key"] = signing.public.id, sealing.public.id

        answer["vault"] = signed_by_the_server(answer["vault"], point_to_them, signing)
        return answer

    clinic.proxy.lie("POST", SIGN_IN, forge)
    assert refused_sign_in(clinic).code == "wrong_key"


@pytest.mark.parametrize("weaker", [{"m": 8}, {"t": 1}, {"p": 4}, {"m": 65535}])
def test_a10_python_client_enforces_its_own_floor(clinic: HostileClinic, weaker: dict[str, int]) -> None:
    clinic.proxy.lie("POST", f"{SIGN_IN}/start", lambda answer: {**answer, "kdf": {**answer["kdf"], **weaker}})
    with pytest.raises(ProtocolError) as refused, clinic.new_device(PEGGY):
        pass
    assert refused.value.code == "weak_parameters"
    assert [one.target for one in clinic.proxy.requests] == ["/api/sign-in/start"], "a proof left the device"


def test_a10_python_client_refuses_another_version_of_a_statement(clinic: HostileClinic) -> None:
    def older(answer: Any) -> Any:
        answer["vault"] = {**answer["vault"], "type": answer["vault"]["type"].replace(".v1+", ".v0+")}
        return answer

    clinic.proxy.lie("POST", SIGN_IN, older)
    assert refused_sign_in(clinic).code == "vault_unopened"


def test_a15_python_client_gives_one_answer_to_every_mutated_vault(clinic: HostileClinic) -> None:
    told = set()
    for place in (0, 40, 200, -1):

        def mutate(answer: Any, place: int = place) -> Any:
            answer["vault"] = {**answer["vault"], "payload": flip(answer["vault"]["payload"], place)}
            return answer

        clinic.proxy.be_honest()
        clinic.proxy.requests.clear()
        clinic.proxy.lie("POST", SIGN_IN, mutate)
        told.add(str(refused_sign_in(clinic)))
    assert len(told) == 1


def test_a18_python_client_audits_the_account_it_holds_keys_of(clinic: HostileClinic) -> None:
    with clinic.own_device(PEGGY):
        pass
    stranger: dict[str, Any] = {}

    def keep(answer: Any) -> Any:
        stranger.update(answer)
        return answer

    clinic.proxy.lie("POST", SIGN_IN, keep)
    with clinic.new_device(TOM):
        pass
    clinic.proxy.be_honest()
    clinic.proxy.lie("POST", SIGN_IN, lambda answer: {**answer, **{k: stranger[k] for k in ("account", "chain")}})
    with pytest.raises(HistoryRolledBack), clinic.own_device(PEGGY):
        pass
    clinic.proxy.be_honest()
    clinic.proxy.lie("POST", SIGN_IN, lambda answer: {**answer, "account": stranger["account"]})
    with pytest.raises((BetweenError, ProtocolError)), clinic.new_device(AMARA):
        pass


def test_a07_python_client_refuses_an_older_vault_on_a_device_that_saw_a_newer_one(clinic: HostileClinic) -> None:
    old: list[Any] = []
    clinic.proxy.lie("POST", SIGN_IN, noting(old, lambda answer: answer["vault"]))
    with clinic.own_device(TOM) as tom:
        new_recovery_code(tom)
    clinic.proxy.be_honest()
    with clinic.own_device(TOM):
        pass
    clinic.proxy.lie("POST", SIGN_IN, lambda answer: {**answer, "vault": old[0]})
    with pytest.raises(HistoryRolledBack) as refused, clinic.own_device(TOM):
        pass
    assert "older" in refused.value.sentence
