"""A verified control chain as this client keeps it: parsed, not judged again (`docs/adr/0015`)."""

from __future__ import annotations

from messenger.protocol.control_chain import ControlChain, ConversationName
from messenger.protocol.emergency_key import EmergencyKey
from messenger.protocol.history import HistoryGrant
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.kinds.conversation import Epoch
from messenger.protocol.kinds.emergency_key import EmergencyKeyBody
from messenger.protocol.link import Link
from messenger.protocol.shape import Members


def control_as_json(control: ControlChain) -> JsonObject:
    """The chain; one in which a newer version wrote is not for keeping, for the next version reads it otherwise."""
    if control.newer:
        raise ValueError("what a newer version wrote is not known")
    name = control.name
    return {
        "conversation": control.conversation,
        "clinic": control.clinic,
        "patient": control.patient,
        "hashes": list(control.hashes),
        "links": [_link_as_json(link) for link in control.links],
        "name": None if name is None else {"statement": name.statement, "epoch": name.epoch, "hash": name.ciphertext},
        "history": [_grant_as_json(grant) for grant in control.history],
        "emergency_keys": [
            {"statement": key.statement, "place": key.place, "body": key.body.as_json()}
            for key in control.emergency_keys
        ],
        "emergency": None if control.emergency is None else control.emergency.statement,
        "signers": dict(control.signers),
    }


def parse_control(members: Members) -> ControlChain:
    """The chain that `control_as_json` gave; raises `EncodingRefused`."""
    keys, standing = members.list("emergency_keys", _parse_emergency_key), members.or_none("emergency", members.hash)
    signers = members.json_object("signers")
    control = ControlChain(
        conversation=members.id("conversation", "cnv"),
        clinic=members.id("clinic", "cln"),
        patient=members.id("patient", "acc"),
        links=members.list("links", _parse_link),
        name=members.or_none("name", lambda name: _parse_name(members.object(name))),
        history=members.list("history", _parse_grant),
        hashes=members.list("hashes", lambda item: Members({"hash": item}).hash("hash")),
        emergency=next((key for key in keys if key.statement == standing), None),
        emergency_keys=keys,
        signers={account: Members({"version": one}).integer("version", least=1) for account, one in signers.items()},
    )
    members.close()
    return control


def _link_as_json(link: Link) -> JsonObject:
    return {
        "epoch": link.epoch.as_json(),
        "time": link.time,
        "signer": link.signer,
        "consent_head": link.consent_head,
        "place": link.place,
    }


def _parse_link(value: JsonValue) -> Link:
    members = Members(value)
    epoch, time = Epoch.parse(members.object("epoch")), members.time("time")
    signer, consent_head = members.id("signer", "acc"), members.hash("consent_head")
    link = Link(epoch, time, signer, consent_head, members.integer("place"))
    members.close()
    return link


def _parse_name(members: Members) -> ConversationName:
    name = ConversationName(members.hash("statement"), members.integer("epoch", least=1), members.hash("hash"))
    members.close()
    return name


def _grant_as_json(grant: HistoryGrant) -> JsonObject:
    return {
        "statement": grant.statement,
        "place": grant.place,
        "time": grant.time,
        "signer": grant.signer,
        "consent": grant.consent,
        "reader": grant.reader,
        "key": grant.key,
        "boxes": {str(epoch): box for epoch, box in grant.boxes.items()},
    }


def _parse_grant(value: JsonValue) -> HistoryGrant:
    members = Members(value)
    boxes = members.json_object("boxes")
    grant = HistoryGrant(
        statement=members.hash("statement"),
        place=members.integer("place"),
        time=members.time("time"),
        signer=members.id("signer", "acc"),
        consent=members.id("consent", "cns"),
        reader=members.id("reader", "acc", "tea"),
        key=members.hash("key"),
        boxes={int(epoch): Members({"box": box}).hash("box") for epoch, box in boxes.items()},
    )
    members.close()
    return grant


def _parse_emergency_key(value: JsonValue) -> EmergencyKey:
    members = Members(value)
    body = members.object("body")
    key = EmergencyKey(members.hash("statement"), members.integer("place"), EmergencyKeyBody.parse(body))
    body.close()
    members.close()
    return key
