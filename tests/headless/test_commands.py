"""The command line as a clinic's scripts use it: JSON on standard output, errors on standard error, exit codes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.headless.residents import PASSWORD, Clinic, run_messenger
from tests.servers import ROOT, free_port


@pytest.fixture
def clinic(clinic_on: Callable[[str], Clinic]) -> Clinic:
    """On SQLite: a verb speaks to the service by HTTP alone, and what lies behind is tried on both kinds elsewhere."""
    return clinic_on("sqlite")


@pytest.fixture
def as_person(clinic: Clinic, tmp_path: Path) -> Any:
    """Runs a verb as somebody, with a keystore that lasts for the test."""
    password_file = tmp_path / "password"
    password_file.write_text(f"{PASSWORD}\n")

    def run(
        verb: str | tuple[str, ...], name: str, *arguments: str, expect: int = 0
    ) -> subprocess.CompletedProcess[str]:
        door = ("--server", clinic.server.here, "--name", name, "--password-file", str(password_file))
        keystore = ("--keystore", str(tmp_path / f"{name}.json"))
        verbs = (verb,) if isinstance(verb, str) else verb
        return run_messenger(clinic.server, *verbs, *door, *keystore, *arguments, expect=expect)

    return run


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def error(done: subprocess.CompletedProcess[str]) -> str:
    (line,) = done.stderr.splitlines()
    code: str = json.loads(line)["error"]["code"]
    assert json.loads(line)["error"]["message"]
    assert done.stdout == ""
    return code


def test_a_question_and_its_answer_go_through_the_command_line(as_person: Any, conversation: str) -> None:
    (question,) = lines(
        as_person("send", "peggy", "--conversation", conversation, "--text", "When? 什么时候？", "--question")
    )
    assert question["sequence"] == 1
    (listed,) = [one for one in lines(as_person("conversations", "tom")) if one["conversation"] == conversation]
    assert (listed["open_questions"], listed["name"], listed["last_sequence"]) == ([question["id"]], "Knee", 1)
    as_person("send", "tom", "--conversation", conversation, "--text", "Now.", "--answers", question["id"])
    first, second = lines(as_person("read", "peggy", "--conversation", conversation))
    assert set(first) == {
        "id", "sequence", "conversation", "sender", "time", "kind", "text", "verified", "reason",
    }  # fmt: skip
    assert (first["text"], first["kind"], first["verified"], first["reason"]) == (
        "When? 什么时候？",
        "question",
        True,
        None,
    )
    assert (second["text"], second["kind"], second["verified"]) == ("Now.", "update", True)
    (listed,) = [one for one in lines(as_person("conversations", "tom")) if one["conversation"] == conversation]
    assert listed["open_questions"] == []


def test_an_invitation_made_here_is_joined_here(as_person: Any, clinic: Clinic) -> None:
    (made,) = lines(as_person("invite", "amara", "--role", "patient", "--team", clinic.team))
    assert set(made) == {"invitation", "account", "link", "expires"}
    (joined,) = lines(as_person("sign-up", "newcomer", "--invitation", made["link"], "--language", "zh-Hans"))
    assert (joined["account"], joined["role"], joined["name"]) == (made["account"], "patient", "newcomer")
    assert len(joined["recovery_code"].split("-")) == 9
    assert error(as_person("sign-up", "latecomer", "--invitation", made["link"], expect=1)) == "invitation_used"


def test_staff_are_invited_with_a_card(as_person: Any) -> None:
    assert error(as_person("invite", "ruth", "--role", "nurse", expect=2)) == "wrong_usage"
    card = ("--card-name", "Nia Obi", "--card-credential", "RN")
    (made,) = lines(as_person("invite", "samuel", "--role", "nurse", *card))
    assert "/join#i." in made["link"]
    assert error(as_person("invite", "tom", "--role", "nurse", *card, expect=1)) == "clinic_key_needed"


def test_a_wrong_password_is_refused_with_one_line(as_person: Any, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("something else\n")
    assert error(as_person("conversations", "peggy", expect=1)) == "sign_in_failed"


def test_somebody_elses_conversation_is_not_there(as_person: Any, conversation: str) -> None:
    assert error(as_person("read", "xiuying", "--conversation", conversation, expect=1)) == "not_found"


def test_a_text_that_is_too_long_is_refused_with_the_limit(as_person: Any, conversation: str) -> None:
    done = as_person("send", "peggy", "--conversation", conversation, "--text", "x" * 60_001, expect=1)
    assert error(done) == "message_too_large"
    assert "60,000" in done.stderr


def test_a_link_that_was_cut_off_is_told_as_one(as_person: Any) -> None:
    assert (
        error(as_person("sign-up", "nobody", "--invitation", "http://localhost/join#i.inv", expect=1))
        == "malformed_link"
    )


def test_a_missing_option_is_wrong_usage(clinic: Clinic) -> None:
    assert error(run_messenger(clinic.server, "send", expect=2)) == "wrong_usage"


def test_a_service_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(PASSWORD)
    door = [
        "--server",
        f"http://127.0.0.1:{free_port()}",
        "--name",
        "peggy",
        "--password-file",
        str(tmp_path / "password"),
    ]
    environ = {"PATH": os.environ["PATH"], "XDG_STATE_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "messenger", "conversations", *door]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, error(done)) == (3, "unreachable")


def test_what_follows_is_printed_as_it_is_written(
    as_person: Any, clinic: Clinic, conversation: str, tmp_path: Path
) -> None:
    as_person("send", "tom", "--conversation", conversation, "--text", "first")
    door = ["--server", clinic.server.here, "--name", "peggy", "--password-file", str(tmp_path / "password")]
    options = ["--keystore", str(tmp_path / "follower.json"), "--conversation", conversation, "--follow"]
    command = [sys.executable, "-m", "messenger", "read", *door, *options]
    with subprocess.Popen(command, cwd=ROOT, env=clinic.server.settings(), stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        assert json.loads(reader.stdout.readline())["text"] == "first"
        as_person("send", "tom", "--conversation", conversation, "--text", "second")
        assert json.loads(reader.stdout.readline())["text"] == "second"
        reader.terminate()


def test_consents_are_given_changed_listed_and_revoked(as_person: Any, clinic: Clinic, conversation: str) -> None:
    nia = clinic.colleague().account
    terms = ("--grantee", nia, "--scope", conversation, "--until", "2099-01-01T00:00:00.000Z")
    (given,) = lines(as_person(("consent", "grant"), "peggy", *terms))
    assert set(given) == {"consent", "head", "rotated", "history_opened"}
    assert (given["rotated"], given["history_opened"]) == ([conversation], 0)
    wider = ("--until", "never", "--history", "all", "--purpose", "coordination")
    (changed,) = lines(as_person(("consent", "change"), "peggy", given["consent"], *wider))
    assert (changed["consent"], changed["history_opened"]) == (given["consent"], 1)
    listed = {one["consent"]: one for one in lines(as_person(("consent", "list"), "peggy"))}
    one = listed[given["consent"]]
    assert (one["state"], one["until"], one["history"], one["purpose"]) == ("active", None, "all", "coordination")
    as_person(("consent", "revoke"), "peggy", given["consent"])
    listed = {one["consent"]: one for one in lines(as_person(("consent", "list"), "peggy"))}
    assert listed[given["consent"]]["state"] == "revoked"
    assert listed[given["consent"]]["revoked"] is not None
    again = as_person(("consent", "revoke"), "peggy", given["consent"], expect=1)
    assert error(again) == "consent_unknown"


def test_a_person_is_blocked_listed_and_unblocked(as_person: Any, clinic: Clinic, conversation: str) -> None:
    tom = clinic.residents["tom"].account
    (blocked,) = lines(as_person(("consent", "block"), "peggy", tom))
    assert (blocked["account"], conversation in blocked["rotated"]) == (tom, True)
    (listed,) = lines(as_person(("consent", "blocked"), "peggy"))
    assert listed["account"] == tom
    again = as_person(("consent", "block"), "peggy", tom, expect=1)
    assert error(again) == "nothing_changed"
    (unblocked,) = lines(as_person(("consent", "unblock"), "peggy", tom))
    assert conversation in unblocked["rotated"]
    assert lines(as_person(("consent", "blocked"), "peggy")) == []


def test_a_consent_that_makes_no_sense_is_refused_before_anything_is_sent(as_person: Any, clinic: Clinic) -> None:
    grantee = ("--grantee", clinic.team)
    for wrong in (("--history", "from"), ("--from", "2026-01-01T00:00:00.000Z"), ("--until", "tomorrow")):
        assert error(as_person(("consent", "grant"), "peggy", *grantee, *wrong, expect=2)) == "wrong_usage"
    administrator = ("--grantee", clinic.residents["ruth"].account)
    assert error(as_person(("consent", "grant"), "peggy", *administrator, expect=1)) == "grantee_unknown"
    assert error(as_person(("consent", "grant"), "tom", *grantee, expect=1)) == "not_a_patient"
