"""One clinic and one lying server for all attacks; each test begins with the server honest."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from tests.hostile.browsing import PageOf, Regulars
from tests.hostile.clinic import KEPT_CLINIC, HostileClinic, demo_server
from tests.hostile.proxy import HostileProxy
from tests.servers import free_port


@pytest.fixture(scope="session")
def _hostile_clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostileClinic]:
    folder, port = tmp_path_factory.mktemp("hostile"), free_port()
    if KEPT_CLINIC in os.environ:
        shutil.copytree(os.environ[KEPT_CLINIC], folder, dirs_exist_ok=True)
    with ExitStack() as running:
        proxy = running.enter_context(HostileProxy(f"http://127.0.0.1:{port}"))
        server = running.enter_context(demo_server(folder, proxy.url, port))
        yield HostileClinic(proxy, server, folder)


@pytest.fixture
def clinic(_hostile_clinic: HostileClinic) -> Iterator[HostileClinic]:
    """The clinic; the server lies only as this test tells it to."""
    _hostile_clinic.proxy.be_honest()
    _hostile_clinic.proxy.requests.clear()
    _hostile_clinic.proxy.frames.clear()
    yield _hostile_clinic
    _hostile_clinic.proxy.be_honest()


@pytest.fixture(scope="session")
def _regulars(chromium: Browser, _hostile_clinic: HostileClinic) -> Iterator[Regulars]:
    regulars = Regulars(chromium, _hostile_clinic)
    yield regulars
    regulars.close()


@pytest.fixture
def page_of(clinic: HostileClinic, _regulars: Regulars) -> Iterator[PageOf]:
    """A page in the browser of somebody who is signed in; who asks for one has the server's lies begin after that."""
    yield _regulars.page
    clinic.proxy.be_honest()
    _regulars.close_pages()
