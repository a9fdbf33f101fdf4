"""The Python API: what the page about it shows runs as it stands, and importing the package costs nothing."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import antipasta_hook
from tests.integration.repositories import Repo
from tests.integration.test_run import branches, stage

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)


def test_the_examples_of_the_page_run(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit_files({"src/a.py": branches(9)})
    repo.git("branch", "-M", "main")
    stage(repo, {"src/a.py": branches(12)})
    monkeypatch.chdir(repo.path)
    assert len(EXAMPLES) == 4
    exec(compile("\n".join(EXAMPLES), str(PAGE), "exec"), {})
    said = capsys.readouterr().out
    assert said.startswith("fail\nsrc/a.py:1 f: cyclomatic_complexity 10 -> 13\n")
    assert '"verdict": "fail"' in said


def test_every_public_name_is_there_and_no_other() -> None:
    assert all(getattr(antipasta_hook, name) is not None for name in antipasta_hook.__all__)
    assert dir(antipasta_hook) == sorted(antipasta_hook.__all__)
    with pytest.raises(AttributeError, match="no attribute 'optimiser'"):
        antipasta_hook.optimiser  # noqa: B018 - to look is to import


def test_importing_the_package_imports_nothing_else_of_it() -> None:
    code = "import antipasta_hook, sys; print(*sorted(n for n in sys.modules if n.startswith('antipasta')))"
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True)
    assert done.stdout == "antipasta_hook\n"
