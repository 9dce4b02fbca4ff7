"""What was written before a reader came: opened only as far as their consent goes, and only to their key."""

import pytest

from messenger.protocol.control_chain import ControlChain, verify_control_chain
from messenger.protocol.encoding import b64u_decode
from messenger.protocol.epoch import make_epoch
from messenger.protocol.errors import ProtocolError
from messenger.protocol.history import HistoryGrant, make_history, open_history
from messenger.protocol.history_due import history_due
from messenger.protocol.kinds.conversation import ConversationHistoryBody, Epoch
from messenger.protocol.sealing import SealingKey
from messenger.protocol.shape import Members
from messenger.protocol.statement import make_statement, verify
from tests.protocol.own_vectors import Case, cases, refusal, table
from tests.protocol.test_chains import account, envelopes
from tests.protocol.test_control_chain import surroundings_of
from tests.vectors.ours.makers.history import TWO
from tests.vectors.ours.makers.world import AMARA, PEGGY, ROBBED, at, some_hash


def _verify(case: Case) -> ControlChain:
    consents, teams = surroundings_of(case)
    conversation = table("history")["conversation"]
    return verify_control_chain(envelopes(case["statements"]), conversation, consents, teams, account)


def _told(grant: HistoryGrant) -> dict[str, object]:
    epochs = [{"number": number, "box": box} for number, box in grant.boxes.items()]
    told: dict[str, object] = {name: value for name, value in vars(grant).items() if name != "boxes"}
    return told | {"epochs": epochs}


@pytest.mark.parametrize("case", cases("history", "chains"))
def test_what_a_consent_opens_of_what_was_before(case: Case) -> None:
    if "error" in case:
        with pytest.raises(ProtocolError) as error:
            _verify(case)
        assert refusal(error) == case["error"]
        return
    chain = _verify(case)
    assert chain.head == case["head"]
    assert [_told(grant) for grant in chain.history] == case["history"]


@pytest.mark.parametrize("case", cases("history", "due"))
def test_what_is_to_be_opened_still(case: Case) -> None:
    consents, teams = surroundings_of(case)
    due = history_due(_verify(case), consents, teams, case["now"])
    assert [{**vars(one), "epochs": list(one.epochs)} for one in due] == case["due"]


def _grant(body: ConversationHistoryBody) -> HistoryGrant:
    keys = {"self": AMARA.signing()}
    envelope = make_statement(
        body, account=AMARA.account, keys=keys, time=at(1), sequence=1, previous=some_hash("before")
    )
    return HistoryGrant.of(verify(envelope, ConversationHistoryBody, {"self": AMARA.signing().public}), place=1)


@pytest.mark.parametrize("case", cases("history", "boxes"))
def test_an_earlier_epochs_key_reaches_its_later_reader(case: Case) -> None:
    grant = _grant(ConversationHistoryBody.parse(Members(case["body"])))
    epoch, private = Epoch.parse(Members(case["epoch"])), SealingKey(bytes.fromhex(case["seed_hex"]))
    arguments = (table("history")["conversation"], grant, epoch, private, b64u_decode(case["box"]))
    if "error" not in case:
        assert open_history(*arguments).hex() == case["key_hex"]
        return
    with pytest.raises(ProtocolError) as error:
        open_history(*arguments)
    assert refusal(error) == case["error"]


def test_a_history_made_here_opens_each_epoch_for_its_reader_alone() -> None:
    conversation, reader = table("history")["conversation"], ROBBED.sealing()
    made = [make_epoch(conversation, number, {PEGGY.account: PEGGY.sealing().public}) for number in (2, 1)]
    epochs = [(one.epoch, one.key) for one in made]
    new = make_history(conversation, TWO.consent, ROBBED.account, reader.public, epochs)
    grant = _grant(new.body)
    assert [one.number for one in new.body.epochs] == [1, 2]
    for one in made:
        assert open_history(conversation, grant, one.epoch, reader, new.boxes[one.epoch.number]) == one.key
    second, first = made
    for private, epoch, box in (
        (PEGGY.sealing(), first.epoch, new.boxes[1]),
        (reader, second.epoch, new.boxes[1]),
        (reader, first.epoch, new.boxes[2]),
    ):
        with pytest.raises(ProtocolError) as error:
            open_history(conversation, grant, epoch, private, box)
        assert refusal(error) == "wrong_box"
