"""Sealed documents: one's own alone, one version after the other."""

from messenger.accounts.documents import MAX_DOCUMENT_BYTES
from messenger.protocol.encoding import b64u_encode
from tests.cast import Cast, refusal, sealed


def test_a_document_comes_back_as_it_was_stored(cast: Cast) -> None:
    ciphertext = cast.patient.document("keyring")
    cast.house.call("PUT", "/api/documents/keyring", sealed(ciphertext), by=cast.patient)
    assert cast.house.get("/api/documents/keyring", by=cast.patient) == sealed(ciphertext)


def test_versions_follow_one_another(cast: Cast) -> None:
    def put(version: int) -> int:
        body = sealed(cast.patient.document("keyring", version), version)
        return cast.house.call("PUT", "/api/documents/keyring", body, by=cast.patient).status_code

    assert [put(version) for version in (2, 1, 1, 3, 2, 2, 3)] == [409, 204, 409, 409, 204, 409, 204]


def test_another_version_says_that_the_document_moved(cast: Cast) -> None:
    answer = cast.house.call("PUT", "/api/documents/pins", sealed(b"x", 5), by=cast.patient)
    assert refusal(answer) == (409, "document_moved")


def test_somebody_elses_document_is_not_there(cast: Cast) -> None:
    cast.house.call("PUT", "/api/documents/keyring", sealed(b"mine"), by=cast.patient)
    assert refusal(cast.house.call("GET", "/api/documents/keyring", by=cast.nurse)) == (404, "not_found")


def test_only_the_four_documents_exist(cast: Cast) -> None:
    answer = cast.house.call("PUT", "/api/documents/diary", sealed(b"x"), by=cast.patient)
    assert refusal(answer) == (404, "not_found")


def test_the_limit_is_stated_in_the_refusal(cast: Cast) -> None:
    body = {"version": 1, "ciphertext": b64u_encode(bytes(MAX_DOCUMENT_BYTES + 1))}
    answer = cast.house.call("PUT", "/api/documents/keyring", body, by=cast.patient)
    assert refusal(answer) == (413, "document_too_large")
    assert str(MAX_DOCUMENT_BYTES) in answer.get_json()["error"]["message"]
    body = {"version": 1, "ciphertext": b64u_encode(bytes(MAX_DOCUMENT_BYTES))}
    assert cast.house.call("PUT", "/api/documents/keyring", body, by=cast.patient).status_code == 204
