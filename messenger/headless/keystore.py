"""What a device remembers between calls: one file for each service and account, readable by its owner alone.

Open in it: which account and clinic, the newest checkpoint and vault version: what tells a rollback before anything is
unlocked. Sealed under the master key: the device's chains and what waits to be sent. Written whole and atomically.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from messenger.headless.errors import KeystoreUnusable
from messenger.protocol.content import decrypt, encrypt
from messenger.protocol.encoding import b64u_decode, b64u_encode, derive, lines
from messenger.protocol.errors import ProtocolError
from messenger.protocol.json_strict import JsonObject, JsonValue, parse_object, write_json
from messenger.protocol.shape import Members

_FORMAT: Final = 1


@dataclass(frozen=True)
class Remembered:
    """What is open in the file."""

    service: str
    account: str
    name: str
    clinic_key: str
    """The clinic's signing key id, as it was given to this person."""
    device: str
    vault_version: int
    head: str
    """The newest statement of the account's own chain."""
    pins_version: int
    """The newest version of the pin document that this device has seen."""
    checkpoint: str | None


@dataclass(frozen=True)
class DeviceHead:
    """This device's newest message in a conversation."""

    sequence: int
    hash: str


@dataclass(frozen=True)
class Waiting:
    """A message written and not acknowledged: the very bytes that are sent again until it is."""

    conversation: str
    id: str
    message: JsonObject
    hash: str
    device_sequence: int
    body: JsonObject
    """The body, to encrypt again if the epoch is left meanwhile."""


@dataclass(frozen=True)
class Sealed:
    """What is sealed in the file."""

    heads: dict[str, DeviceHead] = field(default_factory=dict)
    waiting: tuple[Waiting, ...] = ()


class Keystore:
    """One device's file. Locked while it is open: two processes writing as one device would fork its chain."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[bytes] | None = None
        self._sealed_text: str | None = None
        self._master: bytes | None = None
        self.remembered: Remembered | None = None
        self.sealed = Sealed()

    def __enter__(self) -> Self:
        """Locks and reads the file; raises `KeystoreUnusable` (`keystore_in_use`, `keystore_damaged`)."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = self.path.with_name(f"{self.path.name}.lock").open("ab")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as refused:
            self._lock.close()
            raise KeystoreUnusable("keystore_in_use", "Another process is using this keystore.") from refused
        try:
            self._read()
        except BaseException:
            self._lock.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Unlocks the file."""
        if self._lock is not None:
            self._lock.close()

    def unlock(self, master_key: bytes) -> None:
        """Opens what is sealed; raises `KeystoreUnusable` (`keystore_damaged`)."""
        self._master = master_key
        if self._sealed_text is not None and self.remembered is not None:
            try:
                plaintext = decrypt(_key(master_key), self._context(), b64u_decode(self._sealed_text))
                self.sealed = _parse_sealed(parse_object(plaintext))
            except ProtocolError as refused:
                raise _damaged() from refused

    def unlock_again(self, master_key: bytes) -> None:
        """Seals under a new master key from now on."""
        self._master = master_key
        self._write()

    def remember(self, remembered: Remembered) -> None:
        """Keeps what is open, and writes."""
        self.remembered = remembered
        self._write()

    def keep(self, sealed: Sealed) -> None:
        """Keeps what is sealed, and writes: before anything that depends on it leaves this device."""
        self.sealed = sealed
        self._write()

    def keep_checkpoint(self, checkpoint: str) -> None:
        """Keeps the newest verified checkpoint, and writes."""
        if self.remembered is not None and self.remembered.checkpoint != checkpoint:
            self.remember(replace(self.remembered, checkpoint=checkpoint))

    def keep_record(self, name: str, document: JsonObject) -> None:
        """Keeps a document in a file of its own beside this one, sealed for its name; once unlocked."""
        if self._master is not None:
            sealed = encrypt(_key(self._master), self._record_context(name), write_json(document))
            write_privately(self.record_path(name), sealed)

    def find_record(self, name: str) -> JsonObject | None:
        """The document; None where there is none that opens. It is kept to save work, and can be made anew."""
        if self._master is None:
            return None
        try:
            sealed = self.record_path(name).read_bytes()
            return parse_object(decrypt(_key(self._master), self._record_context(name), sealed))
        except (FileNotFoundError, ProtocolError):
            return None

    def record_path(self, name: str) -> Path:
        """Where a document is kept: which conversations there are, no file's name tells."""
        return self.path.with_name(f"{self.path.stem}.{self._address(name)[:32]}.sealed")

    def _address(self, name: str) -> str:
        return hmac.digest(derive(self._master or b"", b"", "local-address"), name.encode(), "sha256").hex()

    def _record_context(self, name: str) -> bytes:
        account = self.remembered.account if self.remembered is not None else ""
        return lines("between/v1/local", account, "conversations", self._address(name))

    def _context(self) -> bytes:
        account = self.remembered.account if self.remembered is not None else ""
        return lines("between/v1/local", account, "keystore", "sealed")

    def _read(self) -> None:
        if not self.path.exists():
            return
        try:
            members = Members(parse_object(self.path.read_bytes()))
            if members.integer("format") != _FORMAT:
                raise _damaged()
            self.remembered = _parse_remembered(members.object("remembered"))
            self._sealed_text = members.text("sealed")
            members.close()
        except ProtocolError as refused:
            raise _damaged() from refused

    def _write(self) -> None:
        if self.remembered is None or self._master is None:
            return
        sealed = encrypt(_key(self._master), self._context(), write_json(_sealed_as_json(self.sealed)))
        self._sealed_text = b64u_encode(sealed)
        document: JsonObject = {
            "format": _FORMAT,
            "remembered": _remembered_as_json(self.remembered),
            "sealed": self._sealed_text,
        }
        write_privately(self.path, write_json(document))


def write_privately(path: Path, data: bytes) -> None:
    """Writes a file whole or not at all, readable by its owner alone, and durably."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def default_path(service: str, name: str) -> Path:
    """One file for each service and account, under the user's state directory; its name tells neither."""
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    digest = hashlib.sha256(f"{service}\n{name}".encode()).hexdigest()
    return Path(state) / "between" / f"{digest[:32]}.json"


def _key(master_key: bytes) -> bytes:
    return derive(master_key, b"", "local-store")


def _damaged() -> KeystoreUnusable:
    return KeystoreUnusable("keystore_damaged", "This keystore is damaged or another account's.")


def _remembered_as_json(remembered: Remembered) -> JsonObject:
    return {
        "service": remembered.service,
        "account": remembered.account,
        "name": remembered.name,
        "clinic_key": remembered.clinic_key,
        "device": remembered.device,
        "vault_version": remembered.vault_version,
        "head": remembered.head,
        "pins_version": remembered.pins_version,
        "checkpoint": remembered.checkpoint,
    }


def _parse_remembered(members: Members) -> Remembered:
    remembered = Remembered(
        service=members.text("service"),
        account=members.id("account", "acc"),
        name=members.text("name"),
        clinic_key=members.hash("clinic_key"),
        device=members.id("device", "dev"),
        vault_version=members.integer("vault_version", least=1),
        head=members.hash("head"),
        pins_version=members.integer("pins_version", least=1),
        checkpoint=members.or_none("checkpoint", members.text),
    )
    members.close()
    return remembered


def _sealed_as_json(sealed: Sealed) -> JsonObject:
    return {
        "heads": {name: {"sequence": head.sequence, "hash": head.hash} for name, head in sealed.heads.items()},
        "waiting": [
            {
                "conversation": one.conversation,
                "id": one.id,
                "message": one.message,
                "hash": one.hash,
                "device_sequence": one.device_sequence,
                "body": one.body,
            }
            for one in sealed.waiting
        ],
    }


def _parse_sealed(document: JsonObject) -> Sealed:
    members = Members(document)
    heads = {
        name: DeviceHead(head.integer("sequence", least=1), head.hash("hash"))
        for name, head in members.mapping("heads").items()
    }
    waiting = members.list("waiting", _parse_waiting)
    members.close()
    return Sealed(heads, waiting)


def _parse_waiting(value: JsonValue) -> Waiting:
    members = Members(value)
    return Waiting(
        conversation=members.id("conversation", "cnv"),
        id=members.id("id", "msg"),
        message=members.json_object("message"),
        hash=members.hash("hash"),
        device_sequence=members.integer("device_sequence", least=1),
        body=members.json_object("body"),
    )
