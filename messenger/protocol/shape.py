"""Reading a parsed JSON object with exactly the members its format has.

A member that one reader ignores and another obeys is how two people come to see two different statements, so unknown
and missing members are refused alike, and every fault in a member is one code: `bad_members`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from messenger.protocol.encoding import b64u_decode, check_hash_text, check_time
from messenger.protocol.errors import EncodingRefused, ProtocolError
from messenger.protocol.ids import IdType, check_id
from messenger.protocol.json_strict import JsonObject, JsonValue

T = TypeVar("T")


def bad_members(why: str) -> EncodingRefused:
    """The refusal for anything that is wrong with a member."""
    return EncodingRefused("bad_members", f"The members are not those of this format: {why}.")


class Members:
    """The members of one object, each taken once; `close` refuses what nobody asked for.

    Every taking method raises `EncodingRefused` (`bad_members`) when the member is missing or not of its type.
    """

    def __init__(self, value: JsonValue) -> None:
        if not isinstance(value, dict):
            raise bad_members("this is not an object")
        self._left: JsonObject = dict(value)

    def close(self) -> None:
        """Refuses members that were not taken."""
        if self._left:
            raise bad_members("there are unknown ones")

    def take(self, name: str) -> JsonValue:
        """The member, whatever it is."""
        if name not in self._left:
            raise bad_members(f"{name} is missing")
        return self._left.pop(name)

    def text(self, name: str, longest: int | None = None, shortest: int = 0) -> str:
        """A string of `shortest` to `longest` UTF-16 code units, the length both languages can count alike."""
        value = self.take(name)
        if not isinstance(value, str):
            raise bad_members(f"{name} is not a text")
        units = len(value) if value.isascii() else len(value.encode("utf-16-le")) // 2
        if units < shortest or (longest is not None and units > longest):
            raise bad_members(f"{name} has another length")
        return value

    def integer(self, name: str, least: int = 0) -> int:
        """An integer from `least` on."""
        value = self.take(name)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise bad_members(f"{name} is not such an integer")
        return value

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self.take(name)
        if not isinstance(value, bool):
            raise bad_members(f"{name} is not true or false")
        return value

    def one_of(self, name: str, choices: Iterable[T]) -> T:
        """One of the closed codes."""
        value = self.take(name)
        for choice in choices:
            if type(choice) is type(value) and choice == value:
                return choice
        raise bad_members(f"{name} is not one of the closed codes")

    def id(self, name: str, *types: IdType) -> str:
        """An id of one of the types."""
        return self._checked(name, lambda text: check_id(text, *types))

    def hash(self, name: str) -> str:
        """A hash or key id, as its 43 characters."""
        return self._checked(name, check_hash_text)

    def time(self, name: str) -> str:
        """An instant in the protocol's form; such texts sort as the instants do."""
        return self._checked(name, check_time)

    def raw(self, name: str, length: int | None = None) -> bytes:
        """The bytes of canonical base64url, of one length where it is given."""
        data = self._checked(name, b64u_decode)
        if length is not None and len(data) != length:
            raise bad_members(f"{name} has another length")
        return data

    def raw_by_id(self, name: str, *types: IdType) -> dict[str, bytes]:
        """An object with bytes under ids: the boxes beside a statement."""
        value = self.json_object(name)
        return {Members({name: key}).id(name, *types): Members({name: item}).raw(name) for key, item in value.items()}

    def or_none(self, name: str, take: Callable[[str], T]) -> T | None:
        """`take(name)` unless the member is null."""
        if name in self._left and self._left[name] is None:
            del self._left[name]
            return None
        return take(name)

    def list(self, name: str, read: Callable[[JsonValue], T]) -> tuple[T, ...]:
        """A list, each item read alike."""
        value = self.take(name)
        if not isinstance(value, list):
            raise bad_members(f"{name} is not a list")
        return tuple(read(item) for item in value)

    def ids(self, name: str, *types: IdType) -> tuple[str, ...]:
        """A list of different ids."""
        found = self.list(name, lambda item: Members({"id": item}).id("id", *types))
        if len(set(found)) != len(found):
            raise bad_members(f"{name} names one twice")
        return found

    def object(self, name: str) -> Members:
        """An object, to be taken apart and closed in turn."""
        return Members(self.take(name))

    def or_none_object(self, name: str) -> Members | None:
        """As `object`, or None where the member is null."""
        return self.or_none(name, self.object)

    def json_object(self, name: str) -> JsonObject:
        """An object as it is, for others to read."""
        value = self.take(name)
        if not isinstance(value, dict):
            raise bad_members(f"{name} is not an object")
        return dict(value)

    def mapping(self, name: str) -> dict[str, Members]:
        """An object of objects under names of their own, each to be taken apart and closed."""
        return {key: Members(item) for key, item in self.json_object(name).items()}

    def _checked(self, name: str, check: Callable[[str], T]) -> T:
        text = self.text(name)
        try:
            return check(text)
        except ProtocolError as refused:
            raise bad_members(f"{name} is malformed") from refused
