"""A01, A35: the server meddles with what a client has verified of a conversation before."""

import json
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from messenger.headless.account import Account
from messenger.headless.conversation import Conversation
from messenger.headless.conversations import Conversations
from messenger.headless.errors import HistoryRolledBack
from messenger.protocol.errors import ProtocolError
from tests.hostile import browsing
from tests.hostile.browsing import PageOf
from tests.hostile.clinic import AMARA, PEGGY, HostileClinic
from tests.hostile.test_browser_directory import READERS_INVALID
from tests.hostile.test_consents import CONTROL, OPEN, Answer, why_nothing_is_sent

NOBODYS = "A" * 43
"""A statement hash that no client has seen."""

ROLLED_BACK = "We were shown an older state than you have seen"


def opened_by(amara: Account, clinic: HostileClinic) -> Conversation:
    return Conversations.of(amara).open(clinic.conversation_of(PEGGY))


def next_link(opened: Conversation, *before: str) -> Answer:
    """A rotation by a reader as it should be, but for the chain that it follows."""
    elsewhere = replace(opened, control=replace(opened.control, hashes=before))
    return elsewhere.next_epoch("age", opened.consents.terms, opened.consents.head or "", opted_in=False)


def following(head: str, *statements: Answer) -> Answer:
    return {"after": head, "statements": [*statements], "names": {}, "boxes": [], "history": [], "emergency": None}


def renewed(amara: Account, clinic: HostileClinic) -> tuple[Conversation, Answer]:
    """The conversation with one more link, as this client has verified it, and its whole chain as it is served."""
    opened = opened_by(amara, clinic)
    path = f"/api/conversations/{opened.id}/control"
    amara.api.post(path, next_link(opened, *opened.control.hashes))
    return opened_by(amara, clinic), json.loads(amara.api.bytes_of(path))


def test_a01_python_client_follows_nothing_that_only_the_server_says_was_verified(clinic: HostileClinic) -> None:
    with clinic.own_device(AMARA) as amara:
        opened = opened_by(amara, clinic)
        forged = next_link(opened, *opened.control.hashes[:-1], NOBODYS)["statement"]
        clinic.proxy.answer("GET", CONTROL, 200, following(NOBODYS, forged))
        assert why_nothing_is_sent(clinic, amara) == "broken_chain"


def test_a01_python_client_takes_no_whole_chain_for_what_follows(clinic: HostileClinic) -> None:
    with clinic.own_device(AMARA) as amara:
        opened, whole = renewed(amara, clinic)
        clinic.proxy.answer("GET", CONTROL, 200, {**whole, "after": opened.control.head})
        with pytest.raises(ProtocolError):
            opened_by(amara, clinic)


def test_a35_python_client_misses_a_statement_that_it_has_verified_before(clinic: HostileClinic) -> None:
    """Left out of a chain served whole, or another in its place; the next honest answer is taken."""
    with clinic.own_device(AMARA) as amara:
        opened, whole = renewed(amara, clinic)
        older = {**whole, "statements": whole["statements"][:-1]}
        links = replace(opened.control, links=opened.control.links[:-1])
        forked = next_link(replace(opened, control=links), *opened.control.hashes[:-1])["statement"]
        for lie in (older, {**older, "statements": [*older["statements"], forked]}):
            clinic.proxy.answer("GET", CONTROL, 200, lie)
            with pytest.raises(HistoryRolledBack):
                opened_by(amara, clinic)
        clinic.proxy.be_honest()
        assert opened_by(amara, clinic).control == opened.control


def test_a01_a35_browser_takes_nothing_in_the_place_of_what_it_has_verified(
    clinic: HostileClinic, page_of: PageOf
) -> None:
    page = page_of(PEGGY)
    with clinic.new_device(AMARA) as amara:
        opened, whole = renewed(amara, clinic)
        forged = next_link(opened, *opened.control.hashes[:-1], NOBODYS)["statement"]
    shows(page, clinic, None)
    expect(page.locator("article .words").first).to_be_visible(timeout=browsing.SECONDS)
    shows(page, clinic, following(NOBODYS, forged))
    expect(page.get_by_text(READERS_INVALID).first).to_be_visible(timeout=browsing.SECONDS)
    shows(page, clinic, {**whole, "statements": whole["statements"][:-1]})
    expect(page.get_by_text(ROLLED_BACK).first).to_be_visible(timeout=browsing.SECONDS)
    clinic.proxy.be_honest()
    shows(page, clinic, None)
    expect(page.locator("article .words").first).to_be_visible(timeout=browsing.SECONDS)


def test_a01_browser_takes_no_link_for_whom_the_patient_blocked(
    clinic: HostileClinic, page_of: PageOf, tom_blocked: str
) -> None:
    """A colluding colleague signs the team's key back in: every signature holds, and the team's consent stands."""
    page = page_of(PEGGY)
    with clinic.new_device(AMARA) as amara:
        opened, whole = renewed(amara, clinic)
        assert tom_blocked not in opened.readers()
        head = opened.consents.head or ""
        forged = opened.next_epoch("added", opened.consents.terms, head, opted_in=False, blocked=())["statement"]
    shows(page, clinic, {**whole, "statements": [*whole["statements"], forged]})
    expect(page.get_by_text(READERS_INVALID).first).to_be_visible(timeout=browsing.SECONDS)
    clinic.proxy.be_honest()
    shows(page, clinic, None)
    expect(page.locator("article .words").first).to_be_visible(timeout=browsing.SECONDS)


def shows(page: Page, clinic: HostileClinic, control: Answer | None) -> None:
    """Opens the conversation on a new page, its control chain lied about."""
    if control is not None:
        clinic.proxy.be_honest()
        clinic.proxy.answer("GET", CONTROL, 200, control)
        clinic.proxy.lie("POST", OPEN, lambda answer: {**answer, "control": control})
    browsing.opened(page, clinic, clinic.conversation_of(PEGGY))
