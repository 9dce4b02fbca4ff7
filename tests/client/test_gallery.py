from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.client.browser_units import served
from tests.client.gallery import Gallery, bundle_gallery
from tests.client.page_faults import WIDTHS

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def gallery(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    bundled = tmp_path_factory.mktemp("gallery")
    bundle_gallery(bundled)
    with served(bundled) as address:
        gallery = Gallery(chromium, address)
        yield gallery
        gallery.close()


def test_every_state_of_every_view_can_be_read_by_everyone_at_every_width(
    gallery: Gallery, subtests: pytest.Subtests
) -> None:
    states = gallery.states()
    assert len(states) > 150
    for state in states:
        for look, found in gallery.faults(state):
            with subtests.test(look.name):
                assert found == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "state", ["conversation", "conversation-offline", "home", "join-readers", "settings", "inbox-open"]
)
def test_nothing_lies_over_what_has_the_focus(gallery: Gallery, state: str, width: int) -> None:
    assert gallery.stops_out_of_sight(state, width) == []
