"""Page shells. They hold nothing of anyone's: what is private is fetched by the client and opened in the browser.

So a shell is the same for everybody (its guard is `anyone`), the service worker can keep it for offline use, and who
is not signed in is led to the sign-in page by the client.
"""

from dataclasses import dataclass

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from config import Settings
from messenger.errors import Unavailable
from messenger.web import request_scope
from messenger.web.client_build import client_build
from messenger.web.guards import Guard, guard
from messenger.web.request_scope import Scope
from messenger.web.words import COOKIE, LANGUAGES, spoken_language

ONE_YEAR = 365 * 86_400

_APPEARANCE = {
    "theme": ("between_theme", {"light", "dark"}),
    "text": ("between_text", {"large", "largest"}),
    "contrast": ("between_contrast", {"more"}),
}
"""What people chose about the look: attribute of <html>, cookie that keeps it, values that count."""


@dataclass(frozen=True)
class Page:
    """One address, the entry module of the client that draws it, and its title's key in the catalogue."""

    rule: str
    entry: str
    title: str


PAGES = (
    Page("/sign-in", "sign-in", "page.sign_in"),
    Page("/join", "join", "page.join"),
    Page("/home", "home", "page.home"),
    Page("/conversations/<conversation>", "conversation", "page.conversation"),
    Page("/inbox", "inbox", "page.inbox"),
    Page("/emergency", "emergency", "page.emergency"),
    Page("/clinic", "clinic", "page.clinic"),
    Page("/who-can-read", "who-can-read", "page.who_can_read"),
    Page("/settings", "settings", "page.settings"),
    Page("/security", "security", "page.security"),
)


def blueprint(settings: Settings) -> Blueprint:
    """Every page of the client, and the front door."""
    door = Blueprint("pages", __name__)

    for page in PAGES:

        def show(page: Page = page, **_parts: str) -> Response:
            return render_page(page.entry, page.title, settings)

        door.add_url_rule(page.rule, page.entry, guard(Guard.ANYONE)(show))

    @door.get("/")
    @guard(Guard.ANYONE)
    def front_door() -> AnyResponse:
        # The client at /home sends on to /inbox or /sign-in, whichever fits who is signed in.
        return redirect("/home", 302)

    return door


def render_page(entry: str, title: str, settings: Settings) -> Response:
    """The shell of one page: language, look, stylesheet, and the entry module with what it imports, all with integrity.

    Raises:
        Unavailable: the client, or this page of it, has not been built.
    """
    build = client_build()
    if entry not in build.entries:
        raise Unavailable("client_not_built", "The browser client has not been built. Run make client.")
    response = make_response(
        render_template(
            "page.html",
            title=title,
            language=spoken_language(),
            appearance=_appearance(),
            entry=build.entries[entry],
            stylesheet=build.stylesheet,
            bundle=build.bundle,
            emergency_number=settings.emergency_number,
        )
    )
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        response.set_cookie(COOKIE, asked, max_age=ONE_YEAR, secure=settings.https, samesite="Strict")
    return response


def error_shell() -> dict[str, object]:
    """What templates/error.html needs; an error page must not fail because something else did."""
    build = current_app.extensions.get("between.client")
    held: Scope | None = current_app.extensions.get(request_scope.EXTENSION)
    return {
        "language": spoken_language(),
        "appearance": _appearance(),
        "stylesheet": build.stylesheet if build else None,
        "emergency_number": held.settings.emergency_number if held else None,
    }


def _appearance() -> dict[str, str]:
    chosen = {name: request.cookies.get(cookie) for name, (cookie, _) in _APPEARANCE.items()}
    return {name: value for name, value in chosen.items() if value in _APPEARANCE[name][1] and value is not None}
