"""Messages a second, send → checked → stored → logged → delivered, beside a relay that does none of it."""

import json
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench.servers import serving
from bench.stage import SECRET, stage
from tests.servers import ROOT, PostgresServer, postgres_server

ROUNDS = 3
EACH = {1: 50, 8: 30, 32: 60}
"""Messages of each pair in a round, by how many pairs there are."""

RELAY = "relay only, ordinary handlers"


@dataclass(frozen=True)
class Figures:
    """One run: messages a second, and seconds from sending to delivery."""

    per_second: float
    p50: float
    p99: float


@dataclass
class Subject:
    """A server that is measured, and the pairs that were staged for it."""

    name: str
    url: str
    pairs: Path
    runs: list[Figures] = field(default_factory=list)


def measure() -> None:
    """Print a table for each number of pairs; every line is the median of rounds that took turns."""
    with postgres_server(durable=True) as postgres:
        for pairs, each in EACH.items():
            print(f"\n{pairs} pairs, {each} messages each, {ROUNDS} rounds in turns")
            with ExitStack() as running:
                subjects = _subjects(pairs, postgres, running)
                for turn in range(ROUNDS):
                    for subject in subjects:
                        subject.runs.append(_run(subject, turn * each, each))
            _print(subjects)


def _subjects(pairs: int, postgres: PostgresServer, running: ExitStack) -> list[Subject]:
    def start(name: str, application: str, database: str = "", without: str = "") -> Subject:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="between-bench-")))
        address = postgres.create_database() if database == "postgresql" else f"sqlite:///{folder}/between.db"
        file = stage(address, folder, pairs, ROUNDS * EACH[pairs])
        environ = {"DATABASE_URL": address, "DATA_DIR": str(folder), "SECRET_KEY": SECRET}
        url = running.enter_context(serving(application, folder, {**environ, "BENCH_WITHOUT": without}))
        return Subject(name, url, file)

    subjects = [
        start(RELAY, "bench.relay:app"),
        start("Between, PostgreSQL", "wsgi:app", "postgresql"),
        start("Between, SQLite", "wsgi:app", "sqlite"),
    ]
    if pairs == max(EACH):
        subjects.extend(
            start(f"PostgreSQL without {without}", "bench.variants:app", "postgresql", without)
            for without in ("signature", "log", "signature and log")
        )
    return subjects


def _run(subject: Subject, first: int, count: int) -> Figures:
    command = [sys.executable, "-m", "bench.load", subject.url, str(subject.pairs), str(first), str(count)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    if run.returncode != 0:
        raise RuntimeError(f"{subject.name}\n{run.stderr[-2000:]}")
    result = json.loads(run.stdout)
    return Figures(result["per_second"], result["p50"], result["p99"])


def _print(subjects: list[Subject]) -> None:
    floor = subjects[0].runs
    print(f"{'':<36}{'messages/s':>11}{'× relay':>9}{'p50 ms':>9}{'p99 ms':>9}{'p99 × relay':>13}")
    for subject in subjects:
        pairs = list(zip(subject.runs, floor, strict=True))
        rate = statistics.median(run.per_second for run in subject.runs)
        ratio = statistics.median(run.per_second / base.per_second for run, base in pairs)
        p50 = statistics.median(run.p50 for run in subject.runs) * 1000
        p99 = statistics.median(run.p99 for run in subject.runs) * 1000
        tail = statistics.median(run.p99 / base.p99 for run, base in pairs)
        print(f"{subject.name:<36}{rate:>11.0f}{ratio:>9.2f}{p50:>9.1f}{p99:>9.1f}{tail:>13.2f}")
