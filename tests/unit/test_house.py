"""The house: what import-linter cannot see. The layers themselves are checked by `lint-imports` in every test run."""

import ast
import re
import subprocess
import sys
from pathlib import Path

from antipasta_hook.config.settings import DEFAULTS
from antipasta_hook.metrics import measure
from antipasta_hook.model import (
    Blob,
    Change,
    ChangeSet,
    Comparison,
    FileStatus,
    Measurement,
    Outcome,
    Scope,
    ScopeKind,
)
from antipasta_hook.verdict import judge

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "antipasta_hook"


def loaded_by(statement: str) -> set[str]:
    """The top-level names of the modules that a statement leaves in a fresh process."""
    code = f"{statement}\nimport sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run((sys.executable, "-P", "-c", code), capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_costs_nothing() -> None:
    bare = loaded_by("pass")
    assert loaded_by("import antipasta_hook") <= bare | {"antipasta_hook"}


def test_starting_the_command_line_loads_nothing_heavy() -> None:
    heavy = {
        "pygit2", "diskcache", "sqlite3", "radon", "complexipy", "pydantic_core", "yaml", "rich", "multiprocessing",
    }  # fmt: skip
    assert not heavy & loaded_by("import antipasta_hook.__main__, antipasta_hook.cli, antipasta_hook.cli.install")


def test_a_run_loads_nothing_of_other_commands() -> None:
    code = "import sys, antipasta_hook.cli.run, antipasta_hook.optimizer; print(*sys.modules)"
    done = subprocess.run((sys.executable, "-P", "-c", code), capture_output=True, text=True, check=True)
    others = re.compile(r"antipasta_hook\..*\b(doctor|checkup|health|traits|backtest|replay|install)\b")
    assert [name for name in done.stdout.split() if others.match(name)] == []


def test_every_room_is_in_the_architecture_and_no_other() -> None:
    rooms = {
        path.name + "/" * path.is_dir()
        for path in PACKAGE.iterdir()
        if path.name[0] not in "_." and (path.suffix == ".py" or (path / "__init__.py").exists())
    }
    table = re.findall(r"^\| `([\w./]+)` \|", (ROOT / "docs" / "architecture.md").read_text("utf-8"), re.MULTILINE)
    assert rooms == {name for name in table if name.endswith(("/", ".py"))}


def test_every_module_says_what_it_knows() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in PACKAGE.rglob("*.py")
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def test_a_commit_of_our_own_code_would_pass() -> None:
    files = {str(path.relative_to(ROOT)): path for path in [*PACKAGE.rglob("*.py"), ROOT / "dev.py"]}
    changes = tuple(Change(name, before=None, after=Blob(name, 0o100644)) for name in files)
    measured = {name: Measurement(FileStatus.ANALYSED, measure(path.read_bytes())) for name, path in files.items()}
    verdict = judge(ChangeSet(Scope(ScopeKind.INDEX, None), (Comparison(None, changes),)), measured, DEFAULTS)
    blocking = [f"{f.path}:{f.line} {f.symbol}: {f.metric} {f.value}" for f in verdict.findings if f.blocking]
    assert "\n".join(blocking) == ""
    assert verdict.outcome == Outcome.PASS


def test_an_older_python_can_read_dev_py_well_enough_to_be_told() -> None:
    ast.parse((ROOT / "dev.py").read_text("utf-8"), feature_version=(3, 6))
