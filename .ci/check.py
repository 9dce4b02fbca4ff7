"""Runs the quick checks side by side and prints only what failed."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

PYTHON = sys.executable
CHECKS: dict[str, list[str]] = {
    "ruff": [PYTHON, "-m", "ruff", "check", "."],
    "ruff format": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "mypy": [PYTHON, "-m", "mypy"],
    "tsc": ["npm", "run", "--silent", "check:types"],
    "eslint": ["npm", "run", "--silent", "check:lint"],
    "house": [PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/house"],
}


def run_check(name: str) -> tuple[str, int, str, float]:
    """Run one check; its name, exit code, output and seconds."""
    started = time.monotonic()
    done = subprocess.run(CHECKS[name], capture_output=True, text=True, check=False)  # noqa: S603 (fixed commands)
    return name, done.returncode, done.stdout + done.stderr, time.monotonic() - started


def main() -> int:
    """Run them all, two at a time; 1 when one failed."""
    failed = 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        for name, code, output, seconds in pool.map(run_check, CHECKS):
            print(f"{'ok    ' if code == 0 else 'FAILED'} {name} ({seconds:.0f} s)", flush=True)  # noqa: T201
            if code != 0:
                failed += 1
                print(output, flush=True)  # noqa: T201
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
