"""What a real browser refuses on our pages, because we told it to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from messenger.web.client_build import ClientBuild
from tests.web.tiny_client import build_tiny_client, served_client, with_altered

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> ClientBuild:
    loaded = ClientBuild.load(build_tiny_client(tmp_path_factory.mktemp("tiny")))
    assert loaded is not None
    return loaded


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def opened(build: ClientBuild, page: Page, tmp_path: Path) -> Iterator[Page]:
    """The tiny client's page."""
    with served_client(build, tmp_path) as (address, _):
        page.goto(f"{address}/sign-in")
        page.get_by_text("the page has come").wait_for()
        yield page


def refused(page: Page, script: str) -> str:
    """The name of the exception that the script ends in, or 'nothing'. A task of its own: the driver's may eval."""
    name: str = page.evaluate(
        f"""() => new Promise((done) => setTimeout(async () => {{
            try {{ {script}; done('nothing') }} catch (error) {{ done(error.name) }} }}))"""
    )
    return name


def test_the_page_its_lazy_code_its_style_and_its_worker_all_arrive(opened: Page) -> None:
    opened.get_by_text("the later code has come").wait_for()
    opened.get_by_text("the worker may derive keys").wait_for()
    assert opened.evaluate("getComputedStyle(document.getElementById('app')).color") == "rgb(1, 2, 3)"


def test_nothing_is_complained_about_in_the_console(build: ClientBuild, page: Page, tmp_path: Path) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    with served_client(build, tmp_path) as (address, _):
        page.goto(f"{address}/sign-in")
        page.get_by_text("the worker may derive keys").wait_for()
    assert complaints == []


def test_an_altered_module_does_not_run(build: ClientBuild, page: Page, tmp_path: Path) -> None:
    altered = with_altered(build, build.entries["sign-in"].module.name)
    with served_client(altered, tmp_path) as (address, _):
        page.goto(f"{address}/sign-in", wait_until="networkidle")
        assert page.locator("#app p").count() == 0


def test_an_altered_chunk_that_is_loaded_later_does_not_run(build: ClientBuild, page: Page, tmp_path: Path) -> None:
    (later,) = [name for name, file in build.files.items() if b"the later code has come" in file.content]
    with served_client(with_altered(build, later), tmp_path) as (address, _):
        page.goto(f"{address}/sign-in")
        page.get_by_text("the later code was refused").wait_for()
        assert page.get_by_text("the later code has come").count() == 0


def test_a_script_without_integrity_is_blocked(opened: Page, build: ClientBuild) -> None:
    loaded = opened.evaluate(
        """name => new Promise((done) => {
            const script = document.createElement('script');
            script.onload = () => done('loaded'); script.onerror = () => done('blocked');
            const policy = trustedTypes.createPolicy('between-service-worker', { createScriptURL: (url) => url });
            script.src = policy.createScriptURL(name); document.head.append(script); })""",
        "/service-worker.js",
    )
    assert loaded == "blocked"
    assert "service-worker.js" in build.files


def test_a_dynamic_import_without_integrity_is_blocked(opened: Page, build: ClientBuild) -> None:
    entry = build.entries["sign-in"].module.name
    assert refused(opened, f"await import('/static/dist/{entry}?again')") == "TypeError"


def test_strings_do_not_become_code_or_markup(opened: Page) -> None:
    assert refused(opened, "eval('1')") == "EvalError"
    assert refused(opened, "document.body.setAttribute('onclick', 'alert(1)')") == "TypeError"
    assert refused(opened, "document.body.innerHTML = '<p>x</p>'") == "TypeError"
    assert refused(opened, "trustedTypes.createPolicy('mine', {})") == "TypeError"
    assert refused(opened, "await WebAssembly.compile(new Uint8Array([0,97,115,109,1,0,0,0]))") == "CompileError"


def test_inline_style_and_foreign_places_are_refused(opened: Page) -> None:
    violated = opened.evaluate(
        """() => new Promise((done) => {
            const found = new Set();
            document.addEventListener('securitypolicyviolation', (event) => {
                found.add(event.effectiveDirective);
                if (found.size === 3) done([...found].sort());
            });
            document.body.setAttribute('style', 'color: red');
            fetch('http://127.0.0.1:9/').catch(() => {});
            document.body.append(Object.assign(new Image(), { src: 'data:image/gif;base64,R0lGODlhAQABAAAAACw=' }));
        })"""
    )
    assert violated == ["connect-src", "img-src", "style-src-attr"]


def test_the_page_cannot_be_framed(build: ClientBuild, page: Page, tmp_path: Path) -> None:
    with served_client(build, tmp_path) as (address, _):
        page.set_content(f'<iframe src="{address}/sign-in"></iframe>')
        page.wait_for_load_state("networkidle")
        assert page.frames[1].locator("#app").count() == 0
