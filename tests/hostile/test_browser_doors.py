"""A14, A17, A24, A26, A27, A28, A34: what leaves the browser, and what a server may do with it."""

import json
import secrets
from pathlib import Path

import requests
from playwright.sync_api import Browser, expect

from messenger.headless.invitations import invite
from messenger.protocol.encoding import b64u_decode, b64u_encode
from messenger.protocol.recovery_code import read_recovery_code
from tests.hostile import browsing
from tests.hostile.clinic import AMARA, PEGGY, TOM, HostileClinic
from tests.hostile.forgery import in_every_encoding
from tests.hostile.test_doors import everything_sent, telling_addresses

SIGN_IN = "/api/sign-in"


def test_a17_browser_wraps_nothing_for_a_recovery_key_that_the_server_announces(
    chromium: Browser, clinic: HostileClinic
) -> None:
    """The person sees what they always see, and their message goes to whom it always goes."""
    servers_key = b64u_encode(secrets.token_bytes(1216))
    policy = {"recovery": True, "recovery_key": servers_key}
    clinic.proxy.lie("POST", SIGN_IN, lambda answer: {**answer, "policy": policy})
    clinic.proxy.lie("GET", "/api/teams", lambda answer: {**answer, **policy})
    with browsing.profile(chromium) as context:
        page = browsing.opened(browsing.signed_in(context, clinic, TOM), clinic, clinic.conversation_of(PEGGY))
        browsing.wait_for_frame(page, clinic, '"conversation:follow"')
        browsing.write(page, "Good, as always.")
        browsing.wait_for_frame(page, clinic, '"message:send"')
    assert not any(b'"boxes"' in one.body or b'"box"' in one.body for one in clinic.proxy.requests)
    assert servers_key.encode() not in everything_sent(clinic)


def test_a24_a_captured_proof_or_cookie_opens_nothing_again(chromium: Browser, clinic: HostileClinic) -> None:
    with browsing.profile(chromium) as context:
        page = browsing.signed_in(context, clinic, TOM)
        captured = next(one for one in clinic.proxy.requests if one.target == SIGN_IN)
        cookies = {one["name"]: one["value"] for one in context.cookies()}
        assert requests.get(f"{clinic.server.here}/api/me", cookies=cookies, timeout=10).status_code == 200
        page.goto(f"{clinic.proxy.url}/settings")
        page.get_by_role("button", name="Sign out", exact=True).click()
        expect(page.get_by_text("You are signed out.").first).to_be_visible(timeout=browsing.SECONDS)
    again = requests.post(f"{clinic.server.here}{SIGN_IN}", data=captured.body, headers=captured.headers, timeout=10)
    assert (again.status_code, again.json()["error"]["code"]) == (401, "sign_in_failed")
    assert requests.get(f"{clinic.server.here}/api/me", cookies=cookies, timeout=10).status_code == 401


def test_a14_browser_sends_no_secret_of_a_link_password_or_code(chromium: Browser, clinic: HostileClinic) -> None:
    with clinic.own_device(AMARA) as amara:
        link = invite(amara, "patient", [clinic.member(AMARA)["teams"][0]]).link
    clinic.proxy.requests.clear()
    name, password = f"newcomer-{secrets.token_hex(3)}", "copper lantern violet harbour"
    with browsing.profile(chromium) as context:
        code = browsing.joined(context.new_page(), link.text(), name, password)
    sent, log = everything_sent(clinic), clinic.server.log.encode()
    for secret in (link.secret, link.key.seed, password.encode(), code.encode(), read_recovery_code(code)):
        assert not any(form in sent or form in log for form in in_every_encoding(secret))
    assert name.encode() in sent, "the name is sent, so the search would have found more"
    assert telling_addresses(clinic) == []


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
    assert telling_addresses(clinic) == []


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
