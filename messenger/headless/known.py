"""What this device has verified and opened of conversations, so that neither is done twice (`docs/adr/0015`).

It is this client's own word, in memory and sealed beside its keystore: nothing in it comes from the service unverified.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from messenger.headless.keystore import Keystore
from messenger.headless.known_form import control_as_json, parse_control
from messenger.protocol.control_chain import ControlChain
from messenger.protocol.encoding import b64u_encode
from messenger.protocol.errors import ProtocolError
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.shape import Members

RULES: Final = 1
"""Raised whenever a client would judge a control chain otherwise than before: what was known is then verified again."""


@dataclass(frozen=True)
class KnownConversation:
    """A conversation as far as it was verified, the epoch keys that this account could open, and its name."""

    control: ControlChain
    keys: Mapping[int, bytes] = field(repr=False)
    name: str | None = field(repr=False)

    def is_whole_for(self, readers: Collection[str]) -> bool:
        """Whether nothing of what was sealed to `readers` is missing: who joins a team reads what came before, too."""
        links = (link.epoch.number for link in self.control.links if not link.keys.keys().isdisjoint(readers))
        opened = (epoch for grant in self.control.history if grant.reader in readers for epoch in grant.boxes)
        named = self.control.name is None or self.name is not None
        return named and all(epoch in self.keys for epoch in (*links, *opened))


@dataclass
class KnownConversations:
    """Those that this device knows."""

    keystore: Keystore
    _found: dict[str, KnownConversation] = field(default_factory=dict)

    def find(self, conversation: str) -> KnownConversation | None:
        """What is known of a conversation; None where nothing is, or what is kept was written under other rules."""
        if conversation not in self._found:
            kept = self.keystore.find_record(conversation)
            known = None if kept is None else _parse(kept)
            if known is None or known.control.conversation != conversation:
                return None
            self._found[conversation] = known
        return self._found[conversation]

    def keep(self, known: KnownConversation) -> None:
        """Knows it from now on; what a newer version wrote into is not kept, for that version is to verify it."""
        conversation, before = known.control.conversation, self._found.get(known.control.conversation)
        self._found[conversation] = known
        if not known.control.newer and before != known:
            self.keystore.keep_record(conversation, _as_json(known))


def _as_json(known: KnownConversation) -> JsonObject:
    return {
        "rules": RULES,
        "control": control_as_json(known.control),
        "keys": {str(epoch): b64u_encode(key) for epoch, key in known.keys.items()},
        "name": known.name,
    }


def _parse(kept: JsonObject) -> KnownConversation | None:
    try:
        members = Members(kept)
        if members.integer("rules") != RULES:
            return None
        control = parse_control(members.object("control"))
        keys = members.json_object("keys")
        opened = {int(epoch): Members({"key": key}).raw("key", 32) for epoch, key in keys.items()}
        return KnownConversation(control, opened, members.or_none("name", members.text))
    except ProtocolError:
        return None
