"""A14, A17, A23, A24, A26, A27, A28: what leaves the device, and what a server may do with it."""

import json
import secrets

import pytest
import requests

from messenger.errors import BetweenError
from messenger.headless.api import Api
from messenger.headless.invitations import invite
from messenger.headless.joiner import Choices
from messenger.headless.joining import join
from messenger.headless.keystore import Keystore
from messenger.headless.renewal import change_password, new_recovery_code
from messenger.headless.signing_in import sign_in_with_recovery_code
from messenger.protocol.encoding import b64u_decode, b64u_encode
from messenger.protocol.errors import ProtocolError
from messenger.protocol.kinds.sign_in import SignInBody
from messenger.protocol.recovery_code import read_recovery_code
from messenger.protocol.statement import payload_type
from tests.hostile.clinic import AMARA, PEGGY, TOM, HostileClinic, write
from tests.hostile.forgery import in_every_encoding, noting

NEW_PASSWORD = "copper lantern violet harbour"


def everything_sent(clinic: HostileClinic) -> bytes:
    """Every address, header and body that left a client."""
    return b"\n".join(
        one.target.encode() + json.dumps(one.headers).encode() + one.body for one in clinic.proxy.requests
    ) + b"".join(frame.text.encode() for frame in clinic.proxy.frames if frame.sent)


def telling_addresses(clinic: HostileClinic) -> list[str]:
    """Requests that carry a fragment or say what page they come from.

    A browser fetches a service worker's script with that very address as the page it comes from, whatever the policy:
    it tells nobody anything.
    """
    told = [one for one in clinic.proxy.requests if "#" in one.target or "Referer" in one.headers]
    return [one.target for one in told if one.headers.get("Referer") != clinic.proxy.url + one.target]


def test_a14_python_client_sends_no_secret_of_a_link_password_or_code(clinic: HostileClinic) -> None:
    with clinic.own_device(AMARA) as amara:
        team = clinic.member(AMARA)["teams"][0]
        link = invite(amara, "patient", [team]).link
    api, name = Api(clinic.proxy.url), f"newcomer-{secrets.token_hex(3)}"
    with Keystore(clinic.folder / f"{name}.keystore") as keystore:
        joined = join(api, keystore, clinic.clock, link, Choices(name, NEW_PASSWORD, "en", "a test"))
        other = "amber window thistle parade"
        change_password(joined.account, other)
        code = new_recovery_code(joined.account)
    with Keystore(clinic.folder / f"{name}-2.keystore") as keystore:
        sign_in_with_recovery_code(Api(clinic.proxy.url), keystore, clinic.clock, name, code)
    sent, log = everything_sent(clinic), clinic.server.log.encode()
    code_bytes = read_recovery_code(code)
    hidden = [link.secret, link.key.seed, code_bytes, NEW_PASSWORD.encode(), other.encode(), code.encode()]
    for secret in hidden:
        assert not any(form in sent or form in log for form in in_every_encoding(secret))
    assert link.invitation.encode() in sent, "the id of the invitation is sent, so the search would have found more"
    assert telling_addresses(clinic) == []


def test_a17_python_client_wraps_nothing_for_a_recovery_key_that_the_server_announces(clinic: HostileClinic) -> None:
    servers_key = b64u_encode(secrets.token_bytes(1216))
    policy = {"recovery": True, "recovery_key": servers_key}
    clinic.proxy.lie("POST", "/api/sign-in", lambda answer: {**answer, "policy": policy})
    clinic.proxy.lie("GET", "/api/teams", lambda answer: {**answer, **policy})
    with clinic.new_device(TOM) as tom:
        write(tom, clinic.conversation_of(PEGGY), "As always.")
    boxes = [one for one in clinic.proxy.requests if b'"boxes"' in one.body or b'"box"' in one.body]
    assert boxes == []
    assert any(b'"ciphertext"' in one.body for one in clinic.proxy.requests)


@pytest.mark.parametrize("length", [31, 33, 400])
def test_a23_python_client_signs_no_bytes_of_the_servers_choice(clinic: HostileClinic, length: int) -> None:
    chosen = b64u_encode(secrets.token_bytes(length))
    clinic.proxy.lie("POST", "/api/sign-in/start", lambda answer: {**answer, "challenge": chosen})
    with pytest.raises((BetweenError, ProtocolError)), clinic.new_device(TOM):
        pass
    assert [one.target for one in clinic.proxy.requests] == ["/api/sign-in/start"]


def test_a23_what_a_sign_in_signs_is_of_its_own_type_whatever_the_challenge(clinic: HostileClinic) -> None:
    with clinic.new_device(TOM):
        pass
    proof = next(json.loads(one.body)["proof"] for one in clinic.proxy.requests if one.target == "/api/sign-in")
    assert proof["type"] == payload_type(SignInBody.kind)
    assert json.loads(b64u_decode(proof["payload"]))["body"]["service"] == clinic.proxy.url
    assert [one["by"] for one in proof["signatures"]] == ["credential"]


def test_a24_a_captured_proof_or_token_opens_nothing_again(clinic: HostileClinic) -> None:
    tokens: list[str] = []
    clinic.proxy.lie("POST", "/api/sign-in", noting(tokens, lambda answer: answer["token"]))
    with clinic.new_device(TOM) as tom:
        captured = next(one for one in clinic.proxy.requests if one.target == "/api/sign-in")
        tom.api.post("/api/session/end", {})
    again = requests.post(f"{clinic.server.here}/api/sign-in", data=captured.body, headers=captured.headers, timeout=10)
    assert (again.status_code, again.json()["error"]["code"]) == (401, "sign_in_failed")
    headers = {"Authorization": f"Bearer {tokens[0]}"}
    assert requests.get(f"{clinic.server.here}/api/me", headers=headers, timeout=10).status_code == 401


def test_a26_a_copied_keystore_opens_nothing_without_the_password(clinic: HostileClinic) -> None:
    with clinic.own_device(AMARA) as amara:
        write(amara, clinic.conversation_of(PEGGY), "Kept on the device.")
        current = amara.vault.current
        held = [amara.vault.master_key, current.signing.seed, current.sealing.seed]
    copied = clinic.copy_of_device(AMARA).read_bytes()
    for secret in held:
        assert not any(form in copied for form in in_every_encoding(secret))
    assert b"Kept on the device" not in copied


def test_a27_sizes_tell_neither_the_text_nor_how_well_it_compresses(clinic: HostileClinic) -> None:
    def size_of(text: str) -> int:
        clinic.proxy.requests.clear()
        with clinic.own_device(AMARA) as amara:
            write(amara, clinic.conversation_of(PEGGY), text)
        sent = next(one for one in clinic.proxy.requests if one.target.endswith("/messages") and one.method == "POST")
        assert "Content-Encoding" not in sent.headers
        return len(b64u_decode(json.loads(sent.body)["ciphertext"]))

    assert size_of("yes") == size_of("no, and this is why: " + "a" * 150)
    assert size_of("a" * 900) == size_of(secrets.token_hex(450))


def test_a28_python_client_sends_nothing_of_a_draft_and_receipts_of_one_size(clinic: HostileClinic) -> None:
    with clinic.own_device(AMARA) as amara:
        write(amara, clinic.conversation_of(PEGGY), "A device's first message names none before it.")
        clinic.proxy.requests.clear()
        write(amara, clinic.conversation_of(PEGGY), "short")
        write(amara, clinic.conversation_of(PEGGY), "a much longer message " * 5)
    assert not any("typing" in frame.text for frame in clinic.proxy.frames)
    sizes = {len(one.body) for one in clinic.proxy.requests if one.target.endswith("/messages") and one.body}
    assert max(sizes) - min(sizes) < 8, "two texts in one bucket differ on the wire by their numbers at most"
