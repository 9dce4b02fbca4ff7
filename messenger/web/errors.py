"""Errors as people and programs meet them: one JSON shape under /api, a calm page elsewhere, never a traceback."""

import logging
import secrets
import traceback

from flask import Flask, Response, jsonify, make_response, render_template, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from messenger.errors import BetweenError, TooMany, Unavailable
from messenger.protocol.errors import ProtocolError
from messenger.web.body import MAX_REQUEST_BYTES
from messenger.web.pages import error_shell
from messenger.web.words import find_sentence, spoken_language, t

log = logging.getLogger(__name__)

BY_STATUS = {
    400: ("bad_request", "The request could not be read."),
    404: ("not_found", "This is not here."),
    405: ("method_not_allowed", "This address does not take such a request."),
    408: ("request_too_slow", "The request took too long to arrive. Nothing was changed."),
    413: ("request_too_large", "This is larger than what the service takes: at most {limit} bytes."),
    415: ("not_json", "Send JSON, with Content-Type application/json."),
}
"""Code and English sentence of the errors that the framework itself raises."""

_FAULT = "It is our fault, not yours, and nothing is lost. If you call, say the number {reference}."
_STORAGE = "The service cannot store anything at the moment. Nothing was changed; please try again in a moment."


def install(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(BetweenError, answer)
    app.register_error_handler(ProtocolError, _answer_protocol_error)
    app.register_error_handler(HTTPException, _answer_http_exception)
    app.register_error_handler(OperationalError, _answer_operational_error)
    app.register_error_handler(Exception, _answer_fault)


def answer(error: BetweenError) -> Response:
    """The error in the caller's language."""
    message = localised(error, spoken_language())
    response = _render(error.code, message, error.status)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def localised(error: BetweenError, language: str) -> str:
    """The sentence of the catalogue for this code, else the English one that the error carries."""
    return find_sentence(language, f"refused.{error.code}", **error.values) or error.sentence


def known(error: Exception) -> BetweenError:
    """Any exception as an error that a caller may see; what was not foreseen is logged under a number."""
    if isinstance(error, BetweenError):
        return error
    if isinstance(error, ProtocolError):
        return BetweenError(error.code, 400, "{reason}", reason=str(error))
    if isinstance(error, OperationalError):
        log.error("the database refused: %s", type(error.orig).__name__)
        return Unavailable("cannot_be_stored", _STORAGE)
    reference = secrets.token_hex(4)
    log.error("fault %s\n%s", reference, without_messages(error))
    return BetweenError("server_fault", 500, _FAULT, reference=reference)


def without_messages(error: BaseException) -> str:
    """Where an exception came from, without its text: a driver's message may quote the row it was about."""
    chain: list[str] = []
    current: BaseException | None = error
    while current is not None:
        chain.append(f"{type(current).__qualname__}\n{''.join(_places(current))}")
        current = current.__cause__ or current.__context__
    return "caused by ".join(chain)


def _places(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    return [f"  {frame.filename}:{frame.lineno} {frame.name}\n" for frame in frames]


def _answer_protocol_error(error: ProtocolError) -> Response:
    return answer(known(error))


def _answer_operational_error(error: OperationalError) -> Response:
    return answer(known(error))


def _answer_fault(error: Exception) -> Response:
    return answer(known(error))


def _answer_http_exception(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:
        return make_response(error.get_response())  # a redirect of the router
    code, english = BY_STATUS.get(error.code, BY_STATUS[400])
    response = answer(BetweenError(code, error.code, english, limit=MAX_REQUEST_BYTES))
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _render(code: str, message: str, status: int) -> Response:
    if request.path.startswith("/api/") or request.path.startswith("/log/") or not request.accept_mimetypes.accept_html:
        return make_response(jsonify(error={"code": code, "message": message}), status)
    return make_response(render_template("error.html", **_words(code, message), **error_shell()), status)


def _words(code: str, message: str) -> dict[str, str]:
    """Title and sentence of an error page; somebody who mistyped an address has done nothing that is not right."""
    if code == "not_found":
        return {"title": t("fault.missing"), "message": t("fault.missing_body")}
    return {"title": t("fault.title"), "message": message}
