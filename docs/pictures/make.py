"""Draws two-faces.png anew: `python docs/pictures/make.py`, from the demo clinic as it is after `make client`.

A patient's conversation on a phone beside the inbox at a desk, each in a browser of its own. The frame around them is
drawn here; what stands inside is the application's.
"""

import base64
import sys
from pathlib import Path

from playwright.sync_api import Page

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.demo import QUEUE, DemoHouse, demo_house

PICTURE = Path(__file__).with_name("two-faces.png")
PHONE = {"width": 390, "height": 780}
DESK = {"width": 1280, "height": 800}
FRAME = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; padding: 40px 48px; display: flex; gap: 36px; align-items: center; width: max-content;
  background: #e9e5dc; }}
figure {{ margin: 0; overflow: hidden; background: #fff; box-shadow: 0 1px 2px #0002, 0 18px 40px #3a2f1a33; }}
img {{ display: block; }}
.phone {{ border: 9px solid #26231f; border-radius: 44px; }} .phone img {{ width: 330px; }}
.desk {{ border: 1px solid #0002; border-radius: 12px; }} .desk img {{ width: 1056px; }}
</style><figure class="phone"><img src="{phone}"></figure><figure class="desk"><img src="{desk}"></figure>"""


def main() -> None:
    """Draw it."""
    with demo_house() as house:
        phone, desk = _phone(house), _desk(house)
        page = house.browser.new_page(viewport={"width": 1600, "height": 900}, device_scale_factor=1)
        page.set_content(FRAME.format(phone=_inline(phone), desk=_inline(desk)))
        page.wait_for_function("[...document.images].every(image => image.complete)")
        width, height = page.evaluate("[document.body.offsetWidth, document.body.offsetHeight]")
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=PICTURE)


def _phone(house: DemoHouse) -> bytes:
    context = house.profile(viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True)
    page = house.signed_in(context, "peggy")
    page.goto(f"{house.server.here}/conversations/{_shared(house)}")
    return _settled(page)


def _desk(house: DemoHouse) -> bytes:
    page = house.signed_in(house.profile(viewport=DESK, device_scale_factor=2), "amara")
    page.locator(f"{QUEUE}[href*='{_shared(house)}']").first.click()
    return _settled(page)


def _shared(house: DemoHouse) -> str:
    """The conversation that both have open."""
    return str(house.accounts["peggy"]["conversations"][0])


def _settled(page: Page) -> bytes:
    """The page once the thread is there and nothing loads any more."""
    page.locator("message-thread article").first.wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    return page.screenshot()


def _inline(picture: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(picture).decode()


if __name__ == "__main__":
    main()
