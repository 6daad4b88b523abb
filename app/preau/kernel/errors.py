"""What can go wrong, in words for people and codes for operators."""


class PreauError(Exception):
    """An error with a stable code, a French message and the HTTP status it becomes."""

    code = "PRE-GEN-001"
    status = 400

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code:
            self.code = code


class Invalid(PreauError):
    """Input that cannot be taken; ``errors`` says why, by field."""

    code = "PRE-GEN-422"
    status = 422

    def __init__(
        self, message: str, errors: dict[str, list[str]] | None = None, *, code: str | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.errors = errors or {}


class Refused(PreauError):
    """The identity may not do this."""

    code = "PRE-GEN-403"
    status = 403


class NotFound(PreauError):
    """There is nothing there, or nothing that this identity may know of."""

    code = "PRE-GEN-404"
    status = 404


class Conflict(PreauError):
    """Somebody else changed it meanwhile, or it exists already."""

    code = "PRE-GEN-409"
    status = 409


class TooLarge(PreauError):
    """Larger than what is accepted."""

    code = "PRE-GEN-413"
    status = 413
