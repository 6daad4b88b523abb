"""How a request stops before its end."""


class Stop(Exception):
    """The answer's status, the precondition that failed (RFC 4918 section 16), and headers."""

    def __init__(self, status: int, condition: str = "", **headers: str) -> None:
        super().__init__(status)
        self.status = status
        self.condition = condition
        self.headers = headers
