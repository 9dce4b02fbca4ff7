"""`make mutate`: remove each defence in a copy of the project and require that its tests fail."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.hostile.clinic import KEPT_CLINIC, demo_server
from tests.mutations.mutation import ROOT, Mutation, list_mutations
from tests.servers import free_port

TESTS_FAILED = 1  # pytest's exit code for "tests ran and some failed"; anything else proves nothing


def _copy_project(into: Path) -> None:
    listed = (
        subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        .stdout.decode()
        .split("\0")
    )
    for name in filter(None, listed):
        source = ROOT / name
        if source.is_file():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, into / name)
    (into / "node_modules").symlink_to(ROOT / "node_modules")
    shutil.copytree(ROOT / "messenger/static/dist", into / "messenger/static/dist")


def _build_client(tree: Path) -> None:
    subprocess.run(["node", "client/build.mjs"], cwd=tree, check=True, capture_output=True)


def _run_tests(tree: Path, tests: Iterable[str], environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    env = {**os.environ, **environ}
    return subprocess.run(command, cwd=tree, env=env, capture_output=True, text=True, check=False, timeout=900)


def _keep_a_clinic(folder: Path) -> None:
    """A demo clinic of the unaltered code: what is altered in the browser client changes nothing in it."""
    with demo_server(folder, "http://localhost:1", free_port()):
        pass


def _noticed(mutation: Mutation, environ: Mapping[str, str]) -> tuple[bool, str]:
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        tree = Path(folder)
        _copy_project(tree)
        mutation.apply_to(tree)
        if mutation.touches_browser_client:
            _build_client(tree)
        # What is altered in Python alters the demo clinic too: such a run makes its own.
        given = environ if mutation.touches_browser_client else _without_clinic(environ)
        outcomes = [_run_tests(tree, [test], given) for test in mutation.tests]
    reasons = "\n".join(run.stdout[-1500:] for run in outcomes if not _failed(run))
    return all(map(_failed, outcomes)), reasons


def _without_clinic(environ: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in environ.items() if name != KEPT_CLINIC}


def _failed(run: subprocess.CompletedProcess[str]) -> bool:
    """Whether a test ran and failed; one whose set-up broke has noticed nothing."""
    summary = run.stdout.rstrip().rpartition("\n")[2]
    return run.returncode == TESTS_FAILED and " failed" in f" {summary}" and " error" not in summary


def _pass_without_patches(mutations: list[Mutation], environ: Mapping[str, str]) -> bool:
    tests = sorted({test for mutation in mutations for test in mutation.tests})
    run = _run_tests(ROOT, tests, environ)
    if run.returncode != 0:
        print("These tests must pass before anything is removed:\n" + run.stdout[-3000:])
    return run.returncode == 0


def _report(mutations: list[Mutation], environ: Mapping[str, str]) -> int:
    """Prints a line a mutation, in their order; how many nobody noticed."""
    survived = 0
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        outcomes = pool.map(lambda mutation: _noticed(mutation, environ), mutations)
        for mutation, (noticed, reasons) in zip(mutations, outcomes, strict=True):
            survived += not noticed
            word = "noticed " if noticed else "SURVIVED"
            print(f"{word}  {mutation.name}  (removes {mutation.removes})", flush=True)
            if not noticed:
                print(reasons, flush=True)
    return survived


def main() -> int:
    """Print a line a mutation and return 0 when every one was noticed, 1 otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="run the mutations whose name starts so")
    mutations = list_mutations(parser.parse_args().only)
    with tempfile.TemporaryDirectory(prefix="clinic-") as clinic:
        _keep_a_clinic(Path(clinic))
        # Most runs are to fail, many by waiting for what never comes; with this patience they pass first.
        environ = {KEPT_CLINIC: clinic, "HOSTILE_PATIENCE": "25"}
        if not mutations or not _pass_without_patches(mutations, environ):
            return 1
        survived = _report(mutations, environ)
    print(f"{len(mutations) - survived} noticed, {survived} survived")
    return 1 if survived else 0


if __name__ == "__main__":
    raise SystemExit(main())
