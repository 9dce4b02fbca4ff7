"""Who reads by a team: from when, until when, announced before the first read, and silent at once after the last."""

from datetime import timedelta

from sqlalchemy.orm import Session

from messenger.protocol.encoding import format_time
from messenger.teams.announcements import ReaderCame
from tests.cast import Cast, admission, admit, refusal, renew_team_key
from tests.conversations.silence import falls_silent_within_a_second
from tests.entries import Entries
from tests.factories import PersonAtHand
from tests.memberships import appoint, enter_cover, period, remove
from tests.remote import Connect, Listener
from tests.talk import Talk, a_talk

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def refused(talk: Talk, person: PersonAtHand) -> tuple[int, str]:
    body = {"statement": talk.opening(person).as_json()}
    return refusal(talk.house.call("POST", talk.path("open"), body, by=person))


def follower(talk: Talk, connect: Connect, person: PersonAtHand) -> Listener:
    """Somebody who has opened the conversation and follows it."""
    talk.open(person)
    listener = connect(person)
    assert listener.call("conversation:follow", {"conversation": talk.conversation})["ok"]
    return listener


def test_a_joiner_is_in_the_log_of_every_patient_before_anything_can_be_opened(
    talk: Talk, entries: Entries, cast: Cast
) -> None:
    other, joiner = cast.enter_patient(), cast.enter("nurse", (cast.team.team,))
    assert refused(talk, joiner) == (404, "not_found")
    admit(cast.house, cast.team, cast.provider, joiner)
    told = entries.of("team:joined", object=joiner.account)
    assert {entry.subject for entry in told} == {cast.patient.account, other.account}
    assert {(entry.actor, entry.statement) for entry in told} == {(cast.provider.account, cast.team.head)}
    talk.open(joiner)
    assert entries.only("conversation:opened", actor=joiner.account, outcome="done").time >= told[0].time


def test_where_a_patient_cannot_be_told_nobody_is_let_in(talk: Talk, cast: Cast) -> None:
    joiner = cast.enter("nurse", (cast.team.team,))

    @cast.house.database.subscribers.within_transaction(ReaderCame)
    def _log_is_full(_session: Session, _came: ReaderCame) -> None:
        raise OSError("full")

    body = admission(cast.team, cast.provider, joiner)
    answer = cast.house.call("POST", f"/api/teams/{cast.team.team}/statements", body, by=cast.provider)
    assert answer.status_code == 500
    assert refused(talk, joiner) == (404, "not_found")


def test_who_is_removed_is_refused_everything_at_once(talk: Talk, cast: Cast) -> None:
    talk.open(cast.nurse)
    remove(cast, cast.nurse)
    assert refusal(talk.post(cast.nurse, talk.write(cast.nurse))) == (404, "not_found")
    assert refusal(cast.house.call("GET", talk.path("messages"), by=cast.nurse)) == (404, "not_found")
    assert refusal(cast.house.call("GET", talk.path("control"), by=cast.nurse)) == (404, "not_found")
    assert cast.house.get("/api/conversations", by=cast.nurse)["conversations"] == []
    assert cast.house.get("/api/patients", by=cast.nurse)["patients"] == []


def test_who_is_removed_is_told_within_a_second_and_hears_nothing_more(served: Cast, connect: Connect) -> None:
    talk = a_talk(served).begin(served.patient)
    nurse, provider = follower(talk, connect, served.nurse), follower(talk, connect, served.provider)
    remove(served, served.nurse)
    falls_silent_within_a_second(nurse, provider, talk)


def test_who_is_left_out_of_the_next_key_falls_silent_too(served: Cast, connect: Connect) -> None:
    talk = a_talk(served).begin(served.patient)
    nurse = follower(talk, connect, served.nurse)
    renew_team_key(served.house, served.team, served.provider, [served.provider])
    assert nurse.hears("conversation:closed") == {"conversation": talk.conversation}
    talk.rotate(served.provider)
    assert refused(talk, served.nurse) == (404, "not_found")


def test_cover_is_served_within_its_period_and_no_lease_outlasts_it(talk: Talk, cast: Cast) -> None:
    until = cast.house.clock.now() + DAY + timedelta(minutes=5)
    cover = enter_cover(cast, DAY, DAY + timedelta(minutes=5))
    assert refused(talk, cover) == (404, "not_found")
    cast.house.clock.advance(DAY)
    for person in (cover, cast.patient):
        cast.house.sign_in(person)
    opened = talk.open(cover)
    assert opened["lease"] == {"until": format_time(until)}
    assert talk.send(cover, "I am here today")["sequence"] == 1
    cast.house.clock.advance(timedelta(minutes=5))
    assert refused(talk, cover) == (404, "not_found")
    assert refusal(talk.post(cover, talk.write(cover))) == (404, "not_found")


def test_cover_is_in_the_log_of_its_patients_beforehand(talk: Talk, cast: Cast, entries: Entries) -> None:
    cover = enter_cover(cast, DAY, 2 * DAY)
    told = entries.only("team:covered", subject=talk.patient.account)
    assert (told.object, told.actor) == (cover.account, cast.provider.account)


def test_cover_whose_time_ends_falls_silent_with_nobody_acting(served: Cast, connect: Connect) -> None:
    talk = a_talk(served).begin(served.patient)
    cover = enter_cover(served, timedelta(0), timedelta(minutes=3))
    listener = follower(talk, connect, cover)
    served.house.clock.advance(timedelta(minutes=3))
    assert listener.hears("conversation:closed") == {"conversation": talk.conversation}


def test_cover_that_is_made_longer_goes_on_and_its_patients_are_told_again(
    talk: Talk, cast: Cast, entries: Entries
) -> None:
    cover = enter_cover(cast, timedelta(0), HOUR)
    appoint(cast, cover, period(cast, timedelta(0), 3 * HOUR))
    assert len(entries.of("team:covered", subject=talk.patient.account)) == 2
    cast.house.clock.advance(2 * HOUR - timedelta(minutes=1))
    cast.house.sign_in(cover)
    talk.open(cover)
