"""Vectors of what travels beside statements: epoch and team boxes, links, names, profiles, cards, invitation links."""

from __future__ import annotations

from messenger.protocol.commitment import CommittedText
from messenger.protocol.encoding import b64u_encode, derive, hash_text, lines
from messenger.protocol.epoch import epoch_commitment
from messenger.protocol.invitation import InvitationLink
from messenger.protocol.json_strict import JsonObject, JsonValue, write_json
from messenger.protocol.kinds.conversation import Epoch, EpochReader
from messenger.protocol.kinds.profile import ProfileBody
from messenger.protocol.kinds.team import TeamGenerationBody, TeamMember
from messenger.protocol.padding import pad
from messenger.protocol.profile import Profile, profile_context
from messenger.protocol.sealing import epoch_box_info, profile_box_info, team_box_info
from tests.vectors.ours.makers.chains import TEAM_KEYS
from tests.vectors.ours.makers.pinned import pinned_box, pinned_ciphertext, seed
from tests.vectors.ours.makers.world import AMARA, CLINIC_KEY, PEGGY, TEAM, made_id, some_hash

CONVERSATION = made_id("cnv", "elm")


def beside() -> JsonObject:
    """One table for each of them."""
    return {
        "epochs": _epochs(),
        "names": _names(),
        "team_keys": _team_keys(),
        "team_links": _team_links(),
        "profiles": _profiles(),
        "cards": _cards(),
        "links": _links(),
    }


def _epochs() -> list[JsonValue]:
    key, other = seed("epoch key 1"), seed("another epoch key")
    commitment, reader = epoch_commitment(CONVERSATION, 1, key), PEGGY.sealing()
    good_info = epoch_box_info(CONVERSATION, 1, PEGGY.account, reader.id, commitment)
    good = pinned_box(reader, good_info, key)
    lying = pinned_box(reader, good_info, other)
    elsewhere = pinned_box(reader, epoch_box_info(CONVERSATION, 2, PEGGY.account, reader.id, commitment), key)
    cases: list[tuple[str, bytes, bytes, str, str | None]] = [
        ("the box that is listed", good, good, reader.id, None),
        ("another box than is listed", good, elsewhere, reader.id, "wrong_box"),
        ("listed for another key", good, good, AMARA.sealing().id, "wrong_box"),
        ("sealed for another place", elsewhere, elsewhere, reader.id, "cannot_open"),
        ("another key than is committed to", lying, lying, reader.id, "wrong_commitment"),
    ]
    made: list[JsonValue] = []
    for name, listed, box, key_id, error in cases:
        epoch = Epoch(1, commitment, (EpochReader(PEGGY.account, key_id, hash_text(listed)),))
        outcome: JsonObject = {"key_hex": key.hex()} if error is None else {"error": error}
        made.append(
            {
                "name": name,
                "conversation": CONVERSATION,
                "epoch": epoch.as_json(),
                "reader": PEGGY.account,
                "seed_hex": reader.seed.hex(),
                "box": b64u_encode(box),
                **outcome,
            }
        )
    return made


def _names() -> list[JsonValue]:
    key = seed("epoch key 1")

    def case(name: str, plaintext: bytes, number: int, outcome: JsonObject) -> JsonObject:
        context = lines("between/v1/conversation-name", CONVERSATION, "1")
        ciphertext = pinned_ciphertext(key, context, plaintext)
        place: JsonObject = {"conversation": CONVERSATION, "epoch": number, "key_hex": key.hex()}
        return {"name": name, **place, "ciphertext": b64u_encode(ciphertext), **outcome}

    good = pad(write_json({"name": "Knee, after the operation 膝盖"}))
    return [
        case("a name", good, 1, {"text": "Knee, after the operation 膝盖"}),
        case("under another epoch", good, 2, {"error": "cannot_decrypt"}),
        case("an empty name", pad(write_json({"name": ""})), 1, {"error": "bad_members"}),
        case("a name of 121 characters", pad(write_json({"name": "诊" * 121})), 1, {"error": "bad_members"}),
        case("a member too many", pad(write_json({"name": "a", "x": 1})), 1, {"error": "bad_members"}),
        case("not padded", write_json({"name": "a"}), 1, {"error": "malformed_padding"}),
    ]


def _team_keys() -> list[JsonValue]:
    team_key, member_key = TEAM_KEYS[0], AMARA.sealing()
    info = team_box_info(TEAM, 1, AMARA.account, member_key.id, team_key.id)
    good, lying = pinned_box(member_key, info, team_key.seed), pinned_box(member_key, info, TEAM_KEYS[1].seed)
    elsewhere = pinned_box(member_key, team_box_info(TEAM, 2, AMARA.account, member_key.id, team_key.id), team_key.seed)
    cases: list[tuple[str, bytes, bytes, str | None]] = [
        ("the box that is listed", good, good, None),
        ("another box than is listed", good, lying, "wrong_box"),
        ("sealed for another generation", elsewhere, elsewhere, "cannot_open"),
        ("another key than the team's", lying, lying, "wrong_commitment"),
    ]
    made: list[JsonValue] = []
    for name, listed, box, error in cases:
        member = TeamMember(AMARA.account, member_key.id, hash_text(listed))
        body = TeamGenerationBody(TEAM, 1, team_key.public, (member,), None)
        outcome: JsonObject = {"team_seed_hex": team_key.seed.hex()} if error is None else {"error": error}
        seed_hex = member_key.seed.hex()
        made.append({"name": name, "body": body.as_json(), "seed_hex": seed_hex, "box": b64u_encode(box), **outcome})
    return made


def _team_links() -> list[JsonValue]:
    before, key = TEAM_KEYS
    context = lines("between/v1/team-link", TEAM, "2")
    good = pinned_ciphertext(derive(key.seed, b"", "team-link"), context, before.seed)
    lying = pinned_ciphertext(derive(key.seed, b"", "team-link"), context, seed("another seed"))
    of_other = pinned_ciphertext(derive(before.seed, b"", "team-link"), context, before.seed)
    cases: list[tuple[str, bytes, bytes, str | None]] = [
        ("the link that is listed", good, good, None),
        ("another link than is listed", good, lying, "wrong_box"),
        ("under another key", of_other, of_other, "cannot_decrypt"),
        ("to another key than the one before", lying, lying, "wrong_commitment"),
    ]
    made: list[JsonValue] = []
    for name, listed, link, error in cases:
        outcome: JsonObject = {"before_seed_hex": before.seed.hex()} if error is None else {"error": error}
        made.append(
            {
                "name": name,
                "team": TEAM,
                "generation": 2,
                "link_hash": hash_text(listed),
                "seed_hex": key.seed.hex(),
                "before_public_hex": before.public.raw.hex(),
                "link": b64u_encode(link),
                **outcome,
            }
        )
    return made


def _profiles() -> list[JsonValue]:
    key, reader = seed("profile key"), PEGGY.sealing()
    profile = Profile("Margaret Hale", "Peggy", "she/her", "Large print, please. 请用大字")
    good = pinned_ciphertext(key, profile_context(PEGGY.account, 1), pad(write_json(profile.as_json())))
    other = pinned_ciphertext(key, profile_context(PEGGY.account, 2), pad(write_json(profile.as_json())))
    less = pinned_ciphertext(key, profile_context(PEGGY.account, 1), pad(write_json({"legal_name": "M"})))
    box = pinned_box(reader, profile_box_info(PEGGY.account, 1, PEGGY.account, reader.id), key)
    of_two = pinned_box(reader, profile_box_info(PEGGY.account, 2, PEGGY.account, reader.id), key)
    cases: list[tuple[str, bytes, bytes, bytes, str | None]] = [
        ("a profile", good, good, box, None),
        ("another ciphertext than was signed", good, other, box, "wrong_box"),
        ("of another version", other, other, box, "cannot_decrypt"),
        ("a box of another version", good, good, of_two, "cannot_open"),
        ("without its members", less, less, box, "bad_members"),
    ]
    made: list[JsonValue] = []
    for name, signed, ciphertext, sealed, error in cases:
        body = ProfileBody(
            PEGGY.account, 1, hash_text(signed), (EpochReader(PEGGY.account, reader.id, hash_text(sealed)),)
        )
        outcome: JsonObject = {"profile": profile.as_json()} if error is None else {"error": error}
        made.append(
            {
                "name": name,
                "body": body.as_json(),
                "ciphertext": b64u_encode(ciphertext),
                "reader": PEGGY.account,
                "seed_hex": reader.seed.hex(),
                "box": b64u_encode(sealed),
                **outcome,
            }
        )
    return made


def _cards() -> list[JsonValue]:
    text = write_json({"name": "Dr Amara Okafor", "credential": "MD, family physician 家庭医生"}).decode()
    good = CommittedText(seed("card salt"), text)
    salted = CommittedText(seed("another salt"), text)
    renamed = CommittedText(seed("card salt"), text.replace("Amara", "Omara"))
    empty = CommittedText(seed("card salt"), '{"name":"","credential":""}')
    return [
        {
            "name": "a card",
            "card": good.as_json(),
            "commitment": good.commitment,
            "text": {"name": "Dr Amara Okafor", "credential": "MD, family physician 家庭医生"},
        },
        {"name": "another salt", "card": salted.as_json(), "commitment": good.commitment, "error": "wrong_commitment"},
        {"name": "another name", "card": renamed.as_json(), "commitment": good.commitment, "error": "wrong_commitment"},
        {"name": "no commitment", "card": good.as_json(), "commitment": None, "error": "wrong_commitment"},
        {"name": "no name", "card": empty.as_json(), "commitment": empty.commitment, "error": "bad_members"},
    ]


def _links() -> JsonObject:
    secret, invitation = seed("link secret", 16), made_id("inv", "tom")
    good = InvitationLink("https://clinic.example", "i", invitation, secret, CLINIC_KEY.id)
    founding = InvitationLink("http://localhost:8000", "f", invitation, secret, some_hash("log key"))
    fields = ["i", invitation, b64u_encode(secret), CLINIC_KEY.id]
    base = "https://clinic.example/join#"

    def changed(place: int, text: str) -> str:
        return base + ".".join([*fields[:place], text, *fields[place + 1 :]])

    refused = {
        "empty": "",
        "no fragment": "https://clinic.example/join",
        "another type": changed(0, "x"),
        "no invitation": changed(1, made_id("acc", "tom")),
        "a short secret": changed(2, b64u_encode(secret[:15])),
        "a long secret": changed(2, b64u_encode(secret + b"x")),
        "padded": changed(2, b64u_encode(secret) + "=="),
        "cut off": good.text()[:-1],
        "with more": good.text() + ".x",
        "its secret in the query": good.text().replace("#", "?"),
        "a query beside the fragment": good.text().replace("/join#", "/join?lang=en#"),
        "another page": good.text().replace("/join#", "/home#"),
        "another scheme": good.text().replace("https:", "javascript:"),
        "no address": good.text().replace("https://clinic.example", ""),
    }
    return {
        "parsed": [
            {
                "text": link.text(),
                "base": link.base,
                "type": link.type,
                "invitation": link.invitation,
                "secret_hex": link.secret.hex(),
                "fingerprint": link.fingerprint,
                "invitation_public_hex": link.key.public.raw.hex(),
            }
            for link in (good, founding)
        ],
        "refused": [{"name": name, "text": text, "error": "malformed_link"} for name, text in refused.items()],
    }
