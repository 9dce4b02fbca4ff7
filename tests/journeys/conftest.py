"""One demo clinic for all journeys but the founding, on a line with weather; each test begins in sunshine."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from messenger.headless.conversations import Conversations
from tests.hostile.clinic import AMARA, PEGGY, XIUYING, HostileClinic
from tests.journeys.browsing import CLINIC_ZONE, Visitor
from tests.journeys.keepers import enter_custodians
from tests.journeys.weather import WeatherProxy
from tests.servers import BetweenServer, free_port

StartConversation = Callable[..., str]


@pytest.fixture(scope="session")
def _journey_clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostileClinic]:
    folder, port = tmp_path_factory.mktemp("journeys"), free_port()
    with ExitStack() as running:
        proxy = running.enter_context(WeatherProxy(f"http://127.0.0.1:{port}"))
        environ = {"BASE_URL": proxy.url, "DEMO": "1", "TIME_ZONE": CLINIC_ZONE}
        server = BetweenServer(folder / "server", f"sqlite:///{folder}/between.db", environ, port)
        running.enter_context(server)
        yield HostileClinic(proxy, server, folder)


@pytest.fixture
def clinic(_journey_clinic: HostileClinic) -> Iterator[HostileClinic]:
    """The clinic; nothing is lost but what this test loses."""
    _journey_clinic.proxy.be_honest()
    _journey_clinic.proxy.requests.clear()
    _journey_clinic.proxy.frames.clear()
    yield _journey_clinic
    _journey_clinic.proxy.be_honest()


@pytest.fixture
def weather(clinic: HostileClinic) -> WeatherProxy:
    """The line between the people and the clinic."""
    assert isinstance(clinic.proxy, WeatherProxy)
    return clinic.proxy


@pytest.fixture
def start_conversation(clinic: HostileClinic) -> StartConversation:
    """Begins a conversation with a patient that nobody has written in yet; gives its id."""

    def start(patient: str, name: str = "A new matter") -> str:
        with clinic.own_device(patient) as account:
            return Conversations.of(account).create(account.id, name).id

    return start


@pytest.fixture
def custodians(clinic: HostileClinic) -> list[str]:
    """Three, named by the clinic; their sign-in names."""
    return enter_custodians(clinic)


@pytest.fixture
def conversation(start_conversation: StartConversation) -> str:
    """One of Peggy's that nobody has written in yet."""
    return start_conversation(PEGGY)


def signed_in(chromium: Browser, clinic: HostileClinic, name: str, **profile: object) -> Visitor:
    """Somebody of the demo on a device that has seen nothing yet."""
    visitor = Visitor.arrives(chromium, clinic.proxy.url, **profile)  # type: ignore[arg-type]
    visitor.signs_in(name, clinic.member(name)["password"])
    return visitor


@pytest.fixture(scope="module")
def _peggy(chromium: Browser, _journey_clinic: HostileClinic) -> Iterator[Visitor]:
    visitor = signed_in(chromium, _journey_clinic, PEGGY, phone=True)
    yield visitor
    visitor.leaves()


@pytest.fixture(scope="module")
def _amara(chromium: Browser, _journey_clinic: HostileClinic) -> Iterator[Visitor]:
    visitor = signed_in(chromium, _journey_clinic, AMARA)
    yield visitor
    visitor.leaves()


@pytest.fixture(scope="module")
def _xiuying(chromium: Browser, _journey_clinic: HostileClinic) -> Iterator[Visitor]:
    visitor = signed_in(chromium, _journey_clinic, XIUYING, phone=True, locale="zh-CN")
    yield visitor
    visitor.leaves()


@pytest.fixture
def peggy(_peggy: Visitor, clinic: HostileClinic) -> Visitor:  # noqa: ARG001 (it makes the weather fine)
    """Peggy at her phone, signed in, with one fresh tab."""
    _peggy.only_tab()
    return _peggy


@pytest.fixture
def amara(_amara: Visitor, clinic: HostileClinic) -> Visitor:  # noqa: ARG001 (it makes the weather fine)
    """Dr Okafor at her desk, signed in, with one fresh tab."""
    _amara.only_tab()
    return _amara


@pytest.fixture
def xiuying(_xiuying: Visitor, clinic: HostileClinic) -> Visitor:  # noqa: ARG001 (it makes the weather fine)
    """Mrs Chen at her phone, in Chinese, signed in, with one fresh tab."""
    _xiuying.only_tab()
    return _xiuying
