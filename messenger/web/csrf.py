"""Requests that change something come from our own pages or from a program, never from another site.

The session cookie is SameSite=Strict already; this is the second wall. A cross-site page cannot set `X-Between` without
a preflight, which is never granted, and cannot hide its Origin. What a proxy claims in X-Forwarded-Host counts for
nothing: the only origin is the one in BASE_URL.
"""

from flask import Request, Response

from messenger.errors import Refused
from messenger.web.request_scope import SAFE


def check_same_origin(request: Request, origin: str) -> None:
    """Refuse an unsafe request that another site may have caused.

    Raises:
        Refused: `foreign_origin`, or `header_missing` for a cookie without `X-Between: 1`.
    """
    if request.method in SAFE:
        return
    sent_from = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "none" if sent_from is None else "same-origin")
    if sent_from not in {None, origin} or site not in {"same-origin", "none"}:
        raise Refused("foreign_origin", "This request came from another site and was not carried out.")
    if request.cookies and "Authorization" not in request.headers and request.headers.get("X-Between") != "1":
        raise Refused("header_missing", "Send the header X-Between: 1 with a request that changes something.")


def session_cookie_name(*, https: bool) -> str:
    """The name of the session cookie; over https the browser itself sees that no subdomain can set it."""
    return "__Host-between_session" if https else "between_session"


def set_session_cookie(response: Response, token: str, *, https: bool) -> None:
    """Hand the session to a browser: not readable by scripts, never sent from another site, gone with the browser."""
    response.set_cookie(
        session_cookie_name(https=https), token, httponly=True, secure=https, samesite="Strict", path="/"
    )


def clear_session_cookie(response: Response, *, https: bool) -> None:
    """Take the session from the browser."""
    response.delete_cookie(session_cookie_name(https=https), httponly=True, secure=https, samesite="Strict", path="/")
