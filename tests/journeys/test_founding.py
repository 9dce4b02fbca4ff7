"""A founder with a link in a real browser: the clinic's key is made there, and the person is in."""

import json
import re
import subprocess
import sys
from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.servers import ROOT, BetweenServer

PASSWORD = "seven green kettles under the bridge"
PATIENCE = 15_000


def founding_link(server: BetweenServer) -> str:
    """What `clinic create` prints for the first administrator."""
    made = subprocess.run(
        [sys.executable, "-m", "messenger", "clinic", "create", "Riverside Clinic"],
        cwd=ROOT, env=server.settings(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return str(json.loads(made.stdout)["link"])


def choose_credentials(page: Page, name: str) -> str:
    """A name, a password, and the recovery code typed back; what the code was."""
    page.locator("#sign-in-name").fill(name)
    page.locator("input[type=password]").fill(PASSWORD)
    expect(page.locator("password-field .good")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name=re.compile("kept|have it", re.IGNORECASE)).wait_for()
    code = "-".join(re.findall(r"\b[0-9A-Z]{4}\b", page.locator(".print-card").inner_text()))
    page.locator(".join__foot .btn--main").click()
    page.locator("#recovery-code").fill(code)
    page.locator("form .btn--main").click()
    page.get_by_role("button", name="Continue").click()
    return code


def test_a_founder_makes_the_clinic_and_is_in(
    start_server: Callable[..., BetweenServer], sqlite_url: str, chromium: Browser
) -> None:
    server = start_server(sqlite_url)
    context = chromium.new_context(locale="en")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(founding_link(server))
    page.locator(".join__foot .btn--main").click()
    page.locator("#founder-name").fill("Ruth Adler")
    page.locator("#founder-credential").fill("Practice manager")
    page.get_by_role("button", name="Continue").click()
    choose_credentials(page, "ruth")
    expect(page.locator(".print-card .code, .print-card").first).to_be_visible(timeout=PATIENCE)
    expect(page).to_have_url(re.compile(r"/join$"))
    page.locator(".join__foot .btn--main").click()
    expect(page).to_have_url(re.compile("/clinic$"))
    expect(page.get_by_role("heading", name="Riverside Clinic").first).to_be_visible(timeout=PATIENCE)
    page.goto(f"{server.base_url}/settings")
    expect(page.locator("#devices-title")).to_be_visible(timeout=PATIENCE)
    page.goto(f"{server.base_url}/security")
    expect(page.get_by_text("Riverside Clinic").first).to_be_visible(timeout=PATIENCE)
    assert faults == []
    context.close()
