"""The link that carries trust: a secret that never reaches the server, and the fingerprint of who invites (§3)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlsplit

from messenger.protocol.encoding import b64u_decode, b64u_encode, check_hash_text, derive
from messenger.protocol.errors import EncodingRefused, ProtocolError
from messenger.protocol.ids import check_id
from messenger.protocol.keys import SigningKey

SECRET_BYTES: Final = 16
LinkType = Literal["f", "i"]


@dataclass(frozen=True)
class InvitationLink:
    """`BASE/join#<type>.<invitation>.<secret>.<fingerprint>`; type `f` founds a clinic, `i` joins one.

    The fingerprint is the clinic key's id, or when founding the SHA-256 of the log's verifier key. Nothing of the
    fragment is ever sent.
    """

    base: str
    type: LinkType
    invitation: str
    secret: bytes = field(repr=False)
    fingerprint: str

    def text(self) -> str:
        """The link to hand over in person."""
        return f"{self.base}/join#{self.type}.{self.invitation}.{b64u_encode(self.secret)}.{self.fingerprint}"

    @property
    def key(self) -> SigningKey:
        """The key that countersigns the joiner's first keys."""
        return SigningKey(derive(self.secret, b"", "invitation-key"))


def generate_invitation_secret() -> bytes:
    """16 new random bytes."""
    return secrets.token_bytes(SECRET_BYTES)


def parse_link(text: str) -> InvitationLink:
    """The parts of a link; raises `EncodingRefused` (`malformed_link`) for anything else, a cut-off link included."""
    parts = urlsplit(text.strip())
    fields = parts.fragment.split(".")
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or len(fields) != 4:
        raise _malformed()
    if not parts.path.endswith("/join"):
        raise _malformed()
    link_type: LinkType = "f" if fields[0] == "f" else "i"
    try:
        invitation, secret = check_id(fields[1], "inv"), b64u_decode(fields[2])
        fingerprint = check_hash_text(fields[3])
    except ProtocolError as refused:
        raise _malformed() from refused
    if fields[0] not in ("f", "i") or len(secret) != SECRET_BYTES:
        raise _malformed()
    base = f"{parts.scheme}://{parts.netloc}{parts.path.removesuffix('/join')}"
    return InvitationLink(base, link_type, invitation, secret, fingerprint)


def _malformed() -> EncodingRefused:
    return EncodingRefused("malformed_link", "This is not a whole invitation link.")
