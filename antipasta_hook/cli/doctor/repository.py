"""Who reads the repository, why he, and which of the forms that trouble readers it has."""

from collections.abc import Iterator
from typing import Final

from antipasta_hook.changes import Repository
from antipasta_hook.changes.traits import FORMS, Form, used_by
from antipasta_hook.cli.doctor.subject import Subject, faulty
from antipasta_hook.model import Failure
from antipasta_hook.model.checkup import Row, State, shared

_WITHOUT_PYGIT2: Final = "pygit2 cannot be imported"


def rows(subject: Subject) -> Iterator[Row]:
    """What a commit would meet here."""
    failure, opened = subject.failure, subject.opened
    if failure is not None:
        yield faulty(failure)
    used: frozenset[str] | None = frozenset()
    if isinstance(opened, Repository):
        if failure is None:
            yield _reader(opened)
            yield shared("commits", "there are some" if opened.head() else "none yet")
        yield Row("git directory", opened.git_dir)
        yield Row("work tree", subject.root or "none", "there is one" if opened.root() else "none")
        used = _used(opened)
    for form in FORMS:
        yield _form(form, subject, used)


def _reader(opened: Repository) -> Row:
    """What libgit2 says of its limits may name files."""
    who = {"pygit2": "libgit2", "git": "git itself"}[opened.reader]
    reason = opened.reader_reason
    is_missing = _WITHOUT_PYGIT2 in reason
    return Row(
        "read by",
        f"{who} ({reason})",
        f"{who} ({reason.partition(':')[0]})",
        State.WARNING if is_missing else State.WELL,
        "install antipasta-hook again, into an environment of its own" if is_missing else "",
    )


def _used(opened: Repository) -> frozenset[str] | None:
    try:
        return used_by(opened)
    except Failure:
        return None


def _form(form: Form, subject: Subject, used: frozenset[str] | None) -> Row:
    """Who reads a form, and whether it is in use here, where there is a repository."""
    by_git = subject.git is not None and subject.git >= form.since
    readers = [*(["libgit2"] if form.libgit2 else []), *(["git"] if by_git else [])]
    since = ".".join(map(str, form.since))
    can = f"read by {' and '.join(readers)}" if readers else f"read by nobody here: it needs git {since}"
    if used is None:
        return shared(form.name, can)
    return shared(form.name, f"in use; {can}" if form.name in used else can)
