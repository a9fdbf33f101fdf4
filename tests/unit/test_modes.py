"""What `run` judges: the rows of the design, the first that fits."""

import argparse
from typing import Any, cast

import pytest

from antipasta_hook.cli.modes import Switch, asked, switch
from antipasta_hook.model import Ask, Asked, Failure

COMMIT = {"GIT_INDEX_FILE": ".git/index"}
REFS = {"PRE_COMMIT": "1", "PRE_COMMIT_FROM_REF": "a", "PRE_COMMIT_TO_REF": "b"}
INSIDE = {"PRE_COMMIT": "1"}
CI = {"CI": "true"}


def judged(environ: dict[str, str], pushed: bytes = b"", **given: Any) -> Asked:
    """What is judged with these arguments and this environment."""
    nothing: dict[str, Any] = {
        "files": [],
        "from_ref": None,
        "to_ref": None,
        "all_files": False,
        "pre_push": False,
        "base": None,
    }
    return asked(argparse.Namespace(**{**nothing, **given}), environ, pushed)


@pytest.mark.parametrize(
    ("environ", "given", "expected"),
    [
        ({}, {}, Ask.STAGED),
        ({}, {"all_files": True}, Ask.TREE),
        (COMMIT, {}, Ask.STAGED),
        (COMMIT, {"all_files": True}, Ask.STAGED),
        (COMMIT | CI, {}, Ask.STAGED),
        (COMMIT | REFS, {}, Ask.STAGED),
        (COMMIT | CI, {"from_ref": "x"}, Ask.RANGE),
        (COMMIT, {"pre_push": True}, Ask.PUSH),
        (REFS, {}, Ask.RANGE),
        (REFS | CI, {}, Ask.RANGE),
        (REFS | CI, {"all_files": True}, Ask.RANGE),
        (CI, {}, Ask.CI),
        (CI, {"all_files": True}, Ask.CI),
        (CI | INSIDE, {}, Ask.CI),
        ({"CI": ""}, {}, Ask.STAGED),
        ({"CI": "false"}, {}, Ask.STAGED),
        (INSIDE, {}, Ask.STAGED),
        (INSIDE | {"PRE_COMMIT_REMOTE_BRANCH": "refs/heads/main"}, {}, Ask.RANGE),
        ({"GIT_INDEX_FILE": ""}, {"all_files": True}, Ask.TREE),
    ],
)
def test_the_first_rule_that_fits(environ: dict[str, str], given: dict[str, Any], expected: Ask) -> None:
    assert judged(environ, **given).what == expected


@pytest.mark.parametrize(
    ("environ", "given", "policy"),
    [
        (COMMIT | CI, {}, "lenient"),
        (CI, {}, "strict"),
        (REFS | CI, {}, "strict"),
        (REFS, {}, "lenient"),
        (COMMIT | CI, {"from_ref": "x"}, "strict"),
        (CI, {"pre_push": True}, "strict"),
        ({}, {"all_files": True}, "lenient"),
    ],
)
def test_ci_is_strict_whatever_it_judges_and_a_commit_is_not(
    environ: dict[str, str], given: dict[str, Any], policy: str
) -> None:
    assert judged(environ, **given).strict == (policy == "strict")


def test_a_range_has_two_ends() -> None:
    assert judged({}, from_ref="a")[2:4] == ("a", "HEAD")
    assert judged({}, from_ref="a", to_ref="b")[2:4] == ("a", "b")
    assert judged(REFS)[2:4] == ("a", "b")
    assert judged({"PRE_COMMIT_TO_REF": "b"})[2:4] == (None, "b")
    with pytest.raises(Failure, match="nothing its beginning"):
        judged({}, to_ref="b")


def test_a_push_has_git_s_lines() -> None:
    assert judged({}, b"lines", pre_push=True, files=["origin", "https://example.org"]).pushed == b"lines"


def test_only_inside_a_hook_manager_an_empty_index_means_the_whole_tree() -> None:
    assert judged(INSIDE).tree_if_empty
    assert not judged({}).tree_if_empty
    assert not judged(INSIDE | COMMIT).tree_if_empty


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, Switch.ON), ("", Switch.ON), ("off", Switch.OFF), ("WARN", Switch.WARN), (" push ", Switch.PUSH)],
)
def test_the_switch_for_one_command(value: str | None, expected: Switch) -> None:
    assert switch({} if value is None else {"ANTIPASTA": value}) == expected


def test_a_misspelt_switch_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(Failure, match="ANTIPASTA=of is none of") as caught:
        switch({"ANTIPASTA": "of"})
    assert caught.value.usage


def test_an_empty_name_is_a_variable_that_was_not_set() -> None:
    for given in cast("list[dict[str, Any]]", [{"from_ref": ""}, {"from_ref": "a", "to_ref": ""}]):
        with pytest.raises(Failure, match="not set"):
            judged({}, **given)
