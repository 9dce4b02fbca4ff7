"""What a witness concludes, each judgement stated here by hand, for both languages.

`python -m tests.merkle.tables` writes it to `tests/vectors/ours/witness.json`.
"""

from dataclasses import dataclass
from typing import Any

from tests.merkle.checkpoint_table import TEXT, VALID, WITNESS, note_member
from tests.merkle.log_fixture import LOG_KEY, base64, checkpoint, proof, signed, signed_text, signing_key


@dataclass(frozen=True)
class Case:
    """What is remembered (a note or nothing), what is served, the proof, and what to conclude."""

    name: str
    remembered: bytes | None
    served: bytes
    proof: list[bytes]
    judgement: str


def table() -> dict[str, Any]:
    """The whole file."""
    cases = [*first_meetings(), *same_sizes(), *growths(), *shrinkings(), *not_the_logs_word()]
    return {
        "log_key": str(LOG_KEY.verifier),
        "cases": [
            {
                "name": case.name,
                "remembered": None if case.remembered is None else case.remembered.decode(),
                **note_member(case.served),
                "proof": [base64(value) for value in case.proof],
                "judgement": case.judgement,
            }
            for case in cases
        ],
    }


def told(size: int) -> bytes:
    """The log's head in the history that it told first."""
    return signed(size).serialise()


def retold(size: int) -> bytes:
    """The head, just as properly signed, of another history."""
    return signed(size, "retold").serialise()


def first_meetings() -> list[Case]:
    return [
        Case("nothing remembered", None, told(7), [], "accepted"),
        Case("nothing remembered, an empty log", None, told(0), [], "accepted"),
        Case("nothing remembered, yet a proof", None, told(7), proof(3, 7), "bad_proof"),
        Case("an empty log remembered, then entries", told(0), told(7), [], "accepted"),
        Case("an empty log remembered, then entries with a proof", told(0), told(7), proof(3, 7), "bad_proof"),
        Case("an empty log remembered, still empty", told(0), told(0), [], "accepted"),
    ]


def same_sizes() -> list[Case]:
    cosigned = signed(7, "told", WITNESS).serialise()
    return [
        Case("the same checkpoint again", told(7), told(7), [], "accepted"),
        Case("the same checkpoint, cosigned since", told(7), cosigned, [], "accepted"),
        Case("the same checkpoint with a proof of nothing", told(7), told(7), proof(3, 7), "bad_proof"),
        Case("two histories of one size", told(7), retold(7), [], "fork"),
        Case("two histories of one size, with a proof", told(7), retold(7), proof(3, 7, "retold"), "fork"),
    ]


def growths() -> list[Case]:
    three_to_seven = proof(3, 7)
    flipped = [bytes([three_to_seven[0][0] ^ 1]) + three_to_seven[0][1:], *three_to_seven[1:]]
    return [
        Case("growth from one entry", told(1), told(7), proof(1, 7), "accepted"),
        Case("growth from an odd size", told(3), told(7), three_to_seven, "accepted"),
        Case("growth from a power of two", told(4), told(7), proof(4, 7), "accepted"),
        Case("growth to a power of two", told(5), told(8), proof(5, 8), "accepted"),
        Case("growth across many levels", told(6), told(200), proof(6, 200), "accepted"),
        Case("growth, and the proof is withheld", told(3), told(7), [], "bad_proof"),
        Case("growth, and a hash of the proof is changed", told(3), told(7), flipped, "bad_proof"),
        Case("growth, and the proof lacks its last hash", told(3), told(7), three_to_seven[:-1], "bad_proof"),
        Case("growth, and the proof has a hash too many", told(3), told(7), [*three_to_seven, bytes(32)], "bad_proof"),
        Case(
            "growth, and a hash has 31 bytes",
            told(3),
            told(7),
            [three_to_seven[0][:31], *three_to_seven[1:]],
            "bad_proof",
        ),
        Case("growth, and the proof starts elsewhere", told(3), told(7), proof(4, 7), "bad_proof"),
        Case("growth in another history", told(3), retold(7), proof(3, 7, "retold"), "bad_proof"),
        Case("growth in another history from a power of two", told(4), retold(7), proof(4, 7, "retold"), "bad_proof"),
    ]


def shrinkings() -> list[Case]:
    return [
        Case("an older head of this history", told(7), told(3), proof(3, 7), "stale"),
        Case("an older head, a power of two", told(7), told(4), proof(4, 7), "stale"),
        Case("a smaller tree without a proof", told(7), told(3), [], "smaller_tree"),
        Case("a smaller tree of another history", told(7), retold(3), proof(3, 7, "retold"), "smaller_tree"),
        Case("a smaller tree with a proof of another history", told(7), told(3), proof(3, 7, "retold"), "smaller_tree"),
        Case("a log that became empty", told(7), told(0), [], "smaller_tree"),
    ]


def not_the_logs_word() -> list[Case]:
    three_to_seven = proof(3, 7)
    other_origin = checkpoint(7, origin="other.example/log").text()
    changed = told(7).replace(b"\n7\n", b"\n8\n")
    return [
        Case("nothing served", told(3), b"", three_to_seven, "malformed"),
        Case("a note that is cut", told(3), told(7)[:-9], three_to_seven, "malformed"),
        Case("a note that is not UTF-8", told(3), told(7) + b"\xff\n", three_to_seven, "malformed"),
        Case("a signed text that is no checkpoint", told(3), signed_text("a promise\n"), three_to_seven, "malformed"),
        Case("another log's, signed by this log", told(3), signed_text(other_origin), three_to_seven, "wrong_origin"),
        Case(
            "another log's, signed by itself",
            told(3),
            signed_text(other_origin, signing_key("other.example/log")),
            three_to_seven,
            "wrong_origin",
        ),
        Case("signed by a witness alone", told(3), signed_text(TEXT, WITNESS), three_to_seven, "bad_signature"),
        Case("changed after it was signed", told(3), changed, three_to_seven, "bad_signature"),
        Case("first met, and changed after it was signed", None, changed, [], "bad_signature"),
        Case("smaller, and changed after it was signed", told(9), changed, proof(8, 9), "bad_signature"),
        Case("what is remembered, its signature gone", VALID, TEXT.encode() + b"\n", [], "malformed"),
    ]
