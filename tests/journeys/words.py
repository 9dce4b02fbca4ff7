"""What the pages say, in the language of whoever looks at them."""

import json
from functools import cache
from typing import Any

from tests.servers import ROOT


@cache
def catalogue(language: str) -> dict[str, Any]:
    """Every sentence of the interface by its key."""
    read: dict[str, Any] = json.loads((ROOT / "translations" / f"{language}.json").read_text(encoding="utf-8"))
    return read


def said(language: str, key: str, **values: object) -> str:
    """One sentence; `count` chooses between one and several."""
    found = catalogue(language)[key]
    if isinstance(found, dict):
        found = found["one"] if values.get("count") == 1 and "one" in found else found["other"]
    return str(found).format(**values)
