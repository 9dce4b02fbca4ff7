"""In which language somebody is spoken to."""

import pytest
from flask.testing import FlaskClient

from messenger.web.words import sentence


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def language_of(client: FlaskClient, path: str = "/nowhere", **headers: str) -> str:
    page = client.get(path, headers={"Accept": "text/html", **headers}).text
    return page.split('<html lang="', 1)[1].split('"', 1)[0]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-Hans", "zh-Hans"),
        ("zh-TW", "zh-Hans"),
        ("en;q=0.5,zh;q=0.9", "zh-Hans"),
        ("fr,de", "en"),
        ("*", "en"),
    ],
)
def test_the_browsers_wish_counts_before_sign_in(accepted: str, language: str, browser_like: FlaskClient) -> None:
    assert language_of(browser_like, **{"Accept-Language": accepted}) == language


def test_what_was_asked_for_comes_before_everything(browser_like: FlaskClient) -> None:
    browser_like.set_cookie("between_language", "en")
    assert language_of(browser_like, "/nowhere?lang=zh-Hans", **{"Accept-Language": "en"}) == "zh-Hans"


def test_an_earlier_choice_comes_before_the_browsers_wish(browser_like: FlaskClient) -> None:
    browser_like.set_cookie("between_language", "zh-Hans")
    assert language_of(browser_like, **{"Accept-Language": "en"}) == "zh-Hans"


@pytest.mark.parametrize("asked", ["fr", "", "zh-Hans'><script>", "../../etc/passwd"])
def test_a_language_that_is_not_spoken_is_ignored(asked: str, browser_like: FlaskClient) -> None:
    browser_like.set_cookie("between_language", asked)
    assert language_of(browser_like, f"/nowhere?lang={asked}") == "en"


def test_a_signed_in_persons_own_language_comes_before_the_cookie(browser_like: FlaskClient) -> None:
    browser_like.set_cookie("between_language", "zh-Hans")
    answer = browser_like.get("/api/for/administrator", headers={"X-Role": "patient"})
    assert answer.get_json()["error"]["message"] == "Your role does not allow this."


def test_a_number_chooses_the_form_of_the_sentence() -> None:
    one, two = (sentence("en", "places.unread", count=count) for count in (1, 2))
    assert one != two
    assert sentence("zh-Hans", "places.unread", count=1) == sentence("zh-Hans", "places.unread", count=2)


def test_a_key_that_does_not_exist_is_an_error_of_ours() -> None:
    with pytest.raises(KeyError):
        sentence("en", "no.such.key")
