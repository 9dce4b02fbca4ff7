"""The clinic's key lies with two administrators, each with the keys they hold now."""

from messenger.protocol.encoding import b64u_decode, b64u_encode
from messenger.protocol.sealing import clinic_key_box_info, open_box
from messenger.protocol.statement import Envelope
from tests.accounts.test_vaults import replacing
from tests.cast import Cast, found_clinic, refusal
from tests.factories import PersonAtHand


def attempt(cast: Cast, holder: PersonAtHand, by: PersonAtHand, **changed: object) -> tuple[int, str]:
    statement, box = cast.hand.shares_key(holder, by.account, sequence=2)
    body = {"statement": statement.as_json(), "box": b64u_encode(box), **changed}
    answer = cast.house.call("POST", "/api/clinic/statements", body, by=by)
    return (answer.status_code, "") if answer.status_code < 400 else refusal(answer)


def settled(cast: Cast) -> Cast:
    """The chain goes on from the share that the cast began with."""
    statements = cast.house.get("/api/clinic", by=cast.founder)["statements"]
    cast.hand.heads[cast.hand.clinic] = Envelope.parse(statements[-1]).hash
    return cast


def test_the_second_administrator_opens_the_clinics_key(cast: Cast) -> None:
    served = cast.house.get("/api/clinic", by=cast.second)
    info = clinic_key_box_info(cast.hand.clinic, cast.second.account, cast.second.current.sealing.id, cast.hand.key.id)
    box = b64u_decode(served["my_key_share"]["box"])
    assert open_box(cast.second.current.sealing, info, box) == cast.hand.key.seed
    assert served["key_holders"] == [cast.founder.account, cast.second.account]


def test_nobody_else_is_handed_the_box(cast: Cast) -> None:
    for person in (cast.founder, cast.provider, cast.patient):
        assert cast.house.get("/api/clinic", by=person)["my_key_share"] is None


def test_only_an_administrator_may_hold_it(cast: Cast) -> None:
    assert attempt(settled(cast), cast.provider, cast.founder) == (400, "statement_misplaced")


def test_only_an_administrator_may_share_it(cast: Cast) -> None:
    assert attempt(settled(cast), cast.second, cast.provider) == (403, "role_not_allowed")


def test_it_is_sealed_to_nobodys_old_key(cast: Cast) -> None:
    settled(cast)
    statement, box = cast.hand.shares_key(cast.second, cast.founder.account, sequence=2)
    assert cast.house.call("POST", "/api/keys", replacing(cast, cast.second), by=cast.second).status_code == 204
    body = {"statement": statement.as_json(), "box": b64u_encode(box)}
    answer = cast.house.call("POST", "/api/clinic/statements", body, by=cast.founder)
    assert refusal(answer) == (409, "keys_changed")


def test_it_is_shared_again_with_an_administrators_new_keys(cast: Cast) -> None:
    settled(cast)
    assert cast.house.call("POST", "/api/keys", replacing(cast, cast.second), by=cast.second).status_code == 204
    assert attempt(cast, cast.second, cast.founder) == (201, "")
    served = cast.house.get("/api/clinic", by=cast.second)["my_key_share"]
    info = clinic_key_box_info(cast.hand.clinic, cast.second.account, cast.second.current.sealing.id, cast.hand.key.id)
    assert open_box(cast.second.current.sealing, info, b64u_decode(served["box"])) == cast.hand.key.seed


def test_another_box_than_the_one_signed_is_refused(cast: Cast) -> None:
    box = b64u_encode(bytes(1168))
    assert attempt(settled(cast), cast.second, cast.founder, box=box) == (400, "box_misplaced")


def test_an_administrator_of_another_clinic_may_not_hold_it(cast: Cast) -> None:
    _, stranger = found_clinic(cast.house, "Seaside Clinic")
    assert attempt(settled(cast), stranger, cast.founder) == (400, "statement_misplaced")


def test_a_share_that_another_administrator_signed_is_not_ones_own(cast: Cast) -> None:
    settled(cast)
    statement, box = cast.hand.shares_key(cast.second, cast.second.account, sequence=2)
    body = {"statement": statement.as_json(), "box": b64u_encode(box)}
    answer = cast.house.call("POST", "/api/clinic/statements", body, by=cast.founder)
    assert refusal(answer) == (400, "statement_misplaced")
