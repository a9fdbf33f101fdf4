"""What `install` and `uninstall` say, and how they end."""

import time
from pathlib import Path

import pytest
import yaml

from antipasta_hook import cli
from antipasta_hook.cli.install import _DEEDS
from antipasta_hook.install import Deed
from tests.integration.installation import executable
from tests.integration.repositories import Repo


@pytest.fixture
def hooks(repo: Repo) -> Path:
    """The hooks directory of the repository."""
    return repo.path.resolve() / ".git" / "hooks"


def called(repo: Repo, *arguments: str) -> int:
    """Run a command in the repository."""
    return cli.main((*arguments, "-C", str(repo.path)), started=time.perf_counter())


def test_it_says_what_it_wrote_what_it_chained_and_how_to_undo_it(
    repo: Repo, hooks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    executable(hooks / "pre-push", "exit 0\n")
    assert called(repo, "install") == 0
    assert capsys.readouterr().out.splitlines() == [
        f"antipasta-hook: wrote {hooks}/pre-commit",
        f"antipasta-hook: wrote {hooks}/pre-push",
        f"antipasta-hook: the hook that was there before runs first, as {hooks}/pre-push.antipasta-chained",
        "antipasta-hook: every `git commit` in this repository is now judged before it is made",
        "antipasta-hook: every `git push` from this repository is now judged before it leaves",
        "antipasta-hook: `antipasta-hook uninstall` undoes this",
    ]
    assert called(repo, "uninstall") == 0
    assert capsys.readouterr().out.splitlines() == [
        f"antipasta-hook: removed {hooks}/pre-commit",
        f"antipasta-hook: put back {hooks}/pre-push, the hook that was there before",
    ]
    assert called(repo, "uninstall") == 0
    assert capsys.readouterr().out == "antipasta-hook: nothing to do: this repository has no hook of ours\n"


def test_hooks_can_be_chosen(repo: Repo, hooks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(repo, "install", "--hook", "pre-push", "--hook", "pre-push") == 0
    out = capsys.readouterr().out
    assert (out.count("wrote"), "git commit" in out, "git push" in out) == (1, False, True)
    assert called(repo, "uninstall", "--hook", "pre-commit") == 0
    assert (hooks / "pre-push").exists()
    assert called(repo, "install", "--hook", "post-merge") == 2


def test_a_refusal_is_usage_with_what_to_do_next(repo: Repo, hooks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    executable(hooks / "pre-push", "exec antipasta-hook run\n")
    assert called(repo, "install") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        f"antipasta-hook: {hooks}/pre-push calls antipasta-hook already; it is left as it was\n"
        "antipasta-hook: take that out of it and install again\n"
    )


def test_the_lines_for_a_hook_manager_can_be_copied(
    repo: Repo, hooks: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    executable(hooks / "pre-commit", 'call_lefthook run "pre-commit" "$@"\n')
    monkeypatch.setattr("antipasta_hook.install.place.configures_hooks", lambda _: False)
    assert called(repo, "install") == 2
    said = capsys.readouterr()
    assert said.err == (
        f"antipasta-hook: {hooks}/pre-commit belongs to lefthook; it is left as it was\n"
        "antipasta-hook: let lefthook call antipasta-hook; add to lefthook.yml:\n"
    )
    assert set(yaml.safe_load(said.out)) == {"pre-commit", "pre-push"}


def test_a_path_cannot_forge_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repo = Repo.create(tmp_path / "a\nantipasta-hook: all is well\x1b[2J")
    assert called(repo, "install") == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\nantipasta-hook: all is well" not in out


def test_there_are_words_for_everything_that_is_done() -> None:
    assert set(_DEEDS) == set(Deed)
