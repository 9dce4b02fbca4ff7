"""Announcements written down and read again, and what is not one."""

from dataclasses import dataclass
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import Settings
from messenger.between_nodes import KINDS, Nodes
from messenger.events import Subscribers
from messenger.jobs import Background
from messenger.travelling import Travelling, Untravelled, from_bytes, to_bytes

TRAVELLING = Travelling(KINDS)
ANY = st.one_of([st.from_type(kind) for kind in KINDS.values()])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(ANY)
def test_an_announcement_is_the_same_at_the_other_end(event: object) -> None:
    assert TRAVELLING.read(from_bytes(to_bytes(TRAVELLING.write(event)))) == event


@given(JSON | st.tuples(st.sampled_from(sorted(KINDS)), JSON).map(list))
def test_anything_else_is_refused_and_nothing_breaks(frame: object) -> None:
    with pytest.raises(Untravelled):
        TRAVELLING.read(frame)


@given(ANY, st.data())
def test_one_wrong_member_makes_a_frame_worthless(event: object, data: st.DataObject) -> None:
    kind, members = cast("tuple[str, dict[str, Any]]", from_bytes(to_bytes(TRAVELLING.write(event))))
    name = data.draw(st.sampled_from(sorted(members)))
    changed = {**members, name: {"neither": 1.5}}
    with pytest.raises(Untravelled):
        TRAVELLING.read([kind, changed])
    with pytest.raises(Untravelled):
        TRAVELLING.read([kind, {key: value for key, value in members.items() if key != name}])


@pytest.mark.parametrize("data", [b"", b"\xff", b"{", b"not json"])
def test_what_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(Untravelled):
        from_bytes(data)


@dataclass(frozen=True)
class Unlisted:
    """An announcement that somebody forgot to list."""

    what: list[str]


def test_a_kind_with_a_field_that_does_not_travel_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="does not travel"):
        Travelling({"unlisted": Unlisted})


def test_a_service_in_which_a_room_wants_what_does_not_travel_does_not_start() -> None:
    subscribers = Subscribers()
    nodes = Nodes(Settings.from_env({"SECRET_KEY": "s" * 32}), subscribers, Background())
    nodes.check_listed()
    subscribers.on_every_node(Unlisted)(lambda _event: None)
    with pytest.raises(TypeError, match="Unlisted must stand in"):
        nodes.check_listed()
