"""The tests keep to themselves, and none of them may be left out in CI."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import ROOT


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("10.0.0.1", 443)])
def test_a_test_cannot_reach_beyond_this_machine(address: tuple[str, int]) -> None:
    with socket.socket() as outward, pytest.raises(AssertionError, match="tried to reach"):
        outward.connect(address)


@pytest.mark.parametrize(("ci", "exit_code"), [("true", 1), ("false", 0)])
def test_a_skipped_test_fails_the_run_in_ci(ci: str, exit_code: int, tmp_path: Path) -> None:
    (tmp_path / "test_left_out.py").write_text(
        "import pytest\n\n@pytest.mark.skip\ndef test_left_out():\n    pass\n\ndef test_run():\n    pass\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "tests.conftest",
            "--rootdir",
            tmp_path,
            "-c",
            os.devnull,
            tmp_path,
        ],
        cwd=ROOT,
        env={**os.environ, "CI": ci},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "1 passed, 1 skipped" in done.stdout
    assert done.returncode == exit_code
