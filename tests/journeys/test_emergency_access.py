"""Emergency access in browsers: a nurse without a consent asks, custodians release, she reads, compliance closes."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, expect

from messenger.headless.api import Api
from messenger.headless.custodians import clinic_now, name_custodians
from messenger.headless.directory import Directory
from messenger.headless.emergency_choice import opt_in, opt_out
from messenger.headless.invitations import invite
from messenger.headless.joiner import Choices
from messenger.headless.joining import join
from messenger.headless.keystore import Keystore
from messenger.protocol.commitment import Card
from tests.hostile.clinic import PEGGY, XIUYING, HostileClinic, write
from tests.journeys.browsing import PASSWORD, PATIENCE, Visitor
from tests.journeys.conftest import StartConversation, signed_in

NIA = "nia"
BEFORE, AFTER = "The tablets make me dizzy", "I stopped the water tablets on Monday"
HAPPENED = "Brought in unconscious; which tablets does she take?"


@dataclass
class Desk:
    """Somebody at the page of emergency access."""

    visitor: Visitor

    def card(self, emergency: str) -> Locator:
        """One of those that concern them."""
        return self.visitor.page.locator(f"li#{emergency}")

    def does(self, emergency: str, key: str) -> None:
        """What can be done about it."""
        self.card(emergency).get_by_role("button", name=self.visitor.says(key)).click()

    def releases(self, emergency: str) -> None:
        """A custodian, who is asked before."""
        self.does(emergency, "emergencies.release")
        self.visitor.page.locator("dialog").get_by_role("button", name=self.visitor.says("emergencies.release")).click()

    def sees(self, emergency: str, key: str, **values: object) -> None:
        """On the card, without doing anything: it comes by itself."""
        expect(self.card(emergency)).to_contain_text(self.visitor.says(key, **values), timeout=PATIENCE)

    def asks(self, patient: str) -> None:
        """For one conversation of the patient, by the number that colleagues read out, up to the form."""
        page = self.visitor.page
        self.visitor.goes_to("/emergency")
        self.visitor.presses(self.visitor.says("emergencies.ask"))
        page.locator("#emergency-number").fill(number_of(patient))
        page.locator("emergency-ask [type=submit]").click()

    def requests(self, patient: str) -> str:
        """Asks for the newest conversation with a reason and words; the emergency's id."""
        self.asks(patient)
        page = self.visitor.page
        page.locator("input[name=emergency-conversation]").last.check()
        page.locator("input[value=unconscious]").check()
        page.locator("#emergency-text").fill(HAPPENED)
        with page.expect_response(
            lambda one: one.request.method == "POST" and one.url.endswith("/api/emergencies")
        ) as sent:
            page.locator("emergency-request-form [type=submit]").click()
        return str(sent.value.json()["emergency"])


def number_of(account: str) -> str:
    """What staff call a patient by."""
    return account[-6:].upper()


@pytest.fixture(scope="module")
def _desks(chromium: Browser, _journey_clinic: HostileClinic) -> Iterator[dict[str, Desk]]:
    enter(_journey_clinic)
    name_demo_custodians(_journey_clinic)
    people = (NIA, "carla", "cora", "olga")
    desks = {name: Desk(signed_in(chromium, _journey_clinic, name)) for name in people}
    yield desks
    for desk in desks.values():
        desk.visitor.leaves()


@pytest.fixture
def desks(_desks: dict[str, Desk], clinic: HostileClinic) -> dict[str, Desk]:  # noqa: ARG001 (it makes the weather fine)
    """Each signed in on a device of their own, at the page of emergency access."""
    for desk in _desks.values():
        desk.visitor.only_tab()
        desk.visitor.goes_to("/emergency")
    return _desks


@pytest.fixture
def patient(clinic: HostileClinic, start_conversation: StartConversation) -> Iterator[str]:
    """Peggy, who has opted in between two messages; her account."""
    conversation = start_conversation(PEGGY)
    with clinic.new_device(PEGGY) as peggy:
        write(peggy, conversation, BEFORE)
        opt_in(peggy)
        write(peggy, conversation, AFTER)
    yield str(clinic.member(PEGGY)["account"])
    with clinic.new_device(PEGGY) as peggy:
        opt_out(peggy)


def enter(clinic: HostileClinic) -> None:
    """A nurse who is in no team joins."""
    with clinic.own_device("ruth") as ruth:
        link = invite(ruth, "nurse", (), Card("Nia Obi", "RN")).link
    with Keystore(clinic.folder / f"{NIA}.keystore") as keystore:
        account = join(Api(clinic.proxy.url), keystore, clinic.clock, link, Choices(NIA, PASSWORD)).account
        account.save_pins()
    clinic.demo["accounts"].append({"name": NIA, "password": PASSWORD, "account": account.id})


def name_demo_custodians(clinic: HostileClinic) -> None:
    """Whom the demo clinic has named, unless another journey has named others since."""
    people = {one["account"] for one in clinic.demo["accounts"] if one["name"] in ("carla", "cyril", "cora")}
    with clinic.own_device("ruth") as ruth:
        running = clinic_now(ruth).custodians
        if running is None or set(running.keys) != people:
            name_custodians(ruth, Directory(ruth), people)


def test_two_custodians_open_a_conversation_to_who_asks_and_compliance_closes_it(
    desks: dict[str, Desk], patient: str
) -> None:
    nia, carla, cora, olga = (desks[name] for name in (NIA, "carla", "cora", "olga"))
    asked = nia.requests(patient)
    nia.sees(asked, "emergencies.state_waiting", count=0)
    carla.sees(asked, "emergency_reason.unconscious")
    expect(carla.card(asked)).to_contain_text(HAPPENED)
    carla.releases(asked)
    carla.sees(asked, "emergencies.one_more")
    nia.sees(asked, "emergencies.state_waiting", count=1)
    expect(nia.card(asked).get_by_role("button")).to_have_count(0)
    cora.releases(asked)
    nia.sees(asked, "emergencies.state_open")
    nia.does(asked, "emergencies.read")
    nia.visitor.reads(AFTER)
    expect(nia.visitor.message(BEFORE)).to_have_count(0)
    expect(nia.visitor.page.locator("#composer-text, article summary")).to_have_count(0)
    olga.does(asked, "emergencies.find")
    olga.visitor.page.locator("input[value=justified]").check()
    olga.visitor.page.locator("dialog").get_by_role("button", name=olga.visitor.says("emergencies.close")).click()
    olga.sees(asked, "emergencies.did_close", finding=olga.visitor.says("finding.justified"))
    expect(nia.visitor.message(AFTER)).to_have_count(0, timeout=PATIENCE)
    nia.sees(asked, "emergencies.state_closed")


def test_where_the_patient_has_not_opted_in_the_page_says_that_there_is_no_way(
    desks: dict[str, Desk], clinic: HostileClinic
) -> None:
    nia, number = desks[NIA], number_of(clinic.member(XIUYING)["account"])
    nia.asks(clinic.member(XIUYING)["account"])
    name = nia.visitor.says("patient.number", number=number)
    expect(nia.visitor.page.get_by_role("alert")).to_contain_text(
        nia.visitor.says("emergencies.not_opted_in", name=name), timeout=PATIENCE
    )
    expect(nia.visitor.page.locator("emergency-request-form")).to_have_count(0)


def test_a_custodian_releases_nothing_that_the_log_does_not_hold(
    desks: dict[str, Desk], clinic: HostileClinic, patient: str
) -> None:
    nia, carla = desks[NIA], desks["carla"]
    shown: list[dict[str, str]] = []

    def as_at_first(answer: dict[str, str]) -> dict[str, str]:
        shown.append(answer)
        return shown[0]

    clinic.proxy.lie("GET", "/api/log/inclusion.*", as_at_first)
    logged, unlogged = nia.requests(patient), nia.requests(patient)
    carla.releases(logged)
    carla.sees(logged, "emergencies.one_more")
    carla.releases(unlogged)
    carla.sees(unlogged, "emergency_failed.not_in_log")
    said = [one.target for one in clinic.proxy.requests if one.method == "POST" and one.target.endswith("/statements")]
    assert said == [f"/api/emergencies/{logged}/statements"]


def test_a_share_that_is_not_the_one_released_opens_nothing(
    desks: dict[str, Desk], clinic: HostileClinic, patient: str
) -> None:
    nia = desks[NIA]
    asked = nia.requests(patient)
    for name in ("carla", "cora"):
        desks[name].releases(asked)
        desks[name].sees(asked, "emergencies.did_release")
    nia.sees(asked, "emergencies.state_open")

    def one_share_twice(answer: dict[str, dict[str, str]]) -> dict[str, object]:
        first = next(iter(answer["release_boxes"].values()), "")
        return {**answer, "release_boxes": dict.fromkeys(answer["release_boxes"], first)}

    clinic.proxy.lie("GET", "/api/emergencies/eme_[^/]+", one_share_twice)
    nia.does(asked, "emergencies.read")
    nia.sees(asked, "emergency_failed.not_genuine")
    assert not [one for one in clinic.proxy.requests if one.target.endswith("/open")]
