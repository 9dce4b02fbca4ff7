"""Where a request or a live connection carries the token of its session."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Request

from messenger.web.csrf import session_cookie_name

_BEARER: Final = "Bearer "
_LONGEST: Final = 100


def token_of_request(request: Request, *, https: bool) -> str | None:
    """The token of a program's `Authorization` header, else of a browser's cookie."""
    authorization = request.headers.get("Authorization")
    if authorization is not None:
        return _plausible(authorization.removeprefix(_BEARER)) if authorization.startswith(_BEARER) else None
    return _plausible(request.cookies.get(session_cookie_name(https=https)))


def token_of_connection(environ: Mapping[str, Any], auth: Any, *, https: bool) -> str | None:
    """The token in a live connection's `auth`, else as in the request that opened it."""
    if isinstance(auth, Mapping) and "token" in auth:
        token = auth["token"]
        return _plausible(token) if isinstance(token, str) else None
    return token_of_request(Request(dict(environ)), https=https)


def _plausible(token: str | None) -> str | None:
    return token if token and len(token) <= _LONGEST and token.isascii() else None
