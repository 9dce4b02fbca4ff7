"""A35: the server hands out a copy of decisions in which the last one is left out."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Download, expect

from messenger.headless.errors import HistoryRolledBack
from messenger.headless.exports import export_consents
from messenger.interchange.evidence import read_fingerprint
from messenger.interchange.verifying import verify_export
from tests.hostile import browsing
from tests.hostile.browsing import PageOf
from tests.hostile.clinic import PEGGY, HostileClinic
from tests.interchange.story import Bundle, with_evidence

EXPORT = r"/api/patients/[^/]+/consents/export"
SAVE = "Save a copy of my decisions"


def without_the_last(bundle: Bundle) -> Bundle:
    """What was true before the patient's last decision, and is shown as what is true now."""

    def cut(evidence: dict[str, Any]) -> None:
        kept = len(evidence["consents"]) - 1
        evidence["consents"] = evidence["consents"][:kept]
        evidence["log"]["entries"] = evidence["log"]["entries"][:kept]

    return with_evidence(bundle, cut)


def test_a35_python_client_keeps_no_copy_in_which_a_decision_is_left_out(clinic: HostileClinic) -> None:
    clinic.proxy.lie("GET", EXPORT, without_the_last)
    with clinic.own_device(PEGGY) as peggy:
        with pytest.raises(HistoryRolledBack):
            export_consents(peggy, "r4")
        clinic.proxy.be_honest()
        assert export_consents(peggy, "r4")[1].evidence.patient == peggy.id


def test_a35_browser_keeps_no_copy_in_which_a_decision_is_left_out(clinic: HostileClinic, page_of: PageOf) -> None:
    page = page_of(PEGGY)
    saved: list[Download] = []
    page.on("download", lambda download: saved.append(download))
    page.goto(f"{clinic.proxy.url}/who-can-read")
    clinic.proxy.lie("GET", EXPORT, without_the_last)
    page.get_by_role("button", name=SAVE).click()
    expect(page.get_by_text("is not what you decided, so it was not saved")).to_be_visible(timeout=browsing.SECONDS)
    assert saved == []
    clinic.proxy.be_honest()
    with page.expect_download() as download:
        page.get_by_role("button", name=SAVE).click()
    assert download.value.suggested_filename == "my-decisions.json"
    data = Path(download.value.path()).read_bytes()
    shown = verify_export(data, read_fingerprint(clinic.demo["clinic"]["fingerprint"]))
    assert shown.evidence.patient == clinic.member(PEGGY)["account"]
    assert json.loads(data)["resourceType"] == "Bundle"
    expect(page.get_by_text("is not what you decided, so it was not saved")).to_have_count(0)
