"""How people come into a clinic: founding it, inviting, joining, each step in a browser."""

import json
import re
import subprocess
import sys

from playwright.sync_api import expect

from tests.journeys.browsing import PASSWORD, PATIENCE, Visitor
from tests.servers import ROOT, BetweenServer


def founding_link(server: BetweenServer) -> str:
    """What `clinic create` prints for the first administrator."""
    made = subprocess.run(
        [sys.executable, "-m", "messenger", "clinic", "create", "Riverside Clinic"],
        cwd=ROOT, env=server.settings(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return str(json.loads(made.stdout)["link"])


def found(founder: Visitor, link: str) -> None:
    """The clinic, as Ruth Adler."""
    page = founder.page
    page.goto(link)
    page.locator(".join__foot .btn--main").click()
    page.locator("#founder-name").fill("Ruth Adler")
    page.locator("#founder-credential").fill("Practice manager")
    founder.presses("Continue")
    choose_credentials(founder, "ruth")
    founder.presses("To the clinic’s page")
    expect(page).to_have_url(re.compile("/clinic$"), timeout=PATIENCE)


def choose_credentials(newcomer: Visitor, name: str) -> str:
    """A name, a password, and the recovery code typed back; what the code was."""
    page = newcomer.page
    page.locator("#sign-in-name").fill(name)
    page.locator("input[type=password]").fill(PASSWORD)
    expect(page.locator("password-field .good")).to_be_visible(timeout=PATIENCE)
    newcomer.presses("Continue")
    page.locator(".print-card").wait_for()
    code = "-".join(re.findall(r"\b[0-9A-Z]{4}\b", page.locator(".print-card").inner_text()))
    page.locator(".join__foot .btn--main").click()
    page.locator("#recovery-code").fill(code)
    page.locator("form .btn--main").click()
    newcomer.presses("Continue")
    return code


def join(newcomer: Visitor, link: str, name: str) -> None:
    """By an invitation, up to the recovery code that works."""
    newcomer.page.goto(link)
    newcomer.page.get_by_text("Yes, the code is the same").click()
    newcomer.presses("Continue")
    choose_credentials(newcomer, name)


def invite_staff(inviter: Visitor, role: str, name: str, credential: str) -> str:
    """By name and credential; what the link is. `role` as the protocol has it."""
    page = inviter.page
    begin_invitation(inviter)
    page.locator(f"input[name=invite-role][value={role}]").check(force=True)
    page.locator("#invite-name").fill(name)
    page.locator("#invite-credential").fill(credential)
    return finish_invitation(inviter)


def invite_patient(inviter: Visitor, note: str) -> str:
    """By a note that only the inviter can read; what the link is."""
    begin_invitation(inviter)
    inviter.page.locator("invite-form input[name=invite-team]").first.check(force=True)
    inviter.page.locator("#invite-note").fill(note)
    return finish_invitation(inviter)


def begin_invitation(inviter: Visitor) -> None:
    """The empty form."""
    inviter.goes_to("/clinic")
    inviter.page.get_by_role("button", name=re.compile("^Invite")).first.click()


def finish_invitation(inviter: Visitor) -> str:
    """The finished sheet's link."""
    inviter.presses("Make the invitation")
    return inviter.page.locator("#sheet-link").input_value()
