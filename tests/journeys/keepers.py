"""People of an emergency who join a clinic for a journey: custodians, and compliance."""

import secrets

from messenger.headless.api import Api
from messenger.headless.custodians import name_custodians
from messenger.headless.directory import Directory
from messenger.headless.invitations import invite
from messenger.headless.joiner import Choices
from messenger.headless.joining import join
from messenger.headless.keystore import Keystore
from messenger.protocol.commitment import Card
from messenger.protocol.kinds.invitation import Role
from tests.hostile.clinic import HostileClinic

ADMINISTRATOR = "ruth"


def enter(clinic: HostileClinic, role: Role) -> str:
    """Somebody new of this role; their sign-in name."""
    name, password = f"{role} {secrets.token_hex(4)}", "a lantern in the orchard at ten"
    with clinic.own_device(ADMINISTRATOR) as administrator:
        link = invite(administrator, role, (), Card(card_name(name), role)).link
    with Keystore(clinic.folder / f"{name}.keystore") as keystore:
        account = join(Api(clinic.proxy.url), keystore, clinic.clock, link, Choices(name, password)).account
        account.save_pins()
    clinic.demo["accounts"].append({"name": name, "password": password, "account": account.id})
    return name


def card_name(name: str) -> str:
    """What everybody calls somebody who entered."""
    return f"Keeper {name[-4:]}"


def enter_custodians(clinic: HostileClinic) -> list[str]:
    """Three, named by the clinic."""
    names = [enter(clinic, "custodian") for _ in range(3)]
    with clinic.own_device(ADMINISTRATOR) as administrator:
        people = [clinic.member(name)["account"] for name in names]
        name_custodians(administrator, Directory(administrator), people)
    return names
