"""Who is in the demo clinic."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from messenger.protocol.commitment import Card
from messenger.protocol.kinds.invitation import Role
from messenger.protocol.profile import Profile

CLINIC: Final = "Elm Street Family Practice"
TEAM: Final = "Family team"

_WORDS: Final = (  # noqa: SIM905 (a list of quoted words is no easier to read)
    "acorn amber apple april autumn badger basil beach berry birch biscuit brook butter button canyon carrot cedar "
    "cherry clover copper coral cotton daisy dolphin ember falcon feather fern fiddle forest garden ginger hazel "
    "heron honey island ivory jasmine kettle lantern lemon lilac linen lotus maple marble meadow melon mint mirror "
    "moss nutmeg oak olive orchard otter paper peach pebble pepper pine plum pocket poppy prairie puzzle quartz quilt "
    "rabbit raven river robin rosemary saddle saffron salmon sandal scarf shell silver sparrow spruce summer sunset "
    "tandem thistle thunder timber tulip tunnel valley velvet violin walnut water willow window winter wren yarrow "
).split()
_PASSWORD_WORDS: Final = 5


@dataclass(frozen=True)
class DemoPerson:
    """Somebody invented. `name` is what they sign in with."""

    name: str
    role: Role
    language: str = "en"
    card: Card | None = None
    profile: Profile | None = None
    device: str = "Chrome on a laptop"


RUTH: Final = DemoPerson("ruth", "administrator", card=Card("Ruth Adler", "Practice manager"))
SAMUEL: Final = DemoPerson("samuel", "administrator", card=Card("Samuel Wong", "Deputy practice manager"))
AMARA: Final = DemoPerson("amara", "provider", card=Card("Dr Amara Okafor", "MD, family physician"))
TOM: Final = DemoPerson("tom", "nurse", card=Card("Tom Reyes", "RN"))
NOOR: Final = DemoPerson("noor", "cover", card=Card("Dr Noor Haddad", "MD, locum physician"))
"""Stands in for the team while the demo is new."""
CARLA: Final = DemoPerson("carla", "custodian", card=Card("Carla Voss", "Custodian, pharmacist"))
CYRIL: Final = DemoPerson("cyril", "custodian", card=Card("Cyril Amadi", "Custodian, head nurse"))
CORA: Final = DemoPerson("cora", "custodian", card=Card("Cora Lind", "Custodian, records officer"))
CUSTODIANS: Final = (CARLA, CYRIL, CORA)
OLGA: Final = DemoPerson("olga", "compliance", card=Card("Olga Brandt", "Compliance and quality"))
DAVID: Final = DemoPerson("david", "compliance", card=Card("David Mensah", "Deputy for compliance"))
PEGGY: Final = DemoPerson(
    "peggy",
    "patient",
    profile=Profile("Margaret Hale", "Peggy", "she/her", ""),
    device="Chrome on a phone",
)
XIUYING: Final = DemoPerson(
    "xiuying",
    "patient",
    language="zh-Hans",
    profile=Profile("陈秀英", "陈阿姨", "她", "请用中文，字大一点，谢谢。"),
    device="手机上的 Chrome",
)
EVERYBODY: Final = (RUTH, SAMUEL, AMARA, TOM, NOOR, *CUSTODIANS, OLGA, DAVID, PEGGY, XIUYING)


def new_password() -> str:
    """Five words of about a hundred, to be read off a screen and typed: good enough for people who do not exist."""
    return "-".join(secrets.choice(_WORDS) for _ in range(_PASSWORD_WORDS))
