"""What people write is readable nowhere but on their screens: the browser's half, its profile on the disk included."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.hostile.clinic import PEGGY, HostileClinic
from tests.journeys.browsing import PATIENCE, PHONE, Visitor
from tests.journeys.test_canary import CANARY, assert_unreadable, captured, database_rows, readable_forms
from tests.servers import CHROMIUM, CHROMIUM_FLAGS

SENT = f"Have you seen {CANARY}?"
DRAFT = f"I had begun to say that {CANARY}"

STORAGE = """async () => {
  const found = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) found.push(request.url, await (await cache.match(request)).text());
  }
  const text = (value) => value instanceof Uint8Array ? new TextDecoder('latin1').decode(value)
    : value && typeof value === 'object' ? Object.values(value).map(text).join(' ') : String(value);
  const records = [];
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve) => {
      indexedDB.open(name).onsuccess = (event) => resolve(event.target.result);
    });
    for (const store of database.objectStoreNames) {
      const all = database.transaction(store).objectStore(store).getAll();
      await new Promise((resolve) => { all.onsuccess = resolve; });
      records.push(...all.result.map(text));
    }
    database.close();
  }
  return { records, found: found.join('\\n') };
}"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where this browser keeps everything."""
    return tmp_path / "profile"


@pytest.fixture
def peggy_on_disk(chromium: Browser, clinic: HostileClinic, folder: Path) -> Iterator[Visitor]:
    """Peggy at a browser that keeps a profile, as everybody's does."""
    context = persistent(chromium, folder)
    visitor = Visitor(clinic.proxy.url, context)
    visitor.signs_in(PEGGY, clinic.member(PEGGY)["password"])
    yield visitor
    visitor.leaves()


def persistent(chromium: Browser, folder: Path) -> BrowserContext:
    return chromium.browser_type.launch_persistent_context(
        folder,
        executable_path=CHROMIUM,
        args=list(CHROMIUM_FLAGS),
        viewport=PHONE,
        locale="en",
    )


def write_everywhere(peggy: Visitor) -> None:
    """The words in the profile, the name of a conversation, a message, and a draft that stays one."""
    peggy.goes_to("/settings")
    peggy.page.locator("#preferred-name").fill(CANARY)
    peggy.page.locator("#language-note").fill(CANARY)
    peggy.presses("Save")
    expect(peggy.page.get_by_text(peggy.says("settings.saved"), exact=True)).to_be_visible(timeout=PATIENCE)
    peggy.goes_to("/home")
    peggy.presses("Ask a question")
    peggy.page.locator("dialog input[name=where]").last.check(force=True)
    peggy.page.locator("dialog input[type=text], dialog input:not([type])").last.fill(CANARY)
    peggy.page.locator("dialog .btn--main").click()
    peggy.sees_thread()
    peggy.writes(SENT, "question")
    peggy.sees_sent(SENT)
    peggy.types(DRAFT)
    expect(peggy.page.locator("h1")).to_have_text(CANARY)
    peggy.page.reload()
    expect(peggy.page.locator("#composer-text")).to_have_value(DRAFT, timeout=PATIENCE)


def signs_out(peggy: Visitor) -> None:
    peggy.goes_to("/settings")
    peggy.presses("Sign out")
    expect(peggy.page.get_by_text(peggy.says("sign_in.signed_out"))).to_be_visible(timeout=PATIENCE)


def storage(page: Page) -> tuple[list[str], bytes]:
    """The records of this site's databases, and everything it keeps, as text."""
    kept = page.evaluate(STORAGE)
    return kept["records"], "\n".join([kept["found"], *kept["records"]]).encode()


def test_the_words_are_on_no_disk_and_on_no_wire(peggy_on_disk: Visitor, clinic: HostileClinic, folder: Path) -> None:
    peggy = peggy_on_disk
    write_everywhere(peggy)
    records, kept = storage(peggy.page)
    assert len(records) > 5
    assert_unreadable("the storage while signed in", kept)
    signs_out(peggy)
    _, kept = storage(peggy.page)
    assert_unreadable("the storage after signing out", kept)
    peggy.context.close()
    files = [file for file in folder.rglob("*") if file.is_file() and file.stat().st_size]
    assert any("IndexedDB" in str(file) for file in files)
    for file in files:
        assert_unreadable(str(file.relative_to(folder)), file.read_bytes())
    passed = [(place, content) for place, content in captured(clinic) if content]
    assert any(b"message:send" in content or place.endswith("/messages") for place, content in passed)
    for place, content in passed:
        assert_unreadable(place, content)
    for name in ("between.db", "between.db-wal"):
        assert_unreadable(name, (clinic.folder / name).read_bytes())
    assert_unreadable("the log of the server", b"log:" + clinic.server.log.encode())
    assert_unreadable("the database", database_rows(clinic.server.database_url))


def test_after_signing_out_no_record_of_the_person_is_left(peggy_on_disk: Visitor, clinic: HostileClinic) -> None:
    peggy = peggy_on_disk
    expect(peggy.page.locator(".convs a").first).to_be_visible(timeout=PATIENCE)
    before, _ = storage(peggy.page)
    assert any(PEGGY in record for record in before)
    signs_out(peggy)
    after, kept = storage(peggy.page)
    assert len(after) == 1, "what this device remembers of the log, and nothing else"
    assert PEGGY not in after[0]
    assert clinic.member(PEGGY)["account"].encode() not in kept


def test_the_browser_keeps_forms_that_are_searched_for(tmp_path: Path) -> None:
    """The search itself: Chromium's own files hold text in UTF-16 as well."""
    file = tmp_path / "Session_1"
    file.write_bytes(b"\x00\x01" + CANARY.encode("utf-16-le") + b"\x00")
    assert any(form in file.read_bytes() for form in readable_forms(CANARY))
