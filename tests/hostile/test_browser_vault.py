"""A05, A07, A08, A10, A15, A18, A23: the server meddles with what opens an account.

Each with what the person in the browser reads.
"""

import secrets
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from messenger.headless.renewal import new_recovery_code
from messenger.protocol.encoding import b64u_encode
from messenger.protocol.keys import SigningKey
from tests.hostile import browsing
from tests.hostile.browsing import PageOf
from tests.hostile.clinic import AMARA, TOM, HostileClinic
from tests.hostile.forgery import flip, noting, signed_by_the_server, with_keys_of_the_server
from tests.hostile.proxy import JsonLie
from tests.hostile.test_directory import account_path, nothing_was_sealed

SIGN_IN = "/api/sign-in"
REFUSED = "That name and password do not belong together."
OUR_FAULT = "It is our fault, not yours, and nothing is lost."


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
    assert REFUSED in told_at_the_door(chromium, clinic)


def test_a10_browser_enforces_its_own_floor(chromium: Browser, clinic: HostileClinic) -> None:
    clinic.proxy.lie("POST", f"{SIGN_IN}/start", lambda answer: {**answer, "kdf": {**answer["kdf"], "m": 8, "t": 1}})
    assert OUR_FAULT in told_at_the_door(chromium, clinic)
    assert not any(one.target == SIGN_IN for one in clinic.proxy.requests), "a proof left the device"


def test_a10_browser_refuses_another_version_of_a_statement(chromium: Browser, clinic: HostileClinic) -> None:
    def older(answer: Any) -> Any:
        return {**answer, "vault": {**answer["vault"], "type": answer["vault"]["type"].replace(".v1+", ".v0+")}}

    clinic.proxy.lie("POST", SIGN_IN, older)
    assert REFUSED in told_at_the_door(chromium, clinic)


def test_a15_browser_gives_one_answer_to_every_mutated_vault(chromium: Browser, clinic: HostileClinic) -> None:
    told = set()
    for place in (40, -1):
        clinic.proxy.be_honest()
        clinic.proxy.requests.clear()
        clinic.proxy.lie("POST", SIGN_IN, mutated(place))
        told.add(told_at_the_door(chromium, clinic))
    assert len(told) == 1
    assert REFUSED in told.pop()


def test_a23_browser_signs_no_bytes_of_the_servers_choice(chromium: Browser, clinic: HostileClinic) -> None:
    chosen = b64u_encode(secrets.token_bytes(400))
    clinic.proxy.lie("POST", f"{SIGN_IN}/start", lambda answer: {**answer, "challenge": chosen})
    assert OUR_FAULT in told_at_the_door(chromium, clinic)
    assert not any(one.target == SIGN_IN for one in clinic.proxy.requests)


def test_a07_browser_stops_at_an_older_vault_than_it_has_seen(chromium: Browser, clinic: HostileClinic) -> None:
    with browsing.profile(chromium) as context:
        page = browsing.signed_in(context, clinic, TOM)
        old: list[Any] = []
        clinic.proxy.lie("POST", SIGN_IN, noting(old, lambda answer: answer["vault"]))
        with clinic.own_device(TOM) as tom:
            new_recovery_code(tom)
        clinic.proxy.be_honest()
        page.reload()
        browsing.expect_in(page)
        browsing.locked(page)
        clinic.proxy.lie("POST", SIGN_IN, lambda answer: {**answer, "vault": old[0]})
        browsing.unlock(page, clinic, TOM)
        browsing.expect_stopped(page, "We were given an older copy of your keys")


@pytest.mark.parametrize("how", ["forged", "empty", "another account's"])
def test_a18_browser_stops_when_its_own_account_is_not_served_as_it_is(
    clinic: HostileClinic, page_of: PageOf, how: str
) -> None:
    """What is served of oneself is what others seal to: everything stops, and nothing is sealed meanwhile."""
    page, toms = page_of(AMARA), list[Any]()
    clinic.proxy.lie("POST", SIGN_IN, noting(toms, lambda answer: answer["chain"]))
    with clinic.new_device(TOM):
        pass
    lies: dict[str, JsonLie] = {
        "forged": lambda answer: {**answer, "chain": with_keys_of_the_server(answer["chain"])[0]},
        "empty": lambda answer: {**answer, "chain": []},
        "another account's": lambda answer: {**answer, "chain": toms[0]},
    }
    clinic.proxy.lie("GET", account_path(clinic, AMARA), lies[how])
    clinic.proxy.requests.clear()
    page.goto(f"{clinic.proxy.url}/inbox")
    browsing.expect_stopped(page, "Somebody entered keys in your name")
    assert nothing_was_sealed(clinic)


def test_a18_browser_is_let_in_as_nobody_but_the_account_whose_keys_open(
    chromium: Browser, clinic: HostileClinic
) -> None:
    others: list[Any] = []
    clinic.proxy.lie("POST", SIGN_IN, noting(others))
    with clinic.new_device(AMARA):
        pass
    clinic.proxy.be_honest()
    clinic.proxy.requests.clear()
    swapped = {name: others[0][name] for name in ("account", "chain")}
    clinic.proxy.lie("POST", SIGN_IN, lambda answer: {**answer, **swapped})
    assert REFUSED in told_at_the_door(chromium, clinic)
