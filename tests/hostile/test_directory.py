"""A03, A07, A09, A20, A25, A33: the server meddles with whose key is whose."""

from collections.abc import Callable
from typing import Any

import pytest

from messenger.errors import BetweenError
from messenger.headless.account import Account
from messenger.headless.directory import Directory
from messenger.headless.errors import HistoryRolledBack, KeyChanged
from messenger.headless.renewal import replace_stolen_keys
from messenger.protocol.errors import ProtocolError
from messenger.protocol.keys import SigningKey
from tests.hostile.clinic import AMARA, PEGGY, TOM, XIUYING, HostileClinic, write
from tests.hostile.forgery import noting, signed_by_the_server, with_keys_of_the_server

Answer = dict[str, Any]


def account_path(clinic: HostileClinic, name: str) -> str:
    return f"/api/accounts/{clinic.member(name)['account']}"


def refused(account: Account, about: str) -> str:
    """Why a client does not take what it was told about somebody."""
    with pytest.raises((BetweenError, ProtocolError)) as told:
        Directory(account).find(about)
    error = told.value
    assert isinstance(error, BetweenError | ProtocolError)
    return error.code


def acknowledge(account: Account, other: str) -> None:
    """The person looks at somebody's keys and goes on."""
    Directory(account).acknowledge(other)
    account.save_pins()


def nothing_was_sealed(clinic: HostileClinic) -> bool:
    """Whether no box and no message left the device."""
    return not any(b'"boxes"' in one.body or b'"ciphertext"' in one.body for one in clinic.proxy.requests
                   if "/api/documents/" not in one.target)  # fmt: skip


@pytest.mark.parametrize("other", ["device", "key"])
def test_a03_python_client_takes_no_key_under_an_id_of_another_type(clinic: HostileClinic, other: str) -> None:
    amara = clinic.member(AMARA)["account"]

    def confuse(answer: Answer) -> Answer:
        def rename(payload: Answer) -> None:
            key = payload["signer"]["key"]
            payload["body"]["account"] = amara.replace("acc_", "dev_") if other == "device" else key

        chain = answer["chain"]
        return {**answer, "chain": [signed_by_the_server(chain[0], rename, SigningKey.generate()), *chain[1:]]}

    with clinic.new_device(PEGGY) as peggy:
        clinic.proxy.lie("GET", account_path(clinic, AMARA), confuse)
        assert refused(peggy, amara) in {"may_not_invite", "bad_id", "wrong_key"}


def test_a03_python_client_takes_no_chain_of_another_account(clinic: HostileClinic) -> None:
    tom: list[Answer] = []
    clinic.proxy.lie("GET", account_path(clinic, TOM), noting(tom))
    with clinic.new_device(PEGGY) as peggy:
        Directory(peggy).find(clinic.member(TOM)["account"])
        clinic.proxy.lie("GET", account_path(clinic, AMARA), lambda answer: {**answer, "chain": tom[0]["chain"]})
        assert refused(peggy, clinic.member(AMARA)["account"]) == "wrong_account"


def test_a09_python_client_seals_to_no_key_that_nobody_vouched_for(clinic: HostileClinic) -> None:
    def insert(answer: Answer) -> Answer:
        return {**answer, "chain": with_keys_of_the_server(answer["chain"])[0]}

    conversation = clinic.conversation_of(PEGGY)
    with clinic.new_device(PEGGY) as peggy:
        clinic.proxy.lie("GET", account_path(clinic, AMARA), insert)
        clinic.proxy.requests.clear()
        with pytest.raises((BetweenError, ProtocolError)):
            write(peggy, conversation, "Nobody else may read this.")
        assert nothing_was_sealed(clinic)


def test_a09_python_client_takes_no_self_made_invitation(clinic: HostileClinic) -> None:
    """The server invites and enrols somebody of its own: every signature holds, and the clinic's key made none."""

    def insert(answer: Answer) -> Answer:
        chain, signing, _ = with_keys_of_the_server(answer["chain"])
        invitation = signed_by_the_server(chain[0], lambda _: None, signing)
        return {**answer, "chain": [invitation, *chain[1:]]}

    with clinic.new_device(PEGGY) as peggy:
        clinic.proxy.lie("GET", account_path(clinic, TOM), insert)
        assert refused(peggy, clinic.member(TOM)["account"]) == "may_not_invite"


def test_a20_and_a07_python_client_misses_a_key_that_was_retired(clinic: HostileClinic) -> None:
    """Xiuying's keys were stolen and made new; the server serves her history without that."""
    xiuying = clinic.member(XIUYING)
    old: list[Answer] = []
    clinic.proxy.lie("GET", account_path(clinic, XIUYING), noting(old))
    with clinic.own_device(AMARA) as amara:
        Directory(amara).find(xiuying["account"])
        clinic.proxy.be_honest()
        with clinic.own_device(XIUYING) as herself:
            replace_stolen_keys(herself, "melon canyon ribbon otter")
        xiuying["password"] = "melon canyon ribbon otter"
        directory = Directory(amara)
        directory.find(xiuying["account"])
        assert directory.changed == {xiuying["account"]}
        directory.acknowledge(xiuying["account"])
        amara.save_pins()
    with clinic.own_device(AMARA) as amara:
        clinic.proxy.lie("GET", account_path(clinic, XIUYING), lambda answer: {**answer, "chain": old[0]["chain"]})
        with pytest.raises(HistoryRolledBack) as told:
            Directory(amara).find(xiuying["account"])
        assert "older or another history" in told.value.sentence


def test_a33_python_client_stops_sending_until_changed_keys_are_acknowledged(clinic: HostileClinic) -> None:
    xiuying = clinic.member(XIUYING)
    conversation = clinic.conversation_of(XIUYING)
    with clinic.own_device(TOM) as tom:
        acknowledge(tom, xiuying["account"])  # whatever other tests did to her
        write(tom, conversation, "Before her keys changed.")
    with clinic.own_device(XIUYING) as herself:
        replace_stolen_keys(herself, "walnut meadow piano lantern")
    xiuying["password"] = "walnut meadow piano lantern"
    with clinic.own_device(TOM) as tom:
        clinic.proxy.requests.clear()
        with pytest.raises(KeyChanged) as told:
            write(tom, conversation, "After.")
        assert nothing_was_sealed(clinic)
        assert "Compare safety codes" in told.value.sentence
        acknowledge(tom, xiuying["account"])
        assert write(tom, conversation, "After I have looked.").sequence


@pytest.mark.parametrize("without", ["self", "invitation"])
def test_a25_python_client_takes_no_key_whose_possession_nobody_proved(clinic: HostileClinic, without: str) -> None:
    def strip(answer: Answer) -> Answer:
        invitation, key, *further = answer["chain"]
        signatures = [one for one in key["signatures"] if one["by"] != without]
        return {**answer, "chain": [invitation, {**key, "signatures": signatures}, *further]}

    with clinic.new_device(PEGGY) as peggy:
        clinic.proxy.lie("GET", account_path(clinic, TOM), strip)
        assert refused(peggy, clinic.member(TOM)["account"]) == "missing_signature"


def test_a07_python_client_refuses_metadata_whose_signature_was_replaced(clinic: HostileClinic) -> None:
    def replace(change: Callable[[Answer], None]) -> Callable[[Answer], Answer]:
        def lie(answer: Answer) -> Answer:
            chain = answer["chain"]
            return {**answer, "chain": [chain[0], signed_by_the_server(chain[1], change, SigningKey.generate())]}

        return lie

    def backdate(payload: Answer) -> None:
        payload["time"] = "2020-01-01T00:00:00.000Z"

    with clinic.new_device(PEGGY) as peggy:
        clinic.proxy.lie("GET", account_path(clinic, TOM), replace(backdate))
        assert refused(peggy, clinic.member(TOM)["account"]) in {"wrong_key", "bad_signature"}
