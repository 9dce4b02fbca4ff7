"""HTTP to the service (docs/api.md): JSON in and out, strictly read, errors as typed refusals."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import requests

from messenger.headless.errors import AnswerUnreadable, ServiceRefused
from messenger.protocol.errors import ProtocolError
from messenger.protocol.json_strict import JsonObject, JsonValue, parse_json, write_json
from messenger.protocol.shape import Members

TIMEOUT_SECONDS: Final = 30
_CLIENT_ERROR: Final = 400


class Api:
    """One connection to a service, signed in or not.

    `address` is where to connect; `service` is the origin that people type and that sign-ins are bound to. They differ
    only where a server is reached beside its public address. The session's token goes into a header, never an address.
    """

    def __init__(self, address: str, service: str | None = None) -> None:
        self.address = address.rstrip("/")
        self.service = (service or _origin(address)).rstrip("/")
        self.token: str | None = None
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "between-headless"

    def close(self) -> None:
        """Gives the connections back."""
        self._session.close()

    def get(self, path: str, **query: str | int) -> Members:
        """The members of the answer. Raises `ServiceRefused`, `AnswerUnreadable`; `requests` errors if unreachable."""
        return self._ask("GET", path, None, {name: str(value) for name, value in query.items()})

    def post(self, path: str, body: JsonObject) -> Members:
        """As `get`, with a body."""
        return self._ask("POST", path, body)

    def put(self, path: str, body: JsonObject) -> Members:
        """As `get`, with a body."""
        return self._ask("PUT", path, body)

    def patch(self, path: str, body: JsonObject) -> Members:
        """As `get`, with a body."""
        return self._ask("PATCH", path, body)

    def delete(self, path: str) -> Members:
        """As `get`."""
        return self._ask("DELETE", path, None)

    def bytes_of(self, path: str) -> bytes:
        """What stands at an address that answers no JSON; raises as `get`."""
        answer = self._send("GET", path, None, {})
        return answer.content

    def _ask(self, method: str, path: str, body: JsonObject | None, query: dict[str, str] | None = None) -> Members:
        answer = self._send(method, path, body, query or {})
        value = _parsed(answer.content) if answer.content else None
        if value is not None and not isinstance(value, dict):
            raise AnswerUnreadable
        return Members(value or {})

    def _send(self, method: str, path: str, body: JsonObject | None, query: dict[str, str]) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        data = None
        if body is not None:
            data, headers["Content-Type"] = write_json(body), "application/json"
        answer = self._session.request(
            method,
            f"{self.address}{path}",
            params=query,
            data=data,
            headers=headers,
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
        )
        if answer.status_code >= _CLIENT_ERROR:
            raise _refusal(answer)
        return answer


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _parsed(content: bytes) -> JsonValue:
    try:
        return parse_json(content)
    except ProtocolError as refused:
        raise AnswerUnreadable from refused


def _refusal(answer: requests.Response) -> ServiceRefused | AnswerUnreadable:
    try:
        error = Members(_parsed(answer.content)).object("error")
        return ServiceRefused(error.text("code"), answer.status_code, error.text("message"))
    except (ProtocolError, AnswerUnreadable):
        return AnswerUnreadable()
