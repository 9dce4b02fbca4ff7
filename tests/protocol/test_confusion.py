"""No ciphertext opens, and no signature holds, in another object's place: all ordered pairs (attacks A04 and A16)."""

from dataclasses import replace
from itertools import permutations

import pytest

from messenger.protocol.content import decrypt, encrypt
from messenger.protocol.documents import DOCUMENT_NAMES
from messenger.protocol.encoding import lines
from messenger.protocol.errors import ProtocolError
from messenger.protocol.message import message_context, sign_message
from messenger.protocol.password import Argon2Parameters, HkdfParameters
from messenger.protocol.profile import profile_context
from messenger.protocol.statement import verify
from messenger.protocol.vault import keys_context, slot_context
from tests.vectors.ours.makers.examples import Example, examples
from tests.vectors.ours.makers.world import PEGGY, TEAM, made_id

CONVERSATION, SLOT = made_id("cnv", "elm"), made_id("slt", "x")
IDS = (PEGGY.signing().id, PEGGY.sealing().id)

CONTEXTS = {
    "message": message_context(b"{}"),
    "password slot": slot_context(PEGGY.account, SLOT, "password", 1, IDS, Argon2Parameters(bytes(16))),
    "recovery slot": slot_context(PEGGY.account, SLOT, "recovery", 1, IDS, HkdfParameters(bytes(16))),
    "sealed keys": keys_context(PEGGY.account, *IDS),
    "conversation name": lines("between/v1/conversation-name", CONVERSATION, "1"),
    "profile": profile_context(PEGGY.account, 1),
    "team link": lines("between/v1/team-link", TEAM, "2"),
    "local store": lines("between/v1/local", PEGGY.account, "keystore", "sealed"),
    **{f"document {name}": lines("between/v1/document", PEGGY.account, name, "1") for name in DOCUMENT_NAMES},
}


def test_every_place_has_a_context_of_its_own() -> None:
    assert len(set(CONTEXTS.values())) == len(CONTEXTS)


@pytest.mark.parametrize(("held", "place"), list(permutations(CONTEXTS, 2)))
def test_a_ciphertext_of_one_place_opens_in_no_other_even_under_the_same_key(held: str, place: str) -> None:
    ciphertext = encrypt(bytes(32), CONTEXTS[held], b"something")
    with pytest.raises(ProtocolError) as refused:
        decrypt(bytes(32), CONTEXTS[place], ciphertext)
    assert refused.value.code == "cannot_decrypt"


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.body.kind)
def test_what_signs_a_statement_signs_no_message_and_the_other_way_round(example: Example) -> None:
    envelope, key = example.envelope(), next(iter(example.keys.values()))
    as_message = replace(sign_message(envelope.payload, b"", key), signature=envelope.signatures[0].signature)
    with pytest.raises(ProtocolError) as refused:
        as_message.verify(key.public)
    assert refused.value.code == "bad_signature"
    as_statement = replace(envelope.signatures[0], signature=sign_message(envelope.payload, b"", key).signature)
    broken = replace(envelope, signatures=(as_statement, *envelope.signatures[1:]))
    with pytest.raises(ProtocolError) as refused:
        verify(broken, type(example.body), {by: one.public for by, one in example.keys.items()})
    assert refused.value.code == "bad_signature"
