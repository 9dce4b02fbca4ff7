"""A05, A08, A10, A14, A15, A17, A23, A24, A26, A27, A28, A34: the server at the door of the browser."""

import json
import secrets
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, expect

from messenger.protocol.encoding import b64u_decode, b64u_encode
from messenger.protocol.keys import SigningKey
from tests.hostile import browsing
from tests.hostile.clinic import AMARA, PEGGY, TOM, HostileClinic
from tests.hostile.forgery import flip, in_every_encoding, signed_by_the_server, with_keys_of_the_server
from tests.hostile.proxy import JsonLie
from tests.hostile.test_doors import everything_sent

SIGN_IN = "/api/sign-in"


def told_at_the_door(chromium: Browser, clinic: HostileClinic, name: str = TOM) -> str:
    """What somebody reads whose sign-in in a fresh browser fails; nothing was sent under the account afterwards."""
    with browsing.profile(chromium) as context:
        page = browsing.at_the_door(context, clinic, name)
        alert = page.get_by_role("alert").first
        expect(alert).to_be_visible(timeout=browsing.SECONDS)
        assert "/sign-in" in page.url
        changes = [one.target for one in clinic.proxy.requests if one.method != "GET" and "/sign-in" not in one.target]
        assert [one for one in changes if "/session/" not in one] == []
        return alert.inner_text()


def mutated(place: int) -> JsonLie:
    """A lie that flips one bit of the vault."""

    def mutate(answer: Any) -> Any:
        return {**answer, "vault": {**answer["vault"], "payload": flip(answer["vault"]["payload"], place)}}

    return mutate


def forged_vault(answer: Any) -> Any:
    answer["vault"] = signed_by_the_server(answer["vault"], lambda _: None, SigningKey.generate())
    return answer


def chosen_keys(answer: Any) -> Any:
    answer["chain"], signing, sealing = with_keys_of_the_server(answer["chain"])

    def point_to_them(payload: dict[str, Any]) -> None:
        payload["body"]["signing_key"], payload["body"]["sealing_key"] = signing.public.id, sealing.public.id

    answer["vault"] = signed_by_the_server(answer["vault"], point_to_them, signing)
    return answer


@pytest.mark.parametrize("lie", [forged_vault, chosen_keys], ids=["a05", "a08"])
def test_a05_and_a08_browser_refuses_a_vault_or_keys_of_the_servers(
    chromium: Browser, clinic: HostileClinic, lie: JsonLie
) -> None:
    clinic.proxy.lie("POST", SIGN_IN, lie)
    assert told_at_the_door(chromium, clinic)


def test_a10_browser_enforces_its_own_floor(chromium: Browser, clinic: HostileClinic) -> None:
    clinic.proxy.lie("POST", f"{SIGN_IN}/start", lambda answer: {**answer, "kdf": {**answer["kdf"], "m": 8, "t": 1}})
    assert told_at_the_door(chromium, clinic)
    assert not any(one.target == SIGN_IN for one in clinic.proxy.requests), "a proof left the device"


def test_a15_browser_gives_one_answer_to_every_mutated_vault(chromium: Browser, clinic: HostileClinic) -> None:
    told = set()
    for place in (40, -1):
        clinic.proxy.be_honest()
        clinic.proxy.requests.clear()
        clinic.proxy.lie("POST", SIGN_IN, mutated(place))
        told.add(told_at_the_door(chromium, clinic))
    assert len(told) == 1


def test_a23_browser_signs_no_bytes_of_the_servers_choice(chromium: Browser, clinic: HostileClinic) -> None:
    chosen = b64u_encode(secrets.token_bytes(400))
    clinic.proxy.lie("POST", f"{SIGN_IN}/start", lambda answer: {**answer, "challenge": chosen})
    assert told_at_the_door(chromium, clinic)
    assert not any(one.target == SIGN_IN for one in clinic.proxy.requests)


def test_a17_browser_wraps_nothing_for_a_recovery_key_that_the_server_announces(
    chromium: Browser, clinic: HostileClinic
) -> None:
    policy = {"recovery": True, "recovery_key": b64u_encode(secrets.token_bytes(1216))}
    clinic.proxy.lie("POST", SIGN_IN, lambda answer: {**answer, "policy": policy})
    with browsing.profile(chromium) as context:
        page = browsing.at_the_door(context, clinic, TOM)
        page.wait_for_timeout(0)
        expect(page.get_by_role("alert").or_(page.get_by_role("navigation", name="Main")).first).to_be_visible(
            timeout=browsing.SECONDS
        )
    assert not any(b'"boxes"' in one.body or b'"box"' in one.body for one in clinic.proxy.requests)


def test_a24_a_captured_proof_opens_nothing_again(chromium: Browser, clinic: HostileClinic) -> None:
    with browsing.profile(chromium) as context:
        browsing.signed_in(context, clinic, TOM)
    captured = next(one for one in clinic.proxy.requests if one.target == SIGN_IN)
    again = requests.post(f"{clinic.server.here}{SIGN_IN}", data=captured.body, headers=captured.headers, timeout=10)
    assert (again.status_code, again.json()["error"]["code"]) == (401, "sign_in_failed")


def test_a14_and_a28_browser_sends_neither_password_nor_draft(chromium: Browser, clinic: HostileClinic) -> None:
    draft = "a draft about cinnamon that is never sent"
    with browsing.profile(chromium) as context:
        page = browsing.opened(browsing.signed_in(context, clinic, AMARA), clinic, clinic.conversation_of(PEGGY))
        browsing.wait_for_frame(page, clinic, '"conversation:follow"')
        page.locator("textarea").first.press_sequentially(draft)
        browsing.wait_for_frame(page, clinic, '"typing"')
        expect(page.locator("textarea").first).to_have_value(draft)
    sent, log = everything_sent(clinic), clinic.server.log.encode()
    for secret in (clinic.member(AMARA)["password"].encode(), draft.encode(), b"cinnamon"):
        assert not any(form in sent or form in log for form in in_every_encoding(secret))
    typing = {len(frame.text) for frame in clinic.proxy.frames if frame.sent and '"typing"' in frame.text}
    assert typing
    assert max(typing) - min(typing) <= 2, "typing says true or false and nothing of what is typed"
    assert not any("#" in one.target or "Referer" in one.headers for one in clinic.proxy.requests)


def test_a26_a_copied_browser_profile_opens_nothing_after_lock(
    chromium: Browser, clinic: HostileClinic, tmp_path: Path
) -> None:
    with browsing.profile(chromium) as context:
        page = browsing.opened(browsing.signed_in(context, clinic, AMARA), clinic, clinic.conversation_of(PEGGY))
        page.get_by_role("button", name="Lock").first.click()
        expect(page.locator("input[type=password]").first).to_be_visible(timeout=browsing.SECONDS)
        state = tmp_path / "profile.json"
        context.storage_state(path=state, indexed_db=True)
    copied = chromium.new_context(storage_state=state)
    try:
        page = copied.new_page()
        page.goto(f"{clinic.proxy.url}/conversations/{clinic.conversation_of(PEGGY)}")
        expect(page.locator("input[type=password]").first).to_be_visible(timeout=browsing.SECONDS)
        assert "Checked: from" not in browsing.seen(page)
    finally:
        copied.close()
    assert b"stairs" not in state.read_bytes()


def test_a27_browser_sizes_tell_nothing_of_the_text(chromium: Browser, clinic: HostileClinic) -> None:
    sizes = []
    with browsing.profile(chromium) as context:
        page = browsing.opened(browsing.signed_in(context, clinic, AMARA), clinic, clinic.conversation_of(PEGGY))
        browsing.wait_for_frame(page, clinic, '"conversation:follow"')
        for text in ("yes", "no, and this is why: " + "a" * 120):
            clinic.proxy.frames.clear()
            browsing.write(page, text)
            expect(page.get_by_text(text).first).to_be_attached(timeout=browsing.SECONDS)
            browsing.wait_for_frame(page, clinic, '"message:send"')
            sizes.append({len(b64u_decode(one)) for one in _ciphertexts(clinic)})
    assert sizes[0] == sizes[1] != set()


def test_a34_browser_runs_no_bundle_but_the_one_that_the_page_names(chromium: Browser, clinic: HostileClinic) -> None:
    clinic.proxy.lie_bytes("GET", r"/static/dist/.*\.js", lambda code: code + b"\nglobalThis.altered = true;")
    with browsing.profile(chromium) as context:
        page = context.new_page()
        page.goto(f"{clinic.proxy.url}/sign-in")
        assert page.evaluate("() => globalThis.altered === undefined")
        expect(page.locator("input[type=password]")).to_have_count(0)


def _ciphertexts(clinic: HostileClinic) -> list[str]:
    """The ciphertexts of messages that left the browser, over the socket or by request."""
    sent = [frame.text for frame in clinic.proxy.frames if frame.sent and '"message:send"' in frame.text]
    return [json.loads(text[text.index("[") :])[1]["ciphertext"] for text in sent]
