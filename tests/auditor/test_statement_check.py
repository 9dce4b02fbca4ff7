"""Signed statements are verified again from the clinic's key down, and each has its entry."""

import pytest
from sqlalchemy import text

from messenger.protocol.encoding import b64u_decode
from messenger.protocol.json_strict import parse_json, write_json
from messenger.protocol.keys import SigningKey
from messenger.protocol.kinds.key import KeyBody
from messenger.protocol.statement import Envelope, make_statement
from tests.auditor.logs import break_in, checked, codes, sequence
from tests.cast import Cast
from tests.factories import PersonAtHand, new_keys


def test_a_statement_slipped_in_without_an_entry_is_named(cast: Cast) -> None:
    sequence(cast)
    _insert(cast, _next_key(cast.patient))
    assert codes(checked(cast)) == ["statement_without_entry"]


def test_a_key_that_the_server_made_for_a_patient_is_refused(cast: Cast) -> None:
    sequence(cast)
    _insert(cast, _next_key(cast.patient, vouched_by=SigningKey.generate()))
    assert codes(checked(cast)) == ["statement_refused", "statement_without_entry"]


def test_two_statements_of_one_account_and_version_are_named(cast: Cast) -> None:
    sequence(cast)
    _insert(cast, _next_key(cast.patient, version=1))
    assert codes(checked(cast)) == ["key_version_repeated", "statement_refused", "statement_without_entry"]


def test_a_statement_that_was_exchanged_is_named(cast: Cast) -> None:
    sequence(cast)
    chain = f"account:{cast.patient.account}"
    forged = write_json(_forged(cast, chain).as_json())
    break_in(
        cast,
        "UPDATE chain_statements SET envelope = :forged WHERE chain = :chain AND sequence = 1",
        forged=forged,
        chain=chain,
    )
    assert "statement_changed" in codes(checked(cast))


@pytest.mark.parametrize("kind", ["consent", "team", "vault"])
def test_a_removed_statement_leaves_its_entry_behind(cast: Cast, kind: str) -> None:
    sequence(cast)
    break_in(cast, "DELETE FROM chain_statements WHERE chain LIKE :chain AND sequence = 0", chain=f"{kind}:%")
    assert "entry_without_statement" in codes(checked(cast))


def test_a_vault_that_was_exchanged_or_removed_is_named(cast: Cast) -> None:
    sequence(cast)
    account = cast.patient.account
    break_in(
        cast,
        "UPDATE vaults SET envelope = (SELECT other.envelope FROM vaults other WHERE other.account <> :account LIMIT 1)"
        " WHERE account = :account",
        account=account,
    )
    assert codes(checked(cast)) == ["statement_changed"]
    break_in(cast, "DELETE FROM vaults WHERE account = :account", account=account)
    assert codes(checked(cast)) == ["statement_changed"]


def test_older_vaults_are_gone_and_nothing_is_wrong_with_that(cast: Cast) -> None:
    for _ in range(2):
        vault = cast.patient.vault()
        assert cast.house.call("PUT", "/api/vault", vault.as_json(), by=cast.patient).status_code == 204
        cast.patient.kept_vault(vault)
    sequence(cast)
    assert codes(checked(cast)) == []


def test_a_statement_out_of_place_is_named(cast: Cast) -> None:
    sequence(cast)
    chain = f"team:{cast.team.team}"
    break_in(cast, "UPDATE chain_statements SET sequence = 7 WHERE chain = :chain AND sequence = 2", chain=chain)
    assert codes(checked(cast)) == ["statement_chain_broken"]


def _next_key(person: PersonAtHand, *, version: int = 2, vouched_by: SigningKey | None = None) -> Envelope:
    keys = new_keys(version)
    reason, vouching = ("first", "invitation") if version == 1 else ("stolen", "previous")
    body = KeyBody(person.account, person.clinic, version, keys.signing.public, keys.sealing.public, reason)  # type: ignore[arg-type]  # one of the two
    return make_statement(
        body,
        account=person.account,
        keys={"self": keys.signing, vouching: vouched_by or person.current.signing},
        time="2025-03-10T09:00:00.000Z",
        sequence=2,
        previous=person.head,
    )


def _insert(cast: Cast, envelope: Envelope) -> None:
    break_in(
        cast,
        "INSERT INTO chain_statements (chain, sequence, hash, kind, envelope) VALUES (:chain, 2, :hash, 'key', :bytes)",
        chain=f"account:{cast.patient.account}",
        hash=b64u_decode(envelope.hash),
        bytes=write_json(envelope.as_json()),
    )


def _forged(cast: Cast, chain: str) -> Envelope:
    with cast.house.database.reading_session() as session:
        stored = session.execute(
            text("SELECT envelope FROM chain_statements WHERE chain = :chain AND sequence = 1"), {"chain": chain}
        ).scalar_one()
    envelope = Envelope.parse(parse_json(bytes(stored)))
    payload = envelope.payload.replace(b'"first"', b'"stole"')
    assert payload != envelope.payload
    return Envelope(envelope.type, payload, envelope.signatures)
