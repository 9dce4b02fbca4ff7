"""The root of every error that a person may be told about.

A room keeps its own error classes under these, in its own `errors.py` or beside what raises them. `code` is stable and
stands in docs/api.md; the catalogue's `error.<code>` is the sentence in the caller's language, and `sentence` is the
English of it, used where there is no caller to translate for (the command line, a log of the headless client).
"""


class BetweenError(Exception):
    """Something was refused, and the caller is told what.

    `values` fill the `{placeholders}` of the sentence in every language. They must hold nothing secret and no name.
    """

    recorded = False
    """Whether what was written before the refusal stays: a count of tries, a refused entry in the access log. Whoever
    sets it sees to it that nothing else was written."""

    def __init__(self, code: str, status: int, sentence: str, **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.values = values
        self.sentence = sentence.format(**values) if values else sentence


class Invalid(BetweenError):
    """What was sent is not what was asked for (400)."""

    def __init__(self, code: str, sentence: str, **values: str | int) -> None:
        super().__init__(code, 400, sentence, **values)


class Unauthenticated(BetweenError):
    """Nobody is signed in, or the proof does not hold (401)."""

    def __init__(self, code: str, sentence: str, **values: str | int) -> None:
        super().__init__(code, 401, sentence, **values)


class Refused(BetweenError):
    """The caller may know of it but may not do it (403)."""

    def __init__(self, code: str, sentence: str, **values: str | int) -> None:
        super().__init__(code, 403, sentence, **values)


class NotFound(BetweenError):
    """There is no such thing for this caller; the same whether it exists or not (404)."""

    def __init__(self, code: str = "not_found", sentence: str = "This is not here.", **values: str | int) -> None:
        super().__init__(code, 404, sentence, **values)


class Conflict(BetweenError):
    """Something else came first (409)."""

    def __init__(self, code: str, sentence: str, **values: str | int) -> None:
        super().__init__(code, 409, sentence, **values)


class Gone(BetweenError):
    """It was here and is used up, expired or taken back (410)."""

    def __init__(self, code: str, sentence: str, **values: str | int) -> None:
        super().__init__(code, 410, sentence, **values)


class TooLarge(BetweenError):
    """More was sent than is taken; the sentence states the limit (413)."""

    def __init__(self, code: str, sentence: str, **values: str | int) -> None:
        super().__init__(code, 413, sentence, **values)


class TooMany(BetweenError):
    """Too many tries; `retry_after` whole seconds go into the Retry-After header (429)."""

    recorded = True

    def __init__(self, code: str, sentence: str, *, retry_after: int, **values: str | int) -> None:
        super().__init__(code, 429, sentence, **values)
        self.retry_after = retry_after


class Unavailable(BetweenError):
    """The service cannot do it now and nothing was changed; trying again later is right (503)."""

    def __init__(self, code: str, sentence: str, **values: str | int) -> None:
        super().__init__(code, 503, sentence, **values)
