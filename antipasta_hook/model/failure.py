"""The one exception that a person is meant to read."""


class Failure(Exception):  # noqa: N818 - it is not always an error: an interrupted or refused run is one too
    """Something expected that stops the run: what and where (the message), and what to do next (``recovery``).

    ``kind`` is a stable word for reports and tests; ``usage`` marks a mistake of the caller (exit code 2).
    """

    def __init__(self, message: str, *, kind: str, recovery: str = "", usage: bool = False) -> None:
        super().__init__(message)
        self.kind = kind
        self.recovery = recovery
        self.usage = usage
