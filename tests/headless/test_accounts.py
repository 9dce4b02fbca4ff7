"""Joining, signing in and coming back: by password, by recovery code, after a theft, on another device."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from messenger.headless.api import Api
from messenger.headless.conversations import Conversations
from messenger.headless.directory import Directory
from messenger.headless.errors import HistoryRolledBack, KeyChanged, ServiceRefused, SignInFailed
from messenger.headless.invitations import cancel, invite
from messenger.headless.joining import found, join
from messenger.headless.keystore import Keystore
from messenger.headless.profiles import read_profile, write_profile
from messenger.headless.reading import read_all
from messenger.headless.renewal import change_password, new_recovery_code, replace_stolen_keys
from messenger.headless.sending import Draft, Sender
from messenger.headless.signing_in import sign_in, sign_in_with_recovery_code
from messenger.protocol.commitment import Card
from messenger.protocol.errors import ProtocolError
from messenger.protocol.invitation import parse_link
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.keys import SigningKey
from messenger.protocol.message import Text
from messenger.protocol.profile import Profile
from messenger.protocol.shape import Members
from tests.headless.residents import PASSWORD, Clinic, create_clinic

NEW_PASSWORD = "another kettle sings at six"


def test_a_joiner_with_another_clinics_fingerprint_stops(clinic: Clinic) -> None:
    link = clinic.link_for("cautious", clinic.team)
    with clinic.entering("cautious") as (api, keystore, choices), pytest.raises(ProtocolError) as refused:
        join(api, keystore, clinic.clock, replace(link, fingerprint=SigningKey.generate().id), choices)
    assert refused.value.code == "wrong_clinic_key"


def test_a_joiner_with_another_secret_stops(clinic: Clinic) -> None:
    link = clinic.link_for("forgetful", clinic.team)
    with clinic.entering("forgetful") as (api, keystore, choices), pytest.raises(ProtocolError) as refused:
        join(api, keystore, clinic.clock, replace(link, secret=bytes(16)), choices)
    assert refused.value.code == "wrong_secret"


def test_an_invitation_is_used_once(clinic: Clinic) -> None:
    link = clinic.link_for("first patient", clinic.team)
    with clinic.entering("first patient") as (api, keystore, choices):
        clinic.settle(join(api, keystore, clinic.clock, link, choices))
    with clinic.entering("second patient") as (api, keystore, choices), pytest.raises(ServiceRefused) as refused:
        join(api, keystore, clinic.clock, link, choices)
    assert (refused.value.status, refused.value.code) == (410, "invitation_used")


def test_an_invitation_that_was_taken_back_is_closed(clinic: Clinic) -> None:
    with clinic.visit("amara") as amara:
        made = invite(amara, "patient", [clinic.team])
        cancel(amara, made.invitation)
    with clinic.entering("nobody") as (api, keystore, choices), pytest.raises(ServiceRefused) as refused:
        join(api, keystore, clinic.clock, made.link, choices)
    assert (refused.value.status, refused.value.code) == (410, "invitation_cancelled")


def test_a_founder_refuses_another_access_log_than_the_links(clinic: Clinic) -> None:
    link = replace(parse_link(create_clinic(clinic.server)), fingerprint=SigningKey.generate().id)
    with clinic.entering("founder") as (api, keystore, choices), pytest.raises(ProtocolError) as refused:
        found(api, keystore, clinic.clock, link, choices, Card("A Founder", ""))
    assert refused.value.code == "wrong_log_key"


@pytest.mark.parametrize(("name", "password"), [("peggy", "not her password"), ("nobody here", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_are_one_error(
    clinic: Clinic, tmp_path: Path, name: str, password: str
) -> None:
    with Keystore(tmp_path / "keystore.json") as keystore, pytest.raises(SignInFailed) as refused:
        sign_in(clinic.api(), keystore, clinic.clock, name, password)
    assert refused.value.code == "sign_in_failed"
    assert not (tmp_path / "keystore.json").exists()


class Records(Api):
    """A connection that keeps what was sent."""

    sent: list[tuple[str, JsonObject]]

    def post(self, path: str, body: JsonObject) -> Members:
        self.sent.append((path, body))
        return super().post(path, body)


def test_a_sign_in_cannot_be_replayed(clinic: Clinic) -> None:
    api = Records(clinic.server.here, clinic.server.base_url)
    api.sent = []
    with clinic.visit("tom", api=api):
        pass
    path, proof = next((path, body) for path, body in api.sent if path == "/api/sign-in")
    with pytest.raises(ServiceRefused) as refused:
        clinic.api().post(path, proof)
    assert (refused.value.status, refused.value.code) == (401, "sign_in_failed")


def test_a_new_password_opens_and_the_old_one_does_not(clinic: Clinic) -> None:
    clinic.joined("changer", clinic.team)
    with clinic.visit("changer") as account:
        credential = change_password(account, NEW_PASSWORD)
    with clinic.entering("changer") as (api, keystore, _choices):
        with pytest.raises(SignInFailed):
            sign_in(api, keystore, clinic.clock, "changer", PASSWORD)
        assert sign_in(api, keystore, clinic.clock, "changer", NEW_PASSWORD, known=credential).name == "changer"


def test_the_recovery_code_opens_the_account_and_a_new_one_closes_the_old(clinic: Clinic, tmp_path: Path) -> None:
    resident = clinic.joined("loser", clinic.team)
    with Keystore(tmp_path / "new-device.json") as keystore:
        account = sign_in_with_recovery_code(clinic.api(), keystore, clinic.clock, "loser", resident.recovery_code)
        change_password(account, NEW_PASSWORD)
        code = new_recovery_code(account)
    with Keystore(tmp_path / "newer-device.json") as keystore:
        with pytest.raises(SignInFailed):
            sign_in_with_recovery_code(clinic.api(), keystore, clinic.clock, "loser", resident.recovery_code)
        assert sign_in_with_recovery_code(clinic.api(), keystore, clinic.clock, "loser", code).id == resident.account


def test_after_a_theft_new_keys_are_made_old_messages_read_and_others_asked(clinic: Clinic) -> None:
    clinic.joined("robbed", clinic.team)
    conversation = clinic.begin_conversation("robbed")
    with clinic.talking("tom", "robbed") as (tom, robbed):
        Sender().send(robbed.open(conversation), Draft(Text("before")))
        tom.open(conversation).require_known_keys()
        tom.account.save_pins()
        credential, _code = replace_stolen_keys(robbed.account, NEW_PASSWORD)
        assert robbed.account.pins.accounts[robbed.account.id].head == robbed.account.chain.head
        Sender().send(robbed.open(conversation), Draft(Text("after")))
        assert robbed.open(conversation).control.running.epoch.number == 2
    with clinic.entering("robbed") as (api, keystore, _choices):
        account = sign_in(api, keystore, clinic.clock, "robbed", NEW_PASSWORD, known=credential)
        opened = read_all(Conversations.of(account), conversation)
        assert [one.text for one in opened.thread().messages] == ["before", "after"]
    with clinic.talking("tom") as (tom,):
        loaded = tom.open(conversation)
        with pytest.raises(KeyChanged) as stopped:
            Sender().send(loaded, Draft(Text("to whom?")))
        tom.directory.acknowledge(stopped.value.account, compared=True)
        assert Sender().send(tom.open(conversation), Draft(Text("now I know"))).sequence == 3


def test_the_thief_of_a_session_is_out_when_keys_are_made_new(
    clinic: Clinic, another_device: Callable[[str], Path]
) -> None:
    clinic.joined("stolen", clinic.team)
    with clinic.visit("stolen", keystore=another_device("thief")) as thief, clinic.visit("stolen") as owner:
        replace_stolen_keys(owner, NEW_PASSWORD)
        with pytest.raises(ServiceRefused) as refused:
            thief.api.get("/api/me")
        assert refused.value.status == 401


def test_a_service_that_shows_less_than_this_device_has_seen_is_not_believed(clinic: Clinic) -> None:
    with clinic.visit("samuel") as samuel:
        remembered = samuel.keystore.remembered
        assert remembered is not None
        for seen_more in (
            replace(remembered, vault_version=remembered.vault_version + 1),
            replace(remembered, pins_version=remembered.pins_version + 1),
            replace(remembered, head=SigningKey.generate().id),
            replace(remembered, account=clinic.residents["tom"].account),
        ):
            samuel.keystore.remember(seen_more)
            with pytest.raises(HistoryRolledBack):
                sign_in(
                    clinic.api(),
                    samuel.keystore,
                    clinic.clock,
                    "samuel",
                    PASSWORD,
                    known=clinic.residents["samuel"].credential,
                )
        samuel.keystore.remember(remembered)


def test_a_patients_profile_is_read_by_the_care_team_and_by_nobody_else(clinic: Clinic) -> None:
    profile = Profile("Margaret Hale", "Peggy", "she/her", "Large print")
    patient = clinic.residents["peggy"].account
    with clinic.visit("peggy") as peggy:
        write_profile(peggy, Directory(peggy), profile)
    with clinic.visit("tom") as tom:
        assert read_profile(tom, Directory(tom), patient) == profile
    with clinic.visit("xiuying") as xiuying:
        assert read_profile(xiuying, Directory(xiuying), patient) is None


def test_staff_are_known_by_the_card_that_the_clinic_vouches_for(clinic: Clinic) -> None:
    with clinic.visit("peggy") as peggy:
        directory = Directory(peggy)
        assert directory.card(clinic.residents["amara"].account) == Card("Dr Amara Okafor", "MD")
        assert {team.name for team in directory.teams().values()} == {"Family team"}


def test_both_administrators_hold_the_clinics_key(clinic: Clinic) -> None:
    for name in ("ruth", "samuel"):
        with clinic.visit(name) as account:
            assert account.clinic_key().id == account.clinic.key.id
