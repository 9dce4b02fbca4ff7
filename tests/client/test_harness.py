"""The harness itself: whatever goes wrong in a browser test must be seen by whoever runs them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error

from tests.client import browser_units
from tests.client.browser_units import Outcome, bundle, run_file, served

pytestmark = pytest.mark.browser

Run = Callable[[str], list[Outcome]]


@pytest.fixture
def run(tmp_path: Path, chromium: Browser) -> Run:
    def run_source(source: str) -> list[Outcome]:
        folder = tmp_path / "tests" / "room"
        folder.mkdir(parents=True)
        (folder / "some.test.ts").write_text(source)
        bundle(folder.parent, tmp_path / "bundle")
        with served(tmp_path / "bundle") as address:
            return run_file(chromium, address, "room/some.test.ts")

    return run_source


def test_a_test_that_passes_is_reported_under_its_full_title(run: Run) -> None:
    outcomes = run(
        "import { expect } from 'chai'; describe('one', () => it('is one', () => { expect(1).to.equal(1); }));"
    )
    assert outcomes == [Outcome("one is one", "passed", None)]


def test_a_test_that_fails_is_reported_with_its_reason_and_the_rest_still_runs(run: Run) -> None:
    outcomes = run(
        "import { expect } from 'chai';"
        "describe('one', () => { it('is two', () => { expect(1).to.equal(2); }); it('is one', () => {}); });"
    )
    assert [(outcome.title, outcome.state) for outcome in outcomes] == [
        ("one is two", "failed"),
        ("one is one", "passed"),
    ]
    assert "expected 1 to equal 2" in str(outcomes[0].error)


def test_a_test_that_is_skipped_is_not_taken_for_passed(run: Run) -> None:
    assert run("describe('one', () => { it.skip('is one', () => {}); });") == [Outcome("one is one", "pending", None)]


@pytest.mark.parametrize("hook", ["before", "beforeEach", "after", "afterEach"])
def test_a_hook_that_fails_is_reported(run: Run, hook: str) -> None:
    outcomes = run(
        f"describe('one', () => {{ {hook}(() => {{ throw new Error('hooked'); }}); it('is', () => {{}}); }});"
    )
    assert ("failed", True) in [(outcome.state, "hooked" in str(outcome.error)) for outcome in outcomes]


@pytest.mark.parametrize(
    "throwing", ["setTimeout(() => { throw new Error('late'); })", "Promise.reject(new Error('late'))"]
)
def test_an_error_that_no_test_awaits_is_reported(run: Run, throwing: str) -> None:
    outcomes = run(
        f"describe('one', () => {{ it('starts it', (done) => {{ {throwing}; setTimeout(done, 100); }}); }});"
    )
    assert ("failed", True) in [(outcome.state, "late" in str(outcome.error)) for outcome in outcomes]


@pytest.mark.parametrize("source", ["throw new Error('unloadable');", "await import(['/unloadable.js'][0]);"])
def test_a_file_that_cannot_be_loaded_is_an_error(run: Run, source: str) -> None:
    with pytest.raises(Error, match="unloadable"):
        run(source + " export {};")


def test_a_file_whose_rest_is_hidden_by_only_is_an_error(run: Run) -> None:
    with pytest.raises(Error, match="only"):
        run("describe('one', () => { it.only('is', () => {}); it('is hidden', () => {}); });")


def test_a_file_without_tests_runs_none(run: Run) -> None:
    assert run("export const nothing = 1;") == []


def test_a_file_that_never_ends_is_an_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_units, "SECONDS_PER_FILE", 0.2)
    with pytest.raises(Error, match=r"not done within 0\.2 s"):
        run("await new Promise(() => {}); export {};")


def test_code_that_does_not_compile_is_an_error(run: Run) -> None:
    with pytest.raises(AssertionError, match=r"some\.test\.ts"):
        run("const one = ;")


@pytest.mark.parametrize(
    "violation", ["eval('1')", "document.createElement('div').innerHTML = '<b></b>'", "new Worker('/bundle/run.js')"]
)
def test_what_the_applications_policy_refuses_fails_the_test_that_does_it(run: Run, violation: str) -> None:
    outcomes = run(f"describe('one', () => {{ it('does it', () => {{ try {{ {violation}; }} catch {{}} }}); }});")
    assert "Content-Security-Policy" in [outcome.title for outcome in outcomes if outcome.state == "failed"]


def test_the_page_runs_in_a_secure_context_and_reads_the_vectors(run: Run) -> None:
    outcomes = run(
        "describe('page', () => { it('reads', async () => {"
        " if (!isSecureContext || !crypto.subtle) throw new Error('not secure');"
        " const answer = await fetch('/vectors/rfc6962.json'); if (!answer.ok) throw new Error('no vectors');"
        " const outside = await fetch('/vectors/..%2f..%2fpyproject.toml');"
        " if (outside.ok) throw new Error('serves anything'); }); });"
    )
    assert [outcome.state for outcome in outcomes] == ["passed"]
