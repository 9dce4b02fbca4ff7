"""A small log with a key that is always the same, so that what it signs can be written down."""

from base64 import b64encode
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from messenger.merkle.checkpoint import Checkpoint, SignedCheckpoint, sign_checkpoint
from messenger.merkle.note import SignedNote, SigningKey
from messenger.merkle.tree import consistency_proof
from tests.merkle import model
from tests.merkle.node_stores import grown

ORIGIN = "clinic.example:8000/log/cln_0192f3a4b5c67d8e9f00112233445566"


def signing_key(name: str, seed: str = "log key") -> SigningKey:
    """The key of that name whose private half is the SHA-256 of `seed`."""
    return SigningKey(name, Ed25519PrivateKey.from_private_bytes(sha256(seed.encode()).digest()))


LOG_KEY = signing_key(ORIGIN)


def entries(count: int, history: str = "told") -> list[bytes]:
    """The first entries of one history; another history differs from the first entry on."""
    return [f"{history} entry {index}".encode() for index in range(count)]


def checkpoint(size: int, history: str = "told", origin: str = ORIGIN) -> Checkpoint:
    """The log's head at `size`."""
    return Checkpoint(origin, size, model.tree_hash(entries(size, history)))


def signed(size: int, history: str = "told", *more: SigningKey) -> SignedCheckpoint:
    """The log's head at `size`, signed by the log and by `more`."""
    return sign_checkpoint(checkpoint(size, history), [LOG_KEY, *more])


def signed_text(text: str, *keys: SigningKey) -> bytes:
    """A note of any text, signed properly: what a log that cheats or errs could serve."""
    return SignedNote(text, tuple(key.sign(text) for key in keys or (LOG_KEY,))).serialise()


def proof(old_size: int, new_size: int, history: str = "told") -> list[bytes]:
    """The consistency proof between two sizes of one history."""
    nodes, _ = grown(entries(new_size, history))
    return list(consistency_proof(nodes, old_size, new_size))


def base64(value: bytes) -> str:
    """Standard base64."""
    return b64encode(value).decode("ascii")
