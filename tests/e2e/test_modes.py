"""What is judged, under plain git, pre-commit and prek: a commit, a push, a range, the whole tree, a CI run."""

import os
from pathlib import Path

import pytest

from tests.e2e.conftest import Desk, function, passed
from tests.e2e.managers import ENTRY, GIT, MANAGERS, PRE_COMMIT, PREK, Manager, said

FRAMEWORKS = (PRE_COMMIT, PREK)
BAD = function("bad", 12)
GOOD = function("good", 3)


@pytest.fixture(autouse=True)
def _own_homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the frameworks keep what they make."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))
    monkeypatch.setenv("PREK_HOME", str(tmp_path / "prek"))


@pytest.fixture(params=MANAGERS, ids=lambda manager: manager.name)
def manager(request: pytest.FixtureRequest, bare_desk: Desk) -> Manager:
    """Each of the three, installed in ``bare_desk``."""
    found: Manager = request.param
    found.configure(bare_desk)
    found.install(bare_desk)
    return found


@pytest.fixture
def remote(bare_desk: Desk, tmp_path: Path) -> Path:
    """A bare repository next door, known as origin, that has everything so far."""
    place = tmp_path / "remote.git"
    bare_desk.git("init", "--quiet", "--bare", str(place))
    bare_desk.git("remote", "add", "origin", str(place))
    bare_desk.git("push", "--quiet", "--no-verify", "origin", "main")
    return place


def unseen(desk: Desk, path: str, text: str) -> None:
    """A commit that no hook saw."""
    desk.add(path, text)
    desk.git("commit", "--quiet", "--no-verify", "--message", "unseen")


@pytest.mark.usefixtures("manager")
def test_a_commit_is_judged_even_where_ci_is_set(bare_desk: Desk) -> None:
    bare_desk.add("good.py", GOOD)
    assert passed(bare_desk.try_commit(CI="1"))
    bare_desk.add("bad.py", BAD)
    done = bare_desk.try_commit(CI="1")
    assert done.returncode == 1
    assert "bad.py:1 bad" in said(done)
    assert "this commit" in said(done)


@pytest.mark.usefixtures("manager")
def test_the_switch_lets_one_commit_through_and_no_other(bare_desk: Desk) -> None:
    bare_desk.add("bad.py", BAD)
    assert bare_desk.try_commit().returncode == 1
    assert bare_desk.try_commit(ANTIPASTA="warn").returncode == 0
    bare_desk.add("worse.py", function("worse", 12))
    assert bare_desk.try_commit(ANTIPASTA="off").returncode == 0
    bare_desk.add("worst.py", function("worst", 12))
    done = bare_desk.try_commit(ANTIPASTA="nonsense")
    assert done.returncode != 0
    assert "ANTIPASTA=nonsense is none of: off, warn, push" in said(done)


@pytest.mark.usefixtures("manager", "remote")
def test_what_commits_left_to_the_push_is_judged_there(bare_desk: Desk) -> None:
    bare_desk.add("bad.py", BAD)
    assert bare_desk.try_commit(ANTIPASTA="push").returncode == 0
    done = bare_desk.run("git", "push", "--quiet", "origin", "main")
    assert done.returncode == 1
    assert "bad.py:1 bad" in said(done)
    assert bare_desk.run("git", "push", "--quiet", "origin", "main", ANTIPASTA="warn").returncode == 0


@pytest.mark.usefixtures("manager")
def test_a_push_is_judged_by_all_that_it_brings(bare_desk: Desk, remote: Path) -> None:
    unseen(bare_desk, "bad.py", BAD)
    unseen(bare_desk, "good.py", GOOD)
    assert bare_desk.run("git", "push", "--quiet", "origin", "main").returncode == 1
    unseen(bare_desk, "bad.py", function("bad", 8))
    assert bare_desk.run("git", "push", "--quiet", "origin", "main").returncode == 0
    assert bare_desk.git("rev-parse", "main") == bare_desk.git("rev-parse", "main", cwd=str(remote))


@pytest.mark.usefixtures("manager", "remote")
def test_a_new_branch_is_judged_from_where_it_left_the_remote(bare_desk: Desk) -> None:
    bare_desk.git("checkout", "-q", "-b", "topic")
    unseen(bare_desk, "good.py", GOOD)
    assert bare_desk.run("git", "push", "--quiet", "origin", "topic").returncode == 0
    bare_desk.git("checkout", "-q", "-b", "other")
    unseen(bare_desk, "bad.py", BAD)
    assert bare_desk.run("git", "push", "--quiet", "origin", "other").returncode == 1
    assert bare_desk.run("git", "push", "--quiet", "origin", "--delete", "topic").returncode == 0


@pytest.mark.usefixtures("manager")
def test_a_first_push_of_a_whole_history_is_not_stopped_for_its_past(bare_desk: Desk, tmp_path: Path) -> None:
    bare_desk.git("init", "--quiet", "--bare", str(tmp_path / "empty.git"))
    bare_desk.git("remote", "add", "empty", str(tmp_path / "empty.git"))
    assert bare_desk.run("git", "push", "--quiet", "empty", "main").returncode == 0
    unseen(bare_desk, "bad.py", BAD)
    assert bare_desk.run("git", "push", "--quiet", "empty", "main").returncode == 1


@pytest.mark.usefixtures("remote")
def test_of_several_refs_each_is_judged(bare_desk: Desk) -> None:
    GIT.install(bare_desk)
    bare_desk.git("branch", "innocent")
    bare_desk.git("checkout", "-q", "-b", "guilty")
    unseen(bare_desk, "bad.py", BAD)
    bare_desk.git("tag", "-a", "-m", "tagged", "v1")
    for refs in (["innocent", "guilty"], ["guilty", "innocent"], ["innocent", "v1"]):
        done = bare_desk.run("git", "push", "--quiet", "origin", *refs)
        assert done.returncode == 1, refs
        assert said(done).count("bad.py:1 bad") == 1
    assert bare_desk.run("git", "push", "--quiet", "origin", "innocent").returncode == 0


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda manager: manager.name)
def test_all_files_is_a_census_that_passes_unless_the_gate_is_all(framework: Manager, bare_desk: Desk) -> None:
    framework.configure(bare_desk)
    done = framework.run(bare_desk, "--all-files", "--verbose")
    assert done.returncode == 0, said(done)
    assert "Over a limit, and let through: 1 function" in said(done)
    unseen(bare_desk, ".antipasta.yaml", "gate: all\n")
    done = framework.run(bare_desk, "--all-files")
    assert done.returncode == 1
    assert "big.py:1 big" in said(done)


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda manager: manager.name)
def test_a_range_named_to_the_framework_is_what_is_judged(framework: Manager, bare_desk: Desk) -> None:
    framework.configure(bare_desk)
    start = bare_desk.head
    unseen(bare_desk, "bad.py", BAD)
    middle = bare_desk.head
    unseen(bare_desk, "good.py", GOOD)
    bare_desk.add("unrelated.py", function("unrelated", 30))
    done = framework.run(bare_desk, "--from-ref", start, "--to-ref", "HEAD")
    assert done.returncode == 1
    assert "bad.py:1 bad" in said(done)
    assert "unrelated" not in said(done)
    assert framework.run(bare_desk, "--from-ref", middle, "--to-ref", "HEAD").returncode == 0


def test_a_range_can_be_named_on_the_command_line(bare_desk: Desk) -> None:
    unseen(bare_desk, "bad.py", BAD)
    unseen(bare_desk, "good.py", GOOD)
    assert GIT.run(bare_desk, "--from-ref", "HEAD~1").returncode == 0
    assert GIT.run(bare_desk, "--from-ref", "HEAD~2", "--to-ref", "HEAD~1").returncode == 1
    done = GIT.run(bare_desk, "--from-ref", "nowhere")
    assert done.returncode == 2
    assert "nowhere" in done.stderr


def test_under_ci_a_run_outside_a_commit_judges_head_against_its_parent(bare_desk: Desk) -> None:
    unseen(bare_desk, "bad.py", BAD)
    bare_desk.add("staged.py", function("staged", 30))
    done = GIT.run(bare_desk, "-v", CI="true")
    assert done.returncode == 1
    assert "bad.py:1 bad" in said(done)
    assert "staged.py" not in said(done)
    bare_desk.git("rm", "--quiet", "--cached", "staged.py")
    unseen(bare_desk, "good.py", GOOD)
    assert GIT.run(bare_desk, CI="true").returncode == 0
    assert bare_desk.run(*ENTRY, "ci", "--base", "HEAD~2").returncode == 1


def test_a_sub_project_of_prek_judges_the_whole_commit(bare_desk: Desk) -> None:
    PREK.configure(bare_desk)
    PREK.configure(bare_desk, place="sub/")
    PREK.install(bare_desk)
    bare_desk.add("sub/good.py", GOOD)
    done = bare_desk.try_commit()
    assert passed(done), said(done)
    bare_desk.add("sub/deep/bad.py", BAD)
    done = bare_desk.try_commit()
    assert done.returncode == 1
    assert "sub/deep/bad.py:1 bad" in said(done)
    assert bare_desk.try_commit("-a", cwd="sub").returncode == 1


def test_a_verbose_run_says_what_it_judges_and_why(bare_desk: Desk) -> None:
    assert "judging: commit (nothing says otherwise), read by pygit2" in GIT.run(bare_desk, "-v").stderr
    environ = {"GIT_INDEX_FILE": os.path.join(bare_desk.path, ".git", "index")}
    assert "GIT_INDEX_FILE is set" in GIT.run(bare_desk, "-v", **environ).stderr
    assert "judging: tree (--all-files)" in GIT.run(bare_desk, "-v", "--all-files").stderr


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda manager: manager.name)
def test_files_and_exclude_of_the_framework_are_named_once_as_without_effect(
    framework: Manager, bare_desk: Desk
) -> None:
    framework.configure(bare_desk, "        exclude: ^docs/\n")
    bare_desk.add("bad.py", BAD)
    done = framework.run(bare_desk)
    assert "`exclude: ^docs/` of the hook antipasta decides whether this hook runs" in said(done)
    assert "decides whether" not in said(framework.run(bare_desk))


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda manager: manager.name)
def test_all_files_on_a_ci_service_is_a_ci_run(framework: Manager, bare_desk: Desk) -> None:
    framework.configure(bare_desk)
    unseen(bare_desk, "bad.py", BAD)
    done = framework.run(bare_desk, "--all-files", "--verbose", CI="true")
    assert done.returncode == 1
    assert "bad.py:1 bad" in said(done)
    unseen(bare_desk, "good.py", GOOD)
    assert framework.run(bare_desk, "--all-files", CI="true").returncode == 0


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda manager: manager.name)
def test_a_run_by_hand_judges_what_is_staged(framework: Manager, bare_desk: Desk) -> None:
    framework.configure(bare_desk)
    bare_desk.add("good.py", GOOD)
    bare_desk.write("good.py", function("good", 30))
    assert framework.run(bare_desk).returncode == 0
    bare_desk.add("bad.py", BAD)
    assert framework.run(bare_desk).returncode == 1


def test_what_a_passing_hook_said_is_repeated_where_a_manager_hid_it(manager: Manager, bare_desk: Desk) -> None:
    unseen(bare_desk, ".antipasta.yaml", "nonsense: 1\n")
    bare_desk.add("good.py", GOOD)
    assert passed(bare_desk.try_commit())
    bare_desk.add("bad.py", BAD)
    done = bare_desk.try_commit()
    assert done.returncode == 1
    hidden = manager is not GIT
    assert ("said before, where it could not be seen:" in said(done)) == hidden
    assert said(done).count("nonsense") == 1 + hidden
    assert "nonsense" in bare_desk.run(*ENTRY, "last").stdout
    assert "said before" not in said(bare_desk.try_commit())


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda manager: manager.name)
def test_a_push_through_a_framework_is_called_a_push(framework: Manager, bare_desk: Desk, remote: Path) -> None:
    assert remote.exists()
    framework.configure(bare_desk)
    framework.install(bare_desk)
    unseen(bare_desk, "bad.py", BAD)
    done = bare_desk.run("git", "push", "--quiet", "origin", "main")
    assert "this push makes 1 function harder to understand" in said(done)
    assert "ANTIPASTA=warn git push" in said(done)


def test_what_a_commit_silences_can_be_looked_up(bare_desk: Desk) -> None:
    GIT.install(bare_desk)
    bare_desk.add("bad.py", BAD.replace("(value):", "(value):  # antipasta: ignore"))
    assert passed(bare_desk.try_commit())
    assert "bad.py" in bare_desk.run(*ENTRY, "last").stdout
