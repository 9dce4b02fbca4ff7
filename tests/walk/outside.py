"""Ways of people who are not in yet: at the door, invited, founding, and where nothing is."""

from collections.abc import Iterator
from typing import Final

from playwright.sync_api import expect

from tests.walk.clinic import PASSWORD, PEGGY
from tests.walk.walker import PATIENCE, Walker

NEXT: Final = ".join__foot .btn--main"


def at_the_door(walker: Walker) -> Iterator[str]:
    """Signing in, a wrong password, the recovery code, and what can be read without signing in."""
    walker.refusals |= {"401 /api/sign-in"}
    walker.go("/sign-in")
    yield "sign-in"
    walker.try_to_sign_in(PEGGY, "not the password at all")
    walker.see("password-field [aria-invalid=true]")
    yield "sign-in-wrong"
    walker.press("sign_in.cannot")
    walker.see("recover-page")
    yield "recover"
    walker.page.locator("#name").fill(PEGGY)
    walker.page.locator("#code").fill("ABCD")
    walker.press("recover.try")
    walker.see("[aria-invalid=true], .notice")
    yield "recover-mistyped"
    walker.go("/security")
    yield "security-outside"


def nowhere(walker: Walker) -> Iterator[str]:
    """An address where nothing is, the front door, and a browser that cannot reach the service."""
    walker.refusals |= {"404 /no/such/place"}
    walker.go("/no/such/place")
    yield "not-found"
    walker.go("/")
    expect(walker.page.locator("sign-in-page")).to_be_visible(timeout=PATIENCE)
    walker.page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    walker.page.context.set_offline(True)
    walker.go("/sign-in")
    walker.try_to_sign_in(PEGGY, PASSWORD)
    walker.see("[role=alert]")
    yield "sign-in-offline"


def invited_patient(walker: Walker) -> Iterator[str]:
    """From the link to the first page, each step."""
    # The cancelled invitation, and the profile that somebody who has just joined has not written.
    walker.refusals |= {r"410 /api/invitations/\w+", r"404 /api/patients/\w+/profile"}
    walker.go("/join")
    yield "join-without-link"
    walker.page.locator("#link").fill("https://example.org/join")
    walker.page.keyboard.press("Enter")
    walker.see("[aria-invalid=true]")
    yield "join-damaged-link"
    links = walker.clinic.patient_links
    _open(walker, links["cancelled"])
    yield "join-cancelled"
    _open(walker, links[walker.language])
    yield "join-inviter"
    walker.page.locator("input[type=radio]").first.check()
    walker.page.locator(NEXT).click()
    walker.see("#sign-in-name")
    yield "join-password"
    walker.choose_password(PASSWORD, f"walker-{walker.language.lower()}")
    yield "join-password-good"
    walker.page.locator(NEXT).click()
    yield from _keep_the_code(walker, "join")
    walker.see(".pick")
    yield "join-readers"
    while walker.page.locator("join-step input[type=checkbox]:not(:checked)").count():
        walker.page.locator("join-step input[type=checkbox]:not(:checked)").first.check()
    walker.page.locator(NEXT).click()
    walker.see(".bigseal")
    yield "join-done"
    walker.page.locator(NEXT).click()
    walker.page.wait_for_url("**/home", timeout=PATIENCE)
    walker.settle()
    yield "home-empty"


def founder(walker: Walker) -> Iterator[str]:
    """The first administrator makes a clinic."""
    _open(walker, walker.clinic.founding_link())
    yield "found-begin"
    walker.page.locator(NEXT).click()
    walker.see("#founder-name").fill("Ruth Adler")
    walker.page.locator("#founder-credential").fill("Practice manager")
    yield "found-card"
    walker.page.locator(NEXT).click()
    walker.see("#sign-in-name")
    walker.choose_password(PASSWORD, f"founder-{walker.language.lower()}")
    yield "found-password"
    walker.page.locator(NEXT).click()
    yield from _keep_the_code(walker, "found")
    walker.see(".bigseal")
    yield "found-done"
    walker.page.locator(NEXT).click()
    walker.page.wait_for_url("**/clinic", timeout=PATIENCE)
    walker.settle()
    yield "clinic-new"


def _open(walker: Walker, link: str) -> None:
    # From one fragment to another no page is loaded; a person opens a link in a new tab.
    walker.page.goto("about:blank")
    walker.page.goto(link)
    walker.settle()
    expect(walker.page.locator(".join__card, [role=alert]").first).to_be_visible(timeout=PATIENCE)


def _keep_the_code(walker: Walker, name: str) -> Iterator[str]:
    code = walker.shown_code()
    yield f"{name}-code"
    walker.page.locator(NEXT).click()
    walker.see("#recovery-code").fill("ABCD-EFGH")
    walker.page.locator(NEXT).click()
    walker.see("[aria-invalid=true]")
    yield f"{name}-code-mistyped"
    walker.page.locator("#recovery-code").fill(code)
    walker.page.locator(NEXT).click()
    walker.see("recovery-code .notice--pine")
    walker.page.locator(NEXT).click()
