"""What travels beside statements: boxes, links, names, profiles, cards; invitation links and what they are answered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.protocol.commitment import Card, CommittedText, open_card
from messenger.protocol.encoding import b64u_decode, hash_text
from messenger.protocol.enrolment import Offer, ServedOffer, verify_offer
from messenger.protocol.epoch import decrypt_name, encrypt_name, make_epoch, open_epoch
from messenger.protocol.errors import ProtocolError
from messenger.protocol.invitation import InvitationLink, generate_invitation_secret, parse_link
from messenger.protocol.kinds.conversation import Epoch
from messenger.protocol.kinds.profile import ProfileBody
from messenger.protocol.kinds.team import TeamGenerationBody
from messenger.protocol.profile import Profile, encrypt_profile, open_profile
from messenger.protocol.sealing import SealingKey, SealingPublicKey
from messenger.protocol.shape import Members
from messenger.protocol.statement import Envelope
from messenger.protocol.team_key import make_admission, make_generation, open_link, open_team_key
from tests.protocol.own_vectors import Case, cases, refusal, table
from tests.protocol.test_chains import envelopes
from tests.vectors.ours.makers.world import AMARA, CLINIC_KEY, PEGGY, TEAM, TOM, made_id

CONVERSATION = made_id("cnv", "elm")


@pytest.mark.parametrize("case", cases("beside", "epochs"))
def test_an_epoch_key_reaches_its_reader(case: Case) -> None:
    epoch, reader = Epoch.parse(Members(case["epoch"])), SealingKey(bytes.fromhex(case["seed_hex"]))
    arguments = (case["conversation"], epoch, case["reader"], reader, b64u_decode(case["box"]))
    if "error" not in case:
        assert open_epoch(*arguments).hex() == case["key_hex"]
        return
    with pytest.raises(ProtocolError) as error:
        open_epoch(*arguments)
    assert refusal(error) == case["error"]


def test_an_epoch_made_here_opens_for_each_of_its_readers_and_for_nobody_else() -> None:
    readers = {PEGGY.account: PEGGY.sealing(), TEAM: TOM.sealing()}
    new = make_epoch(CONVERSATION, 3, {reader: key.public for reader, key in readers.items()})
    for reader, key in readers.items():
        assert open_epoch(CONVERSATION, new.epoch, reader, key, new.boxes[reader]) == new.key
    with pytest.raises(ProtocolError):
        open_epoch(CONVERSATION, new.epoch, AMARA.account, AMARA.sealing(), new.boxes[TEAM])
    with pytest.raises(ProtocolError):
        open_epoch(CONVERSATION, new.epoch, TEAM, PEGGY.sealing(), new.boxes[TEAM])
    assert [one.reader for one in new.epoch.readers] == sorted(readers)


@pytest.mark.parametrize("case", cases("beside", "names"))
def test_a_conversations_name(case: Case) -> None:
    arguments = (bytes.fromhex(case["key_hex"]), case["conversation"], case["epoch"], b64u_decode(case["ciphertext"]))
    if "error" not in case:
        assert decrypt_name(*arguments) == case["text"]
        return
    with pytest.raises(ProtocolError) as error:
        decrypt_name(*arguments)
    assert refusal(error) == case["error"]


@given(st.text(st.characters(exclude_categories=["Cs", "Cn"]), min_size=1, max_size=60))
def test_any_name_survives_and_names_look_alike(name: str) -> None:
    ciphertext = encrypt_name(bytes(32), CONVERSATION, 1, name)
    assert decrypt_name(bytes(32), CONVERSATION, 1, ciphertext) == name
    assert len(ciphertext) in {len(encrypt_name(bytes(32), CONVERSATION, 1, "a")), 72 + 272, 72 + 288, 72 + 304}


@pytest.mark.parametrize("name", ["", "诊" * 121, "😀" * 61])
def test_a_name_that_is_too_short_or_too_long_is_not_written(name: str) -> None:
    with pytest.raises(ValueError, match="120"):
        encrypt_name(bytes(32), CONVERSATION, 1, name)


@pytest.mark.parametrize("case", cases("beside", "team_keys"))
def test_a_team_key_reaches_its_member(case: Case) -> None:
    body, key = TeamGenerationBody.parse(Members(case["body"])), SealingKey(bytes.fromhex(case["seed_hex"]))
    member, box = body.members[0], b64u_decode(case["box"])
    if "error" not in case:
        opened = open_team_key(body.team, body.generation, member, body.sealing_key, key, box)
        assert opened.seed.hex() == case["team_seed_hex"]
        return
    with pytest.raises(ProtocolError) as error:
        open_team_key(body.team, body.generation, member, body.sealing_key, key, box)
    assert refusal(error) == case["error"]


@pytest.mark.parametrize("case", cases("beside", "team_links"))
def test_a_team_key_holds_the_one_before(case: Case) -> None:
    key, before = SealingKey(bytes.fromhex(case["seed_hex"])), bytes.fromhex(case["before_public_hex"])
    public, link = SealingPublicKey.parse(before), b64u_decode(case["link"])
    if "error" not in case:
        opened = open_link(case["team"], case["generation"], case["link_hash"], key, public, link)
        assert opened.seed.hex() == case["before_seed_hex"]
        return
    with pytest.raises(ProtocolError) as error:
        open_link(case["team"], case["generation"], case["link_hash"], key, public, link)
    assert refusal(error) == case["error"]


def test_a_team_made_here_reaches_members_admitted_ones_and_the_generation_before() -> None:
    people = {AMARA.account: AMARA.sealing(), TOM.account: TOM.sealing()}
    first = make_generation(TEAM, 1, {AMARA.account: AMARA.sealing().public}, None)
    admission, box = make_admission(TEAM, 1, first.key, TOM.account, TOM.sealing().public)
    second = make_generation(TEAM, 2, {name: key.public for name, key in people.items()}, first.key)
    assert hash_text(box) == admission.box
    for member in second.body.members:
        private = people[member.account]
        opened = open_team_key(TEAM, 2, member, second.key.public, private, second.boxes[member.account])
        assert opened == second.key
    assert second.link is not None
    assert open_link(TEAM, 2, second.body.link, second.key, first.key.public, second.link) == first.key
    with pytest.raises(ValueError, match="links"):
        make_generation(TEAM, 2, {AMARA.account: AMARA.sealing().public}, None)


@pytest.mark.parametrize("case", cases("beside", "profiles"))
def test_a_profile(case: Case) -> None:
    body, key = ProfileBody.parse(Members(case["body"])), SealingKey(bytes.fromhex(case["seed_hex"]))
    arguments = (body, b64u_decode(case["ciphertext"]), case["reader"], key, b64u_decode(case["box"]))
    if "error" not in case:
        assert open_profile(*arguments).as_json() == case["profile"]
        return
    with pytest.raises(ProtocolError) as error:
        open_profile(*arguments)
    assert refusal(error) == case["error"]


def test_a_profile_written_here_opens_for_its_readers_alone() -> None:
    readers = {PEGGY.account: PEGGY.sealing(), TEAM: TOM.sealing()}
    profile = Profile("陈秀英", "陈阿姨", "她", "请讲慢一点")
    new = encrypt_profile(profile, PEGGY.account, 2, {reader: key.public for reader, key in readers.items()})
    for reader, key in readers.items():
        assert open_profile(new.body, new.ciphertext, reader, key, new.boxes[reader]) == profile
    with pytest.raises(ProtocolError):
        open_profile(new.body, new.ciphertext, AMARA.account, AMARA.sealing(), new.boxes[TEAM])


@pytest.mark.parametrize("case", cases("beside", "cards"))
def test_a_card(case: Case) -> None:
    committed = CommittedText.parse(case["card"])
    if "error" not in case:
        assert open_card(committed, case["commitment"]) == Card(**case["text"])
        assert Card(**case["text"]).commit().text == committed.text
        return
    with pytest.raises(ProtocolError) as error:
        open_card(committed, case["commitment"])
    assert refusal(error) == case["error"]


@pytest.mark.parametrize("case", table("beside")["links"]["parsed"], ids=lambda case: case["type"])
def test_an_invitation_link(case: Case) -> None:
    link = parse_link(f" {case['text']}\n")
    assert (link.base, link.type, link.invitation) == (case["base"], case["type"], case["invitation"])
    assert (link.secret.hex(), link.fingerprint) == (case["secret_hex"], case["fingerprint"])
    assert link.key.public.raw.hex() == case["invitation_public_hex"]
    assert link.text() == case["text"]
    assert link.secret.hex() not in repr(link)


@pytest.mark.parametrize("case", table("beside")["links"]["refused"], ids=lambda case: case["name"])
def test_a_link_that_is_not_whole(case: Case) -> None:
    with pytest.raises(ProtocolError) as error:
        parse_link(case["text"])
    assert refusal(error) == case["error"]


def test_two_invitations_never_share_a_key() -> None:
    invitation = made_id("inv", "x")
    one, other = (
        InvitationLink("http://a", "i", invitation, generate_invitation_secret(), CLINIC_KEY.id) for _ in range(2)
    )
    assert one.key != other.key


def _verify(case: Case) -> Offer:
    inviter = case["inviter"]
    served = ServedOffer(
        clinic=envelopes(case["clinic"]),
        invitation=Envelope.parse(case["invitation"]),
        inviter=None if inviter is None else (inviter["account"], envelopes(inviter["statements"])),
        teams={team: envelopes(statements) for team, statements in case["teams"].items()},
        members={member: envelopes(statements) for member, statements in case["members"].items()},
    )
    return verify_offer(parse_link(case["link"]), served, case["now"])


@pytest.mark.parametrize("case", cases("offers", "cases"))
def test_what_a_joiner_may_believe(case: Case) -> None:
    if "error" not in case:
        offer = _verify(case)
        assert offer.invitation.account == case["account"]
        assert list(offer.teams) == case["verified_teams"]
        return
    with pytest.raises(ProtocolError) as error:
        _verify(case)
    assert refusal(error) == case["error"]
