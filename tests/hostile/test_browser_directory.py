"""A03, A07, A09, A20, A25, A33: the server meddles with whose key is whose, and what the person in the browser sees."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from messenger.headless.renewal import replace_stolen_keys
from messenger.protocol.keys import SigningKey
from tests.hostile import browsing
from tests.hostile.browsing import PageOf
from tests.hostile.clinic import PEGGY, TOM, XIUYING, HostileClinic
from tests.hostile.forgery import noting, signed_by_the_server, with_keys_of_the_server
from tests.hostile.test_directory import Answer, account_path, nothing_was_sealed

MESSAGE = "Nobody else may read this."
READERS_INVALID = "The list of who can read does not follow from what was agreed"
Lie = Callable[[Answer], Answer]


def keys_inserted(answer: Answer) -> Answer:
    """A09, A25: keys that the invitation never countersigned."""
    return {**answer, "chain": with_keys_of_the_server(answer["chain"])[0]}


def own_invitation(answer: Answer) -> Answer:
    """A09: an invitation that the server made itself."""
    chain, signing, _ = with_keys_of_the_server(answer["chain"])
    return {**answer, "chain": [signed_by_the_server(chain[0], lambda _: None, signing), *chain[1:]]}


def other_type_of_id(answer: Answer) -> Answer:
    """A03: the key of a device under an account's name."""

    def rename(payload: Answer) -> None:
        payload["body"]["account"] = payload["body"]["account"].replace("acc_", "dev_")

    chain = answer["chain"]
    return {**answer, "chain": [chain[0], signed_by_the_server(chain[1], rename, SigningKey.generate()), *chain[2:]]}


def signature_stripped(answer: Answer) -> Answer:
    """A07, A25: the proof of possession taken away."""
    invitation, key, *further = answer["chain"]
    signatures = [one for one in key["signatures"] if one["by"] != "self"]
    return {**answer, "chain": [invitation, {**key, "signatures": signatures}, *further]}


@pytest.mark.parametrize(
    "lie",
    [keys_inserted, own_invitation, other_type_of_id, signature_stripped],
    ids=["a09-keys", "a09-invitation", "a03", "a07-a25"],
)
def test_a03_a07_a09_a25_browser_seals_nothing_to_keys_that_do_not_hold(
    clinic: HostileClinic, page_of: PageOf, lie: Lie
) -> None:
    """A reader whose keys do not verify: the conversation stops with words, and nothing is sealed or sent."""
    page = page_of(PEGGY)
    clinic.proxy.lie("GET", account_path(clinic, TOM), lie)
    clinic.proxy.requests.clear()
    clinic.proxy.frames.clear()
    page.goto(f"{clinic.proxy.url}/conversations/{clinic.conversation_of(PEGGY)}")
    expect(page.get_by_text(READERS_INVALID).first).to_be_visible(timeout=browsing.SECONDS)
    expect(
        page.get_by_text("We stopped here; nothing of yours was sent. Please call the clinic.").first
    ).to_be_visible()
    browsing.write(page, MESSAGE)
    assert nothing_was_sealed(clinic)
    assert not any(frame.sent and "message:send" in frame.text for frame in clinic.proxy.frames)


def test_a09_browser_knows_the_other_patients_though_the_keys_of_one_do_not_hold(
    clinic: HostileClinic, page_of: PageOf
) -> None:
    def one_does_not_hold(answer: Answer) -> Answer:
        patients = [
            keys_inserted(one) if one["patient"] == clinic.member(PEGGY)["account"] else one
            for one in answer["patients"]
        ]
        return {**answer, "patients": sorted(patients, key=lambda one: one["patient"])}

    clinic.proxy.lie("GET", "/api/patients", one_does_not_hold)
    page = page_of(TOM)
    page.goto(f"{clinic.proxy.url}/inbox")
    expect(page.get_by_text("陈阿姨").first).to_be_visible(timeout=browsing.SECONDS)
    expect(page.get_by_text("Margaret Hale")).to_have_count(0)


def test_a33_and_a20_browser_stops_at_changed_keys_and_at_a_history_that_went_back(
    chromium: Browser, clinic: HostileClinic
) -> None:
    conversation = clinic.conversation_of(XIUYING)
    old: list[Any] = []
    with browsing.profile(chromium) as context:
        clinic.proxy.lie("GET", "/api/patients", noting(old, lambda answer: line_of(clinic, answer)["chain"]))
        page = browsing.opened(browsing.signed_in(context, clinic, TOM), clinic, conversation)
        browsing.wait_until(page, lambda: bool(old), "for the list of patients")
        clinic.proxy.be_honest()
        give_her_new_keys(clinic, "ribbon cactus harbor violin")
        page.reload()
        expect(page.get_by_text("has new keys").first).to_be_visible(timeout=browsing.SECONDS)
        expect(page.get_by_text("Nothing is sent until you have checked").first).to_be_visible()
        clinic.proxy.requests.clear()
        clinic.proxy.frames.clear()
        browsing.write(page, MESSAGE)
        assert nothing_was_sealed(clinic)
        assert not any(frame.sent and "message:send" in frame.text for frame in clinic.proxy.frames)
        page.get_by_role("button", name="I have checked, go on").first.click()
        expect(page.get_by_text("has new keys")).to_have_count(0, timeout=browsing.SECONDS)

        def go_back(answer: Answer) -> Answer:
            line_of(clinic, answer)["chain"] = old[0]
            return answer

        clinic.proxy.lie("GET", "/api/patients", go_back)
        clinic.proxy.lie("GET", account_path(clinic, XIUYING), lambda answer: {**answer, "chain": old[0]})
        page.reload()
        browsing.expect_stopped(page, "’s keys are not the ones we checked before")


def line_of(clinic: HostileClinic, answer: Answer) -> Answer:
    """What the list of patients says of Xiuying."""
    line: Answer = next(one for one in answer["patients"] if one["patient"] == clinic.member(XIUYING)["account"])
    return line


def give_her_new_keys(clinic: HostileClinic, password: str) -> None:
    """Xiuying's keys were stolen: she makes new ones."""
    with clinic.own_device(XIUYING) as herself:
        replace_stolen_keys(herself, password)
    clinic.member(XIUYING)["password"] = password
