"""Draws the pictures anew: `python docs/pictures/make.py`, from the demo clinic as it is after `make client`.

Each shows pages of people in browsers of their own. The frames around them are drawn here; what stands inside is the
application's.
"""

import base64
import sys
from pathlib import Path

from playwright.sync_api import Page, expect

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.demo import QUEUE, DemoHouse, demo_house

FOLDER = Path(__file__).parent
WAITS = 30_000
"""Milliseconds until keys are made and sealed."""

PHONE = {"width": 390, "height": 780}
DESK = {"width": 1280, "height": 800}
STYLE = """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; padding: 40px 48px; display: flex; gap: 36px; align-items: center; width: max-content;
  background: #e9e5dc; }
figure { margin: 0; overflow: hidden; background: #fff; box-shadow: 0 1px 2px #0002, 0 18px 40px #3a2f1a33; }
img { display: block; }
.phone { border: 9px solid #26231f; border-radius: 44px; } .phone img { width: 330px; }
.desk { border: 1px solid #0002; border-radius: 12px; } .desk img { width: 1056px; }
</style>"""
Shown = tuple[str, bytes]
"""`phone` or `desk`, and what stands on it."""


def main() -> None:
    """Draw them."""
    with demo_house() as house:
        _draw(house, "two-faces.png", _conversation(house), _inbox(house))
        peggy = _phone(house, "peggy")
        _draw(house, "who-can-read.png", *_who_can_read(house, peggy))
        _draw(house, "emergency.png", *_emergency(house, peggy))


def _draw(house: DemoHouse, name: str, *shown: Shown) -> None:
    figures = (f'<figure class="{kind}"><img src="{_inline(picture)}"></figure>' for kind, picture in shown)
    page = house.browser.new_page(viewport={"width": 1600, "height": 900}, device_scale_factor=1)
    page.set_content(STYLE + "".join(figures))
    page.wait_for_function("[...document.images].every(image => image.complete)")
    width, height = page.evaluate("[document.body.offsetWidth, document.body.offsetHeight]")
    page.set_viewport_size({"width": width, "height": height})
    page.screenshot(path=FOLDER / name)
    page.close()


def _conversation(house: DemoHouse) -> Shown:
    page = _phone(house, "peggy")
    page.goto(f"{house.server.here}/conversations/{_shared(house)}")
    page.locator("message-thread article").first.wait_for()
    return "phone", _settled(page)


def _inbox(house: DemoHouse) -> Shown:
    page = _desk(house, "amara")
    page.locator(f"{QUEUE}[href*='{_shared(house)}']").first.click()
    page.locator("message-thread article").first.wait_for()
    return "desk", _settled(page)


def _who_can_read(house: DemoHouse, peggy: Page) -> list[Shown]:
    """Who reads now, what a patient decides about somebody new, and what everybody in a conversation sees."""
    peggy.goto(f"{house.server.here}/who-can-read")
    peggy.locator(".grant").first.wait_for()
    shown = [_settled(peggy)]
    peggy.get_by_role("button", name="Let somebody read").click()
    peggy.locator("grant-form #grantee").select_option(index=2)
    peggy.locator("#grantee").scroll_into_view_if_needed()
    shown.append(_settled(peggy))

    peggy.goto(f"{house.server.here}/conversations/{_shared(house)}")
    peggy.locator("button.seal").click()
    peggy.locator("dialog[open] .readers").wait_for()
    shown.append(_settled(peggy))
    return [("phone", picture) for picture in shown]


def _emergency(house: DemoHouse, peggy: Page) -> list[Shown]:
    """What a patient is told while a custodian is asked."""
    peggy.goto(f"{house.server.here}/settings")
    choice = peggy.locator("#emergency")
    choice.get_by_role("button").click()
    peggy.locator("dialog .btn").first.click()
    expect(choice.locator("[role=status]")).to_have_count(0, timeout=WAITS)
    expect(choice.locator(".tag")).to_have_text("On", timeout=WAITS)
    _ask(house)
    peggy.goto(f"{house.server.here}/home")
    peggy.get_by_text("asks to read").first.wait_for()
    keeper = _desk(house, "carla")
    keeper.goto(f"{house.server.here}/emergency")
    keeper.locator("li .btn").first.wait_for()
    return [("phone", _settled(peggy)), ("desk", _settled(keeper))]


def _ask(house: DemoHouse) -> None:
    page = _desk(house, "tom")
    page.goto(f"{house.server.here}/emergency")
    page.get_by_role("button", name="Ask").first.click()
    page.locator("#emergency-number").fill(str(house.accounts["peggy"]["account"])[-6:])
    page.locator("emergency-ask [type=submit]").click()
    page.locator("input[name=emergency-conversation]").last.check()
    page.locator("input[value=unconscious]").check()
    page.locator("#emergency-text").fill("Found in the waiting room, does not wake up")
    with page.expect_response(lambda answer: answer.request.method == "POST" and "emergenc" in answer.url):
        page.locator("emergency-request-form [type=submit]").click()


def _phone(house: DemoHouse, name: str) -> Page:
    return house.signed_in(house.profile(viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True), name)


def _desk(house: DemoHouse, name: str) -> Page:
    return house.signed_in(house.profile(viewport=DESK, device_scale_factor=2), name)


def _shared(house: DemoHouse) -> str:
    """The conversation that both have open."""
    return str(house.accounts["peggy"]["conversations"][0])


def _settled(page: Page) -> bytes:
    """The page once nothing loads any more."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    return page.screenshot()


def _inline(picture: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(picture).decode()


if __name__ == "__main__":
    main()
