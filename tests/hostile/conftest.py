"""One clinic and one lying server for all attacks; each test begins with the server honest."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from messenger.headless.api import Api
from messenger.headless.consents import Consents
from messenger.headless.invitations import invite
from messenger.headless.joiner import Choices
from messenger.headless.joining import join
from messenger.headless.keystore import Keystore
from messenger.protocol.commitment import Card
from tests.hostile.browsing import PageOf, Regulars
from tests.hostile.clinic import KEPT_CLINIC, NEWCOMERS_PASSWORD, PEGGY, TOM, HostileClinic, demo_server
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


@pytest.fixture
def newcomer(clinic: HostileClinic) -> str:
    """The sign-in name of a nurse in no team, whom nobody has let read."""
    name, password = f"nurse {secrets.token_hex(4)}", NEWCOMERS_PASSWORD
    with clinic.own_device("ruth") as ruth:
        link = invite(ruth, "nurse", (), Card("Nia Obi", "RN")).link
    with Keystore(clinic.folder / f"{name}.keystore") as keystore:
        account = join(Api(clinic.proxy.url), keystore, clinic.clock, link, Choices(name, password)).account
        account.save_pins()
    clinic.demo["accounts"].append({"name": name, "password": password, "account": account.id})
    return name


@pytest.fixture
def tom_blocked(clinic: HostileClinic) -> Iterator[str]:
    """Peggy keeps Tom from reading though his team reads; his account."""
    tom: str = clinic.member(TOM)["account"]
    with clinic.own_device(PEGGY) as peggy:
        Consents.of(peggy).block(tom)
    yield tom
    clinic.proxy.be_honest()
    with clinic.own_device(PEGGY) as peggy:
        Consents.of(peggy).unblock(tom)
