"""Copies of decisions on the command line: written only once they were checked, and checked without any service."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from messenger.headless.consents import Consents, NewTerms
from tests.headless.residents import PASSWORD, Clinic, run_messenger


@pytest.fixture
def fingerprint(clinic: Clinic) -> str:
    with clinic.visit("peggy") as peggy:
        return peggy.clinic.key.id


@pytest.fixture
def export(clinic: Clinic, tmp_path: Path) -> Any:
    """Exports as somebody; what was printed."""
    (tmp_path / "password").write_text(PASSWORD)

    def run(name: str, output: Path, *more: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
        door = ("--server", clinic.server.here, "--name", name, "--password-file", str(tmp_path / "password"))
        device = ("--keystore", str(tmp_path / f"{name}.json"), "--output", str(output))
        return run_messenger(clinic.server, "consent", "export", *door, *device, *more, expect=expect)

    return run


def verify(clinic: Clinic, file: Path, fingerprint: str, *more: str, expect: int = 0) -> dict[str, Any]:
    """What the command prints, or its error."""
    arguments = ("consent", "verify", str(file), "--clinic-fingerprint", fingerprint, *more)
    done = run_messenger(clinic.server, *arguments, expect=expect)
    assert (done.stdout == "") == (expect != 0)
    printed: dict[str, Any] = json.loads(done.stdout or done.stderr)
    return printed


def test_a_patient_saves_a_copy_and_anybody_checks_it(
    clinic: Clinic, export: Any, fingerprint: str, tmp_path: Path
) -> None:
    with clinic.visit("peggy") as peggy:
        done = Consents.of(peggy).grant(clinic.colleague().account, NewTerms(purpose="complaint"))
        Consents.of(peggy).change(done.consent, purpose="billing")
    file = tmp_path / "copy.json"
    printed = json.loads(export("peggy", file).stdout)
    assert (printed["file"], printed["release"], printed["patient"]) == (
        str(file),
        "r4",
        clinic.residents["peggy"].account,
    )
    shown = verify(clinic, file, fingerprint)
    assert shown["ok"] is True
    assert shown["as_of"]["decisions"] == sum(len(one["decisions"]) for one in shown["consents"])
    (one,) = [one for one in shown["consents"] if one["consent"] == done.consent]
    assert (one["purpose"], one["state"]) == ("billing", "active")
    assert [(what["did"], what["changes"]) for what in one["decisions"]] == [
        ("given", []),
        ("changed", ["purpose_changed"]),
    ]
    with clinic.visit("peggy") as peggy:
        head = Consents.of(peggy).revoke(done.consent).head
    assert verify(clinic, file, fingerprint, "--head", head, expect=1)["error"]["code"] == "older_than_known"
    assert json.loads(export("peggy", file, "--format", "r5").stdout)["as_of"]["head"] == head
    assert verify(clinic, file, fingerprint, "--head", head)["release"] == "r5"


def test_care_staff_save_a_copy_of_a_patient_who_lets_them_read(
    clinic: Clinic, export: Any, fingerprint: str, tmp_path: Path
) -> None:
    patient = clinic.residents["peggy"].account
    export("tom", tmp_path / "hers.json", "--patient", patient)
    assert verify(clinic, tmp_path / "hers.json", fingerprint)["patient"] == patient
    refused = export("samuel", tmp_path / "none.json", "--patient", patient, expect=1)
    assert json.loads(refused.stderr)["error"]["code"] in {"not_found", "no_key"}
    assert not (tmp_path / "none.json").exists()


def test_a_copy_that_was_changed_is_refused_with_one_line(
    clinic: Clinic, export: Any, fingerprint: str, tmp_path: Path
) -> None:
    file = tmp_path / "copy.json"
    export("peggy", file)
    file.write_text(file.read_text().replace('"status":"active"', '"status":"inactive"', 1))
    assert verify(clinic, file, fingerprint, expect=1)["error"]["code"] == "resource_differs"
    file.write_text("no JSON at all")
    assert verify(clinic, file, fingerprint, expect=1)["error"]["code"] == "malformed_json"


def test_a_fingerprint_or_a_file_that_is_none_is_wrong_usage(clinic: Clinic, tmp_path: Path) -> None:
    (tmp_path / "copy.json").write_text("{}")
    assert verify(clinic, tmp_path / "copy.json", "12345", expect=2)["error"]["code"] == "wrong_usage"
    missing = verify(clinic, tmp_path / "missing.json", "A" * 43, expect=2)
    assert missing["error"]["code"] == "wrong_usage"
