"""How an announcement is written down to travel from one web node to the others: a closed list of kinds, as JSON.

Each kind is a frozen dataclass whose fields say what may stand in them. What is read is checked against them, so a
frame makes a known announcement or nothing; no class is looked up by a name that came from outside, nothing is pickled.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

_SCALARS: Final = (str, int, bool, NoneType)


class Untravelled(ValueError):
    """A frame is of no known kind, or not what its kind says: another version of the service wrote it, or none did."""


class Travelling:
    """Writes and reads announcements of the kinds it is given, name → dataclass.

    Raises:
        TypeError: a kind has a field of a type that does not travel.
    """

    def __init__(self, kinds: Mapping[str, type]) -> None:
        for kind in kinds.values():
            _check(kind)
        self._kinds = dict(kinds)
        self._names = {kind: name for name, kind in kinds.items()}

    @property
    def kinds(self) -> frozenset[type]:
        """What may travel."""
        return frozenset(self._names)

    def write(self, event: object) -> list[object]:
        """The kind's name and its fields, ready for JSON."""
        return [self._names[type(event)], _written(event)]

    def read(self, frame: object) -> object:
        """What `write` was given.

        Raises:
            Untravelled: it is nothing that `write` makes here.
        """
        match frame:
            case [str(name), dict(members)] if name in self._kinds:
                return _read(self._kinds[name], members)
        raise Untravelled


def to_bytes(frame: object) -> bytes:
    """A frame as it goes over the line."""
    return json.dumps(frame, separators=(",", ":"), ensure_ascii=False).encode()


def from_bytes(data: bytes) -> object:
    """A frame as it came.

    Raises:
        Untravelled: it is no JSON.
    """
    try:
        return json.loads(data)
    except ValueError as error:
        raise Untravelled from error


def _check(hint: Any) -> None:
    """A kind is refused when the service starts, not when it is first announced."""
    if hint in _SCALARS or hint in {bytes, datetime}:
        return
    if is_dataclass(hint) and isinstance(hint, type):
        for _, inner in _hints(hint):
            _check(inner)
    elif get_origin(hint) is tuple and get_args(hint)[1:] == (...,):
        _check(get_args(hint)[0])
    elif isinstance(hint, UnionType) and len(get_args(hint)) == 2 and NoneType in get_args(hint):
        _check(next(argument for argument in get_args(hint) if argument is not NoneType))
    elif not (isinstance(hint, type) and issubclass(hint, StrEnum)):
        raise TypeError(f"{hint} does not travel")


@lru_cache
def _hints(kind: Any) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(kind)
    return tuple((field.name, hints[field.name]) for field in fields(kind))


def _written(value: object) -> object:
    match value:
        case bytes():
            return b64encode(value).decode("ascii")
        case datetime():
            return value.isoformat()
        case tuple():
            return [_written(item) for item in value]
        case StrEnum():
            return value.value
        case str() | int() | None:
            return value
    kind: type = type(value)
    if is_dataclass(kind):
        return {name: _written(getattr(value, name)) for name, _ in _hints(kind)}
    raise TypeError(f"{type(value).__name__} does not travel")


def _read(hint: Any, value: Any) -> Any:
    if hint in _SCALARS:
        if type(value) is hint:
            return value
        raise Untravelled
    if get_origin(hint) is tuple:
        return _read_tuple(get_args(hint), value)
    if isinstance(hint, UnionType):
        return _read_optional(get_args(hint), value)
    if is_dataclass(hint):
        return _read_members(hint, value)
    return _read_text(hint, value)


def _read_members(kind: Any, value: Any) -> Any:
    hints = _hints(kind)
    if not isinstance(value, dict) or value.keys() != {name for name, _ in hints}:
        raise Untravelled
    return kind(**{name: _read(hint, value[name]) for name, hint in hints})


def _read_tuple(arguments: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise Untravelled
    return tuple(_read(arguments[0], item) for item in value)


def _read_optional(arguments: tuple[Any, ...], value: Any) -> Any:
    if value is None:
        return None
    (kind,) = (argument for argument in arguments if argument is not NoneType)
    return _read(kind, value)


def _read_text(hint: Any, value: Any) -> Any:
    if not isinstance(value, str):
        raise Untravelled
    try:
        if hint is bytes:
            return b64decode(value, validate=True)
        if hint is datetime:
            return datetime.fromisoformat(value)
        return hint(value)
    except ValueError as error:
        raise Untravelled from error
