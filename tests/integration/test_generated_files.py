"""A file that says that it is generated is hidden at its own path: never its twins, and never what a file was."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.integration.repositories import Repo

HEADER = "# @generated\n"
OVER = "def f(a):\n" + "".join(f"    if a == {n}:\n        return {n}\n" for n in range(12))
WORSE = OVER + "".join(f"    if a == {n}:\n        return {n}\n" for n in range(50, 60))
STUB = HEADER + "def stub():\n    return 1\n"
INCLUDED = {".antipasta.yaml": "include: [a.py]\n"}


def judged(repo: Repo, *arguments: str, expect: int, reader: str = "auto") -> dict[str, Any]:
    """What a command says of each file: its status, its blocking findings; the exit code is as expected."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "antipasta_hook", *arguments, "--reader", reader, "--format", "json"],
        cwd=repo.path,
        env={**os.environ, "CI": ""},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == expect, done.stdout + done.stderr
    document = json.loads(done.stdout)
    blocked = [each["path"] for each in document["findings"] if each["blocking"]]
    unjudged = [each["path"] for each in document["findings"] if each["status"] == "unjudged"]
    return {"blocked": blocked, "unjudged": unjudged, "files": {f["path"]: f["status"] for f in document["files"]}}


def at_a_commit_and_on_ci(repo: Repo, *, expect: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is staged, judged before it is committed and after."""
    readers = ("pygit2", "git")
    repo.stage()
    staged = [judged(repo, "run", expect=expect, reader=reader) for reader in readers]
    repo.commit()
    checked = [judged(repo, "ci", "--base", "HEAD~1", expect=expect, reader=reader) for reader in readers * 2]
    assert staged[0] == staged[1]
    assert all(each == checked[0] for each in checked)
    return staged[0], checked[0]


@pytest.mark.parametrize("copy", ["b.py", "A.py"], ids=["after", "before"])
def test_an_included_file_is_judged_though_its_twin_is_hidden(repo: Repo, copy: str) -> None:
    repo.commit_files(INCLUDED)
    repo.write("a.py", HEADER + OVER)
    repo.write(copy, HEADER + OVER)
    for found in at_a_commit_and_on_ci(repo, expect=1):
        assert found["blocked"]
        assert set(found["blocked"]) == {"a.py"}
        assert found["files"][copy] == "skipped"


def test_an_included_copy_of_a_hidden_file_is_judged(repo: Repo) -> None:
    repo.commit_files({**INCLUDED, "b.py": HEADER + OVER})
    judged(repo, "ci", "--base", "HEAD", expect=0)  # so that the roll-up knows of b.py
    repo.write("a.py", HEADER + OVER)
    for found in at_a_commit_and_on_ci(repo, expect=1):
        assert set(found["blocked"]) == {"a.py"}


def test_a_hidden_copy_of_an_included_file_stays_hidden(repo: Repo) -> None:
    repo.commit_files({**INCLUDED, "a.py": HEADER + OVER})
    judged(repo, "ci", "--base", "HEAD", expect=0)
    repo.write("b.py", HEADER + OVER)
    for found in at_a_commit_and_on_ci(repo, expect=0):
        assert found["files"].get("b.py") == "skipped"
        assert found["unjudged"] == []


@pytest.mark.parametrize("copy", [None, "copy.py", "a_copy.py"])
@pytest.mark.parametrize("others", [0, 60], ids=["few files", "many files"])
def test_what_was_generated_is_held_against_what_it_was(repo: Repo, copy: str | None, others: int) -> None:
    repo.commit_files({"gen.py": HEADER + OVER, **{f"o{n}.py": f"x = {n}\n" for n in range(others)}})
    for n in range(others):
        repo.write(f"o{n}.py", f"x = {n + 1}\n")
    repo.write("gen.py", WORSE)
    if copy:
        repo.write(copy, HEADER + OVER)
    for found in at_a_commit_and_on_ci(repo, expect=1):
        assert set(found["blocked"]) == {"gen.py"}
        assert found["unjudged"] == []


def newly_skipped(repo: Repo, *arguments: str) -> dict[str, str]:
    """What a report names as taken out of sight, with the reason."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "antipasta_hook", *arguments, "--format", "json"],
        cwd=repo.path,
        env={**os.environ, "CI": ""},
        capture_output=True,
        check=True,
    )
    problems = json.loads(done.stdout)["problems"]
    return {each["path"]: each["message"] for each in problems if each["kind"] == "newly-skipped"}


HIDES = "this change takes the file out of sight: "
MADE_SO = [
    ({"a.py": OVER}, {"a.py": HEADER + OVER}, {"a.py": HIDES + "generated"}),
    ({"a.py": OVER}, {"a.py": None, "sub/a.py": HEADER + OVER + "x = 1\n"}, {"sub/a.py": HIDES + "generated"}),
    ({**INCLUDED, "a.py": HEADER + OVER}, {"a.py": None, "b.py": HEADER + OVER}, {"b.py": HIDES + "generated"}),
    ({"a.py": HEADER + OVER}, {"a.py": None, "b.py": HEADER + OVER}, {}),
    ({"a.py": HEADER + OVER}, {"a.py": None, "sub/a.py": HEADER + OVER + "x = 1\n"}, {}),
    ({"a.py": HEADER + OVER}, {"a.py": HEADER + OVER + "x = 1\n"}, {}),
    ({"a.py": OVER}, {"b.py": HEADER + OVER}, {}),
    (
        {"a.py": OVER},
        {"b.py": OVER, ".gitattributes": "b.py linguist-generated\n"},
        {"b.py": "a new file that this change hides: linguist-generated in .gitattributes"},
    ),
    (
        {"a.py": OVER, ".antipasta.yaml": "exclude: [other.py]\n"},
        {"b.py": OVER, ".antipasta.yaml": "exclude: [b.py]\n"},
        {"b.py": "a new file that this change hides: excluded by the settings"},
    ),
    ({"a.py": OVER}, {"vendor/b.py": OVER}, {}),
    ({"a.py": OVER, ".gitattributes": "b.py linguist-generated\n"}, {"b.py": OVER}, {}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "hidden", "others"), [*((*row, 0) for row in MADE_SO), *((*row, 60) for row in MADE_SO[:6])]
)
def test_what_a_change_hides_is_named(
    repo: Repo, before: dict[str, str], after: dict[str, str | None], hidden: dict[str, str], others: int
) -> None:
    repo.commit_files({**before, **{f"o{n}.py": f"x = {n}\n" for n in range(others)}})
    for path, text in {**after, **{f"o{n}.py": f"x = {n + 1}\n" for n in range(others)}}.items():
        if text is None:
            repo.remove(path)
        else:
            repo.write(path, text)
    repo.stage()
    said = newly_skipped(repo, "run")
    assert {path: message[: len(hidden.get(path, ""))] for path, message in said.items()} == hidden
    repo.commit()
    if "settings" not in str(hidden):  # on CI those of the base hold
        assert newly_skipped(repo, "ci", "--base", "HEAD~1") == said


@pytest.mark.parametrize("copies", [1, 2])
def test_nothing_becomes_new_because_a_header_was_taken_out(repo: Repo, copies: int) -> None:
    repo.commit_files({f"gen{n}.py": HEADER + OVER for n in range(copies)})
    repo.write("gen0.py", OVER)
    for found in at_a_commit_and_on_ci(repo, expect=0):
        assert found["unjudged"] == []


def test_twin_stubs_are_no_riddle(repo: Repo) -> None:
    repo.commit_files({"p/__init__.py": STUB, "q/__init__.py": STUB})
    repo.write("p/__init__.py", OVER)
    for found in at_a_commit_and_on_ci(repo, expect=1):
        assert set(found["blocked"]) == {"p/__init__.py"}
        assert found["unjudged"] == []


@pytest.mark.parametrize("others", [0, 60], ids=["few files", "many files"])
def test_a_function_moved_out_of_a_generated_file_is_known(repo: Repo, others: int) -> None:
    repo.commit_files({"gen.py": HEADER + OVER, **{f"o{n}.py": f"x = {n}\n" for n in range(others)}})
    for n in range(others):
        repo.write(f"o{n}.py", f"x = {n + 1}\n")
    repo.write("gen.py", "y = 1\n")
    repo.write("copy.py", HEADER + OVER)
    repo.write("hand.py", OVER)
    for found in at_a_commit_and_on_ci(repo, expect=0):
        assert found["unjudged"] == []
