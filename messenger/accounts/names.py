"""What people are called here: sign-in names, the key by which two spellings are one, devices, languages."""

import unicodedata
from dataclasses import dataclass
from typing import Final

from messenger.errors import Invalid
from messenger.protocol.shape import Members

LANGUAGES: Final = ("en", "zh-Hans")
SHORTEST: Final = 3
LONGEST: Final = 64
LONGEST_KEY: Final = 192
LONGEST_LABEL: Final = 100
_ALLOWED_CATEGORIES: Final = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"})
_ALLOWED_SIGNS: Final = frozenset(" .-_@'’·")


@dataclass(frozen=True)
class SignInName:
    """A name as its owner wrote it (`shown`), and its `key`: casefold(NFKC(shown))."""

    shown: str
    key: str


def choose_name(text: str) -> SignInName:
    """The name someone chooses at joining.

    Raises:
        Invalid: `name_unusable`, unless it has 3 to 64 letters, digits and . - _ @ ' · with single spaces inside.
    """
    shown = unicodedata.normalize("NFC", text)
    name = SignInName(shown, name_key(shown))
    if (
        not SHORTEST <= len(shown) <= LONGEST
        or len(name.key) > LONGEST
        or shown != shown.strip()
        or "  " in shown
        or any(not _is_allowed(character) for character in shown)
    ):
        raise Invalid(
            "name_unusable",
            "A sign-in name has {shortest} to {longest} letters, digits, dots, dashes or single spaces.",
            shortest=SHORTEST,
            longest=LONGEST,
        )
    return name


def name_key(text: str) -> str:
    """What a typed name is looked up by. Any text has one, so that a name nobody can have is merely unknown."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return folded[:LONGEST_KEY].replace("\0", "\ufffd")  # PostgreSQL stores every character but that one


def take_label(members: Members) -> str:
    """What a device calls itself, `device_label` of a request: one line of at most 100 characters.

    Raises:
        Invalid: `device_label_unusable`.
    """
    label = members.text("device_label", longest=LONGEST_LABEL)
    if not label.isprintable():
        raise Invalid(
            "device_label_unusable",
            "A device's name is one line of at most {longest} characters.",
            longest=LONGEST_LABEL,
        )
    return label


def _is_allowed(character: str) -> bool:
    return character in _ALLOWED_SIGNS or unicodedata.category(character) in _ALLOWED_CATEGORIES
