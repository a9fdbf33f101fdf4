"""Which base a CI service means, from its environment and its event: rows in each service's own words."""

from typing import Any

import pytest

from antipasta_hook.cli.services import SERVICES, meant, service_of
from antipasta_hook.model.base import Base, Deeper, Way

ZEROS = "0" * 40
HEAD, BASE, BEFORE = ("1234567890" * 4, "abcdef0123" * 4, "fedcba9876" * 4)

GITHUB = {"CI": "true", "GITHUB_ACTIONS": "true"}
GITLAB = {"CI": "true", "GITLAB_CI": "true", "CI_DEFAULT_BRANCH": "main", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": ""}
BITBUCKET = {"CI": "true", "BITBUCKET_BUILD_NUMBER": "7", "BITBUCKET_COMMIT": HEAD, "BITBUCKET_BRANCH": "topic"}
AZURE = {"TF_BUILD": "True", "BUILD_SOURCEVERSION": HEAD, "BUILD_REASON": "IndividualCI"}
JENKINS = {"JENKINS_URL": "https://ci.example.org/", "GIT_COMMIT": HEAD, "BRANCH_NAME": "topic"}

REPOSITORY = {"full_name": "example/shop", "default_branch": "main", "fork": False}
PULL_REQUEST = {
    "action": "synchronize",
    "number": 7,
    "before": BEFORE,
    "after": HEAD,
    "pull_request": {
        "number": 7,
        "merge_commit_sha": "9" * 40,
        "head": {"label": "ann:topic", "ref": "topic", "sha": HEAD, "repo": {"fork": True}},
        "base": {"label": "example:release/2", "ref": "release/2", "sha": BASE},
    },
    "repository": REPOSITORY,
}
MERGE_GROUP = {
    "action": "checks_requested",
    "merge_group": {
        "head_sha": HEAD,
        "head_ref": f"refs/heads/gh-readonly-queue/main/pr-7-{BASE}",
        "base_sha": BASE,
        "base_ref": "refs/heads/main",
    },
    "repository": REPOSITORY,
}
REQUEST = {
    "CI_PIPELINE_SOURCE": "merge_request_event",
    "CI_MERGE_REQUEST_IID": "7",
    "CI_MERGE_REQUEST_DIFF_BASE_SHA": BASE,
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "release/2",
    "CI_COMMIT_BEFORE_SHA": ZEROS,
}


def pushed(ref: str = "refs/heads/topic", before: str = BEFORE, **more: Any) -> dict[str, Any]:
    """The payload of GitHub's push event, as far as it matters."""
    flags = {"created": before == ZEROS, "deleted": False, "forced": False}
    return {"ref": ref, "before": before, "after": HEAD, **flags, "repository": REPOSITORY, **more}


def ways(environ: dict[str, str], event: object = None) -> list[tuple[str, str, str]]:
    """How the base is found, from what, and besides which branch; the reason is for people."""
    found = meant(service_of(environ), environ, event).bases
    assert all(base.why for base in found)
    return [(base.way.value, base.name, base.besides) for base in found]


PARENT = ("parent", "", "")
SINCE_MAIN = ("branch", "main", "")


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (PULL_REQUEST, [("trial", HEAD, ""), ("parted", BASE, "release/2"), PARENT]),
        (MERGE_GROUP, [("commit", BASE, ""), PARENT]),
        (pushed(), [("before", BEFORE, "main"), SINCE_MAIN, PARENT]),
        (pushed(before=ZEROS), [SINCE_MAIN, PARENT]),
        (pushed("refs/heads/main"), [("before", BEFORE, ""), PARENT]),
        (pushed("refs/heads/main", before=ZEROS), [PARENT]),
        (pushed("refs/tags/v1", before=ZEROS), [SINCE_MAIN, PARENT]),
        (pushed(repository={}), [("before", BEFORE, ""), PARENT]),
        ({"schedule": "0 4 * * *", "repository": REPOSITORY}, [PARENT]),
        ({"inputs": {}, "ref": "refs/heads/topic", "repository": REPOSITORY}, [PARENT]),
        ({}, [PARENT]),
    ],
)
def test_github_says_it_in_the_event(event: object, expected: list[tuple[str, str, str]]) -> None:
    assert ways(GITHUB, event) == expected


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        "push",
        {"pull_request": []},
        {"pull_request": {"head": {"sha": 7}, "base": {"sha": BASE}}},
        {"pull_request": {"head": {"sha": HEAD}, "base": {"sha": "--upload-pack=x"}}},
        {"merge_group": {"base_sha": "HEAD\n"}},
        {"merge_group": None, "before": None},
        {"before": "main; rm -rf /", "ref": ["refs/heads/main"], "repository": 3},
    ],
)
def test_an_event_that_is_not_as_expected_says_nothing(event: object) -> None:
    assert ways(GITHUB, event) == [PARENT]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (REQUEST, [("commit", BASE, ""), PARENT]),
        (
            REQUEST
            | {
                "CI_MERGE_REQUEST_EVENT_TYPE": "merged_result",
                "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": HEAD,
                "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": BEFORE,
            },
            [("trial", HEAD, ""), ("commit", BASE, ""), PARENT],
        ),
        (
            REQUEST | {"CI_MERGE_REQUEST_DIFF_BASE_SHA": "", "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": BEFORE},
            [("parted", BEFORE, ""), PARENT],
        ),
        (REQUEST | {"CI_MERGE_REQUEST_DIFF_BASE_SHA": ""}, [("branch", "release/2", ""), PARENT]),
        (
            {"CI_COMMIT_BRANCH": "topic", "CI_COMMIT_BEFORE_SHA": BEFORE},
            [("before", BEFORE, "main"), SINCE_MAIN, PARENT],
        ),
        ({"CI_COMMIT_BRANCH": "topic", "CI_COMMIT_BEFORE_SHA": ZEROS}, [SINCE_MAIN, PARENT]),
        ({"CI_COMMIT_BRANCH": "main", "CI_COMMIT_BEFORE_SHA": BEFORE}, [("before", BEFORE, ""), PARENT]),
        ({"CI_COMMIT_BRANCH": "main", "CI_COMMIT_BEFORE_SHA": ZEROS}, [PARENT]),
        ({"CI_COMMIT_TAG": "v1", "CI_COMMIT_BEFORE_SHA": ZEROS}, [SINCE_MAIN, PARENT]),
    ],
)
def test_gitlab_says_it_in_variables(more: dict[str, str], expected: list[tuple[str, str, str]]) -> None:
    assert ways(GITLAB | more) == expected


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (BITBUCKET, [PARENT]),
        (
            BITBUCKET | {"BITBUCKET_PR_DESTINATION_BRANCH": "main", "BITBUCKET_PR_DESTINATION_COMMIT": "abcdef012345"},
            [("parted", "abcdef012345", ""), PARENT],
        ),
        (BITBUCKET | {"BITBUCKET_PR_DESTINATION_BRANCH": "main"}, [SINCE_MAIN, PARENT]),
        (AZURE, [PARENT]),
        (
            AZURE
            | {
                "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main",
                "SYSTEM_PULLREQUEST_SOURCECOMMITID": HEAD,
            },
            [("trial", HEAD, ""), SINCE_MAIN, PARENT],
        ),
        (AZURE | {"SYSTEM_PULLREQUEST_TARGETBRANCH": "main"}, [SINCE_MAIN, PARENT]),
        (JENKINS, [PARENT]),
        (JENKINS | {"CHANGE_ID": "7", "CHANGE_TARGET": "main"}, [SINCE_MAIN, PARENT]),
        (JENKINS | {"CHANGE_TARGET": "main", "GIT_PREVIOUS_SUCCESSFUL_COMMIT": BEFORE}, [SINCE_MAIN, PARENT]),
        (JENKINS | {"GIT_PREVIOUS_SUCCESSFUL_COMMIT": BEFORE}, [("before", BEFORE, ""), PARENT]),
        (JENKINS | {"GIT_PREVIOUS_COMMIT": BEFORE}, [PARENT]),
        ({"CI": "true"}, [PARENT]),
        ({"CI": "true", "GITHUB_ACTIONS": "false", "CI_COMMIT_BEFORE_SHA": BEFORE}, [PARENT]),
    ],
)
def test_the_others_say_it_in_variables(environ: dict[str, str], expected: list[tuple[str, str, str]]) -> None:
    assert ways(environ) == expected


@pytest.mark.parametrize("environ", [GITHUB, GITLAB | REQUEST, JENKINS | {"CHANGE_TARGET": "main"}, {}])
def test_what_a_person_names_goes_before_all(environ: dict[str, str]) -> None:
    found = meant(service_of(environ), environ, pushed(), named="v1~2", who="--base")
    assert found.bases == (Base(Way.NAMED, "--base", "v1~2"),)


@pytest.mark.parametrize(
    ("environ", "deeper"),
    [
        (GITHUB, ("fetch-depth: 2", "fetch-depth: 0")),
        (GITLAB, ('GIT_DEPTH: "2"', 'GIT_DEPTH: "0"')),
        (BITBUCKET, ("depth: 2", "depth: full")),
        (AZURE, ("fetchDepth: 2", "fetchDepth: 0")),
    ],
)
def test_each_service_has_its_line_for_a_deeper_clone(environ: dict[str, str], deeper: tuple[str, str]) -> None:
    said = meant(service_of(environ), environ, {}).deeper
    assert all(line in text for line, text in zip(deeper, said, strict=True))
    assert all(len(text.splitlines()) == 1 for text in said)


def test_where_no_line_of_a_configuration_helps_git_s_own_commands_do() -> None:
    assert meant(service_of(JENKINS), JENKINS, None).deeper == meant(None, {}, None).deeper == Deeper()


def test_no_service_is_taken_for_another() -> None:
    for environ in (GITHUB, GITLAB, BITBUCKET, AZURE, JENKINS):
        assert sum(service.mark in environ for service in SERVICES) == 1
