"""`make mutate`: remove each defence in a copy of the project and require that its tests fail."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.mutations.mutation import ROOT, Mutation, list_mutations

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


def _run_tests(tree: Path, tests: Iterable[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False, timeout=600)


def _noticed(mutation: Mutation) -> tuple[bool, str]:
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        tree = Path(folder)
        _copy_project(tree)
        mutation.apply_to(tree)
        if mutation.touches_browser_client:
            _build_client(tree)
        outcomes = [_run_tests(tree, [test]) for test in mutation.tests]
    reasons = "\n".join(run.stdout[-1500:] for run in outcomes if not _failed(run))
    return all(map(_failed, outcomes)), reasons


def _failed(run: subprocess.CompletedProcess[str]) -> bool:
    """Whether a test ran and failed; one whose set-up broke has noticed nothing."""
    summary = run.stdout.rstrip().rpartition("\n")[2]
    return run.returncode == TESTS_FAILED and " failed" in f" {summary}" and " error" not in summary


def _pass_without_patches(mutations: list[Mutation]) -> bool:
    tests = sorted({test for mutation in mutations for test in mutation.tests})
    run = _run_tests(ROOT, tests)
    if run.returncode != 0:
        print("These tests must pass before anything is removed:\n" + run.stdout[-3000:])
    return run.returncode == 0


def main() -> int:
    """Print a line a mutation and return 0 when every one was noticed, 1 otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="run the mutations whose name starts so")
    mutations = list_mutations(parser.parse_args().only)
    if not mutations or not _pass_without_patches(mutations):
        return 1
    survived = 0
    for mutation in mutations:
        noticed, reasons = _noticed(mutation)
        survived += not noticed
        print(f"{'noticed ' if noticed else 'SURVIVED'}  {mutation.name}  (removes {mutation.removes})", flush=True)
        if not noticed:
            print(reasons)
    print(f"{len(mutations) - survived} noticed, {survived} survived")
    return 1 if survived else 0


if __name__ == "__main__":
    raise SystemExit(main())
