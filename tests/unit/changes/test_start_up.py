import subprocess
import sys
from pathlib import Path

from tests.integration.repositories import Repo, function


def loaded(script: str, *arguments: str) -> list[str]:
    """The modules that a script leaves in a fresh process."""
    command = [sys.executable, "-c", f"import sys\n{script}\nprint(*sys.modules)", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def test_importing_the_room_loads_no_library() -> None:
    heavy = {"pygit2", "subprocess", "pathspec", "asyncio", "dataclasses", "pydantic_core", "hashlib"}
    assert not heavy & {*loaded("import antipasta_hook.changes")}


def test_a_commit_loads_nothing_of_the_other_scopes(tmp_path: Path) -> None:
    repo = Repo.create(tmp_path / "repo")
    repo.write("a.py", function("a"))
    repo.stage()
    script = (
        "import os\n"
        "from antipasta_hook.changes import open_repository, staged_changes\n"
        "from antipasta_hook.config.settings import DEFAULTS\n"
        "with open_repository(sys.argv[1], os.environ, reader='pygit2') as repository:\n"
        "    assert staged_changes(repository, DEFAULTS).comparisons[0].changes\n"
    )
    others = {f"antipasta_hook.changes.{name}" for name in ("history", "pushes", "worktree", "listing", "disk")}
    assert not (others | {"subprocess", "hashlib"}) & {*loaded(script, str(repo.path))}
