from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.client.browser_units import served
from tests.client.gallery import WIDTHS, bundle_gallery, faults, list_states, stops_out_of_sight

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    bundled = tmp_path_factory.mktemp("gallery")
    bundle_gallery(bundled)
    with served(bundled) as address:
        yield address


def test_every_state_of_every_view_can_be_read_by_everyone_at_every_width(
    address: str, chromium: Browser, subtests: pytest.Subtests
) -> None:
    states = list_states(chromium, address)
    assert len(states) > 40
    for state in states:
        for look, found in faults(chromium, address, state):
            with subtests.test(look.name):
                assert found == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "state", ["conversation", "conversation-offline", "home", "join-readers", "settings", "inbox-open"]
)
def test_nothing_lies_over_what_has_the_focus(address: str, chromium: Browser, state: str, width: int) -> None:
    assert stops_out_of_sight(chromium, address, state, width) == []
