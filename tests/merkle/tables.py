"""The log's own vectors in `tests/vectors/ours/`: `python -m tests.merkle.tables` writes them again."""

import json
from pathlib import Path

from tests.merkle import checkpoint_table, witness_table

FOLDER = Path(__file__).parents[1] / "vectors" / "ours"

TABLES = {"checkpoints.json": checkpoint_table.table, "witness.json": witness_table.table}


def encoded(name: str) -> str:
    """The file's text as the code makes it."""
    return json.dumps(TABLES[name](), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for file_name in TABLES:
        (FOLDER / file_name).write_text(encoded(file_name), encoding="utf-8")
