"""What a mutation is: a patch that removes one defence, and the tests that must notice."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Mutation:
    """One `*.patch` of this folder."""

    path: Path
    tests: tuple[str, ...]
    removes: str

    @property
    def name(self) -> str:
        """The file's name without its ending, `A05-python-vault-signature`."""
        return self.path.stem

    @property
    def touches_browser_client(self) -> bool:
        """Whether the browser client must be built again."""
        return any(line.startswith("+++ b/client/") for line in self.path.read_text().splitlines())

    def applies_to(self, tree: Path) -> subprocess.CompletedProcess[str]:
        """Try the patch on `tree` without changing it."""
        return _git_apply(tree, self.path, "--check")

    def apply_to(self, tree: Path) -> None:
        """Change `tree`; raises CalledProcessError where the patch does not fit."""
        _git_apply(tree, self.path).check_returncode()


def list_mutations(only: str = "") -> list[Mutation]:
    """All mutations whose name starts with `only`, by name.

    Raises ValueError for a patch that does not name its tests and what it removes.
    """
    return [_read(path) for path in sorted(FOLDER.glob("*.patch")) if path.stem.startswith(only)]


def _read(path: Path) -> Mutation:
    lines = path.read_text().splitlines()
    tests = tuple(line.removeprefix("# tests:").strip() for line in lines if line.startswith("# tests:"))
    removes = [line.removeprefix("# removes:").strip() for line in lines if line.startswith("# removes:")]
    if not tests or len(removes) != 1:
        raise ValueError(f"{path.name} must name its tests and, once, what it removes")
    return Mutation(path, tests, removes[0])


def _git_apply(tree: Path, patch: Path, *options: str) -> subprocess.CompletedProcess[str]:
    # Outside any repository, so that git takes the paths as they stand in the tree.
    command = ["git", "apply", *options, "--unsafe-paths", "-p1", f"--directory={tree}", str(patch)]
    return subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
