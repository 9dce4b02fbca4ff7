"""The answer that hands a new session to whoever has just proved who they are."""

from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify

from messenger.web.csrf import set_session_cookie
from messenger.web.request_scope import scope


def hand_over(answer: Mapping[str, Any], token: str, *, in_body: bool) -> Response:
    """The answer with the token in it for a program that asked for it, else with a cookie that no script can read."""
    if in_body:
        return jsonify({**answer, "token": token})
    response = jsonify(answer)
    set_session_cookie(response, token, https=scope().settings.https)
    return response
