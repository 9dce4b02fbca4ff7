"""The inbox: which questions wait, in which order, for whom; and what answers, acknowledges and withdraws them."""

from datetime import timedelta
from typing import Any

from messenger.inbox.models import Question
from messenger.protocol.message import Retraction
from tests.cast import Cast, refusal, renew_team_key, start_team
from tests.factories import PersonAtHand
from tests.talk import Talk, a_talk


def inbox(cast: Cast, by: PersonAtHand) -> list[Any]:
    questions: list[Any] = cast.house.get("/api/inbox", by=by)["questions"]
    return questions


def ids(questions: list[Any]) -> list[str]:
    return [question["id"] for question in questions]


def ask(talk: Talk, **changed: Any) -> str:
    """A question of the patient, a minute after whatever was before."""
    talk.house.clock.advance(timedelta(minutes=1))
    asked: str = talk.send(talk.patient, "May I?", kind="question", **changed)["id"]
    return asked


def row(talk: Talk, question: str) -> Question:
    with talk.house.database.reading_session() as session:
        found = session.get(Question, question)
    assert found is not None
    return found


def test_a_question_waits_in_the_inbox_of_everybody_in_the_team(talk: Talk) -> None:
    sent = talk.send(talk.patient, "May I?", kind="question", category="medicines", urgency="urgent")
    for person in (talk.cast.provider, talk.cast.nurse):
        assert inbox(talk.cast, person) == [
            {
                "id": sent["id"],
                "conversation": talk.conversation,
                "patient": talk.patient.account,
                "sequence": 1,
                "received": sent["received"],
                "category": "medicines",
                "urgency": "urgent",
                "acknowledged": False,
            }
        ]


def test_the_longest_waiting_comes_first_whatever_conversation_it_is_in(talk: Talk) -> None:
    other = a_talk(talk.cast, talk.cast.enter_patient())
    other.begin(other.patient)
    asked = [ask(where) for where in (talk, other, talk, other)]
    assert ids(inbox(talk.cast, talk.cast.provider)) == asked


def test_updates_and_thanks_do_not_wait(talk: Talk) -> None:
    talk.send(talk.patient, kind="update")
    talk.send(talk.patient, kind="thanks")
    assert inbox(talk.cast, talk.cast.provider) == []


def test_what_staff_ask_does_not_wait_in_their_own_inbox(talk: Talk) -> None:
    talk.send(talk.cast.provider, kind="question")
    assert inbox(talk.cast, talk.cast.nurse) == []


def test_an_answer_of_the_team_closes_what_it_names_and_nothing_else(talk: Talk) -> None:
    first, second, third = ask(talk), ask(talk), ask(talk)
    talk.send(talk.cast.nurse)
    assert ids(inbox(talk.cast, talk.cast.provider)) == [first, second, third]
    answer = talk.send(talk.cast.nurse, answers=(first, third))
    assert ids(inbox(talk.cast, talk.cast.provider)) == [second]
    assert (row(talk, first).closed_as, row(talk, first).closed_by) == ("answered", answer["id"])


def test_a_question_that_was_answered_stays_with_its_first_answer(talk: Talk) -> None:
    question = ask(talk)
    first = talk.send(talk.cast.nurse, answers=(question,))
    talk.send(talk.cast.provider, answers=(question,))
    assert row(talk, question).closed_by == first["id"]


def test_a_patient_does_not_answer_their_own_question(talk: Talk) -> None:
    question = ask(talk)
    talk.send(talk.patient, answers=(question,), acknowledges=(question,))
    (waiting,) = inbox(talk.cast, talk.cast.provider)
    assert (waiting["id"], waiting["acknowledged"]) == (question, False)


def test_an_acknowledged_question_goes_on_waiting_and_says_so(talk: Talk) -> None:
    question = ask(talk)
    seen = talk.send(talk.cast.nurse, acknowledges=(question,))
    talk.send(talk.cast.provider, acknowledges=(question,))
    (waiting,) = inbox(talk.cast, talk.cast.provider)
    assert waiting["acknowledged"] is True
    assert row(talk, question).acknowledged == seen["id"]


def test_a_question_of_another_conversation_is_not_closed_from_here(talk: Talk) -> None:
    other = a_talk(talk.cast, talk.cast.enter_patient())
    other.begin(other.patient)
    theirs = ask(other)
    talk.send(talk.cast.nurse, answers=(theirs,), acknowledges=(theirs,))
    (waiting,) = inbox(talk.cast, talk.cast.provider)
    assert (waiting["id"], waiting["acknowledged"]) == (theirs, False)


def test_a_question_that_is_taken_back_waits_no_longer(talk: Talk) -> None:
    question = ask(talk)
    back = talk.send(talk.patient, Retraction(), takes_back=question, kind="question")
    assert inbox(talk.cast, talk.cast.provider) == []
    assert (row(talk, question).closed_as, row(talk, question).closed_by) == ("withdrawn", back["id"])


def test_a_corrected_question_waits_once(talk: Talk) -> None:
    question = ask(talk)
    talk.correct(talk.patient, question, "May I really?")
    assert ids(inbox(talk.cast, talk.cast.provider)) == [question]


def test_a_question_and_its_answer_are_only_for_whom_consent_covers(talk: Talk) -> None:
    ask(talk)
    outsider = talk.cast.enter("provider")
    start_team(talk.house, talk.cast.hand, talk.cast.founder, outsider)
    assert inbox(talk.cast, outsider) == []
    renew_team_key(talk.house, talk.cast.team, talk.cast.provider, [talk.cast.provider])
    assert inbox(talk.cast, talk.cast.nurse) == []
    assert len(inbox(talk.cast, talk.cast.provider)) == 1


def test_patients_administrators_and_strangers_have_no_inbox(talk: Talk) -> None:
    for person in (talk.patient, talk.cast.founder):
        assert refusal(talk.house.call("GET", "/api/inbox", by=person)) == (403, "role_not_allowed")
    assert refusal(talk.house.call("GET", "/api/inbox")) == (401, "sign_in_needed")


def test_the_list_of_conversations_tells_what_is_open_and_how_far_one_has_read(talk: Talk) -> None:
    talk.send(talk.patient)
    first, second = ask(talk), ask(talk, category="results")
    talk.send(talk.cast.nurse, answers=(first,))
    got = {"delivered": 4, "read": 2}
    assert talk.house.call("POST", talk.path("receipts"), got, by=talk.patient).status_code == 204
    (line,) = talk.house.get("/api/conversations", by=talk.patient)["conversations"]
    assert (line["conversation"], line["patient"]) == (talk.conversation, talk.patient.account)
    assert (line["last_sequence"], line["delivered"], line["read"]) == (4, 4, 3)  # the third is their own
    assert (line["epoch"], line["control_head"]) == (1, talk.head)
    assert line["box"]["reader"] == talk.patient.account
    (question,) = line["open_questions"]
    assert (question["id"], question["sequence"], question["category"]) == (second, 3, "results")
    (other,) = talk.house.get("/api/conversations", by=talk.cast.provider)["conversations"]
    assert (other["read"], other["box"]["reader"]) == (0, talk.cast.team.team)
    assert talk.house.get("/api/conversations", by=talk.cast.founder) == {"conversations": []}


def test_what_one_wrote_oneself_is_not_new_to_oneself(talk: Talk) -> None:
    def read_by(person: PersonAtHand) -> int:
        (line,) = talk.house.get("/api/conversations", by=person)["conversations"]
        return int(line["read"])

    talk.send(talk.patient)
    talk.send(talk.patient)
    assert (read_by(talk.patient), read_by(talk.cast.nurse)) == (2, 0)
    talk.send(talk.cast.nurse)
    talk.send(talk.patient)
    assert (read_by(talk.patient), read_by(talk.cast.nurse)) == (2, 0)


def test_the_conversation_written_into_last_is_listed_first(talk: Talk) -> None:
    second = a_talk(talk.cast).begin(talk.patient)
    third = a_talk(talk.cast).begin(talk.patient)
    for which in (talk, third):
        talk.house.clock.advance(timedelta(minutes=1))
        which.send(talk.patient)
    listed = talk.house.get("/api/conversations", by=talk.patient)["conversations"]
    assert [line["conversation"] for line in listed] == [third.conversation, talk.conversation, second.conversation]
