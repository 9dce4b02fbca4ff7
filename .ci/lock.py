"""Resolves requirements*.in into hash-locked files that name no index."""

import subprocess
import sys

LOCKS = ("requirements", "requirements-dev", "requirements-node")
OPTIONS = ("--quiet", "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--strip-extras",
           "--no-header", "--allow-unsafe")  # fmt: skip

for lock in LOCKS:
    subprocess.run(  # noqa: S603 (fixed command)
        [sys.executable, "-m", "piptools", "compile", *OPTIONS, "--output-file", f"{lock}.txt", f"{lock}.in"],
        check=True,
    )
