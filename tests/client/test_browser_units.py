from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.client.browser_units import CLIENT_TESTS, bundle, list_test_files, run_file, served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    bundled = tmp_path_factory.mktemp("browser-units")
    bundle(CLIENT_TESTS, bundled)
    with served(bundled) as address:
        yield address


@pytest.mark.parametrize("name", list_test_files())
def test_every_test_of_the_browser_client_passes(
    name: str, address: str, chromium: Browser, subtests: pytest.Subtests
) -> None:
    outcomes = run_file(chromium, address, name)
    assert outcomes, f"{name} runs no test"
    for outcome in outcomes:
        with subtests.test(outcome.title):
            assert outcome.state == "passed", outcome.error


def test_the_client_has_tests() -> None:
    assert list_test_files()
