"""What a CI service says of the base: from its environment and its event, in each service's own words. Pure.

What comes out is what is *meant*; whether it is in this clone is found out later (``changes/bases.py``).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from antipasta_hook.model import Failure
from antipasta_hook.model.base import Base, Deeper, Meant, Way

_COMMIT: Final = re.compile(r"[0-9a-f]{7,64}")
_HEADS: Final = "refs/heads/"
_PARENT: Final = "HEAD's first parent"

Environment = Mapping[str, str]


class Service(NamedTuple):
    """One CI service.

    ``mark`` is a variable that it sets and nobody else; ``bases(environ, event)`` are its ways to say what is meant.
    ``event`` names the variable with the path of a file of JSON that says more, where there is one.
    """

    name: str
    mark: str
    bases: Callable[[Environment, object], Iterator[Base]]
    deeper: Deeper
    event: str = ""


def service_of(environ: Environment) -> Service | None:
    """The service that runs this; None where none of those that are known does."""
    return next((service for service in SERVICES if environ.get(service.mark, "").lower() not in _NOT), None)


_NOT: Final = frozenset({"", "0", "false"})


def meant(service: Service | None, environ: Environment, event: object, *, named: str = "", who: str = "") -> Meant:
    """What a run is to be held against. ``named`` is a revision that goes before all, and ``who`` names it."""
    deeper = Deeper() if service is None else service.deeper
    if named:
        return Meant((Base(Way.NAMED, who, named),), deeper)
    said = () if service is None else service.bases(environ, event)
    return Meant((*said, Base(Way.PARENT, _PARENT)), deeper)


def _github(environ: Environment, event: object) -> Iterator[Base]:
    """GITHUB_EVENT_PATH: github.event, as webhooks have it. A pull request has ``before`` of its own, too.

    Raises Failure for the event of a pull request that does not say which.
    """
    target = _text(event, "pull_request", "base", "ref")
    head, base = (_commit(_text(event, "pull_request", side, "sha")) for side in ("head", "base"))
    queued = _commit(_text(event, "merge_group", "base_sha"))
    if environ.get("GITHUB_EVENT_NAME", "").startswith("pull_request") and not (head and base):
        raise Failure(
            "the event of a pull request names neither its head nor its base",
            kind="event",
            recovery="look at the file that GITHUB_EVENT_PATH names, or name a base: --base REV",
        )
    if head and base:
        yield Base(Way.TRIAL, f"GitHub: a pull request as it would be merged into {target}", head)
        yield Base(
            Way.PARTED,
            f"GitHub: a pull request, since it parted from {target}",
            base,
            target,
            merging=True,
            source=head,
        )
    elif queued:
        yield Base(Way.COMMIT, "GitHub: what the merge queue adds to its base", queued)
    elif before := _text(event, "before"):
        branch, default = _text(event, "ref"), _text(event, "repository", "default_branch")
        yield from _pushed("GitHub", before, branch.removeprefix(_HEADS), default)


def _gitlab(environ: Environment, _: object) -> Iterator[Base]:
    """A merge request's pipeline runs on the source branch, or on a merge of it into the target (a merged result)."""
    target = environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "")
    if environ.get("CI_MERGE_REQUEST_IID"):
        if source := _commit(environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA")):
            yield Base(Way.TRIAL, f"GitLab: a merge request as it would be merged into {target}", source)
        if base := _commit(environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA")):
            yield Base(Way.COMMIT, f"GitLab: a merge request, since it parted from {target}", base)
        elif tip := _commit(environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_SHA")):
            yield Base(Way.PARTED, f"GitLab: a merge request, since it parted from {target}", tip, merging=True)
        elif target:
            yield Base(Way.BRANCH, f"GitLab: a merge request, since it parted from {target}", target, merging=True)
        else:
            raise _no_target("a merge request", "CI_MERGE_REQUEST_DIFF_BASE_SHA")
        return
    before, default = environ.get("CI_COMMIT_BEFORE_SHA", ""), environ.get("CI_DEFAULT_BRANCH", "")
    yield from _pushed("GitLab", before, environ.get("CI_COMMIT_BRANCH", ""), default)


def _bitbucket(environ: Environment, _: object) -> Iterator[Base]:
    """A pull request is run as merged with its target, which is the second parent; ids are cut to twelve digits."""
    target = environ.get("BITBUCKET_PR_DESTINATION_BRANCH", "")
    if tip := _commit(environ.get("BITBUCKET_PR_DESTINATION_COMMIT")):
        yield Base(Way.PARTED, f"Bitbucket: a pull request, since it parted from {target}", tip, merging=True)
    elif target:
        yield Base(Way.BRANCH, f"Bitbucket: a pull request, since it parted from {target}", target, merging=True)
    elif environ.get("BITBUCKET_PR_ID"):
        raise _no_target("a pull request", "BITBUCKET_PR_DESTINATION_BRANCH")


def _azure(environ: Environment, _: object) -> Iterator[Base]:
    """A pull request is run as merged into its target; where its code is on GitHub the target has no refs/heads/."""
    target = environ.get("SYSTEM_PULLREQUEST_TARGETBRANCH", "").removeprefix(_HEADS)
    source = _commit(environ.get("SYSTEM_PULLREQUEST_SOURCECOMMITID"))
    if source:
        yield Base(Way.TRIAL, f"Azure: a pull request as it would be merged into {target}", source)
    if target:
        why = f"Azure: a pull request, since it parted from {target}"
        yield Base(Way.BRANCH, why, target, merging=True, source=source)
    elif source or environ.get("SYSTEM_PULLREQUEST_PULLREQUESTID"):
        raise _no_target("a pull request", "SYSTEM_PULLREQUEST_TARGETBRANCH")


def _jenkins(environ: Environment, _: object) -> Iterator[Base]:
    """GIT_PREVIOUS_COMMIT is no base: a build that failed would pass when it is run again."""
    if target := environ.get("CHANGE_TARGET"):
        yield Base(Way.BRANCH, f"Jenkins: a change, since it parted from {target}", target, merging=True)
    elif environ.get("CHANGE_ID"):
        raise _no_target("a change", "CHANGE_TARGET")
    elif before := _commit(environ.get("GIT_PREVIOUS_SUCCESSFUL_COMMIT")):
        yield Base(Way.BEFORE, "Jenkins: since the last build that passed", before)


def _no_target(what: str, variable: str) -> Failure:
    return Failure(
        f"{what} is to be judged, and nothing says into what it is to be merged",
        kind="event",
        recovery=f"let this step see {variable}, or name the base: --base REV",
    )


def _pushed(who: str, before: str, branch: str, default: str) -> Iterator[Base]:
    """A push to a branch: since what it was before, else since it parted from the default branch."""
    is_other = bool(default) and branch != default
    if old := _commit(before):
        yield Base(Way.BEFORE, f"{who}: since the push before", old, besides=default if is_other else "")
    if is_other:
        yield Base(Way.BRANCH, f"{who}: a branch, since it parted from {default}", default)


def _text(event: object, *keys: str) -> str:
    """A text somewhere in an event, empty where there is none: what it holds depends on what happened."""
    for key in keys:
        event = event.get(key) if isinstance(event, dict) else None
    return event if isinstance(event, str) else ""


def _commit(text: str | None) -> str:
    """An id of a commit; empty for all else, and for zeros, which stand for none."""
    return text if text and _COMMIT.fullmatch(text) and text.strip("0") else ""


SERVICES: Final = (
    Service(
        "GitHub Actions",
        "GITHUB_ACTIONS",
        _github,
        Deeper(
            "add to actions/checkout, under with: fetch-depth: 2", "add to actions/checkout, under with: fetch-depth: 0"
        ),
        event="GITHUB_EVENT_PATH",
    ),
    Service(
        "GitLab CI",
        "GITLAB_CI",
        _gitlab,
        Deeper(*[f'add to the job, under variables: GIT_DEPTH: "{n}"' for n in (2, 0)]),
    ),
    Service(
        "Bitbucket Pipelines",
        "BITBUCKET_BUILD_NUMBER",
        _bitbucket,
        Deeper(*[f"add to the step: clone: {{depth: {depth}}}" for depth in ("2", "full")]),
    ),
    Service(
        "Azure Pipelines",
        "TF_BUILD",
        _azure,
        Deeper(*[f"add to the steps, under checkout: self: fetchDepth: {depth}" for depth in (2, 0)]),
    ),
    Service("Jenkins", "JENKINS_URL", _jenkins, Deeper()),
)
"""In the order in which they are asked for."""
