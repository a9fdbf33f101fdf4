"""The one exception that a person is meant to read."""

from antipasta_hook.model.problem import COURSES, Course, Problem, Refused, Severity, Unjudged


class Failure(Exception):  # noqa: N818 - it is not always an error: an interrupted or refused run is one too
    """Something expected that stops the run: what and where (the message), and what to do next (``recovery``).

    ``detail`` is what somebody else said of it, for who looks into it.
    """

    def __init__(self, message: str, *, kind: Refused | Unjudged, recovery: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.kind: Refused | Unjudged = kind
        self.recovery = recovery
        self.detail = detail

    @property
    def usage(self) -> bool:
        """Whether it is a mistake of the caller (exit code 2)."""
        return COURSES[self.kind] == Course.REFUSED

    @property
    def problem(self) -> Problem:
        """As the record that everything is told in."""
        return Problem(self.kind, str(self), None, Severity.ERROR, self.recovery, self.detail)
