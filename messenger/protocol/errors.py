"""What can be wrong with bytes that claim to be ours. Codes are stable: both languages and the vectors name them."""

from __future__ import annotations


class ProtocolError(Exception):
    """The root of every refusal in this package.

    `code` is stable and may be shown, stored and compared; `str(error)` is a sentence for a log or a developer and
    holds no secret and no content.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class EncodingRefused(ProtocolError):
    """Bytes, text or JSON that are not in the one form this protocol accepts."""


class KeyRefused(ProtocolError):
    """A public key or seed that is malformed, non-canonical or of small order."""


class SignatureRefused(ProtocolError):
    """A signature that is missing, superfluous, made by another key, or false."""


class StatementRefused(ProtocolError):
    """A statement whose type, header or body is not what its place demands."""


class ChainRefused(ProtocolError):
    """Statements that do not form the chain they claim to be."""


class OpeningFailed(ProtocolError):
    """A box or ciphertext that does not open under this key in this place, or opens to something else than promised."""


class PasswordRefused(ProtocolError):
    """A password or recovery code that cannot be used, or parameters below the floor compiled in here."""
