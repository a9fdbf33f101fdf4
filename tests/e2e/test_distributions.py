"""What is published: built as a release is, looked into, and installed by pip into an environment of its own."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Final

import pytest

from antipasta_hook import __version__
from tests.e2e.conftest import Desk, function
from tests.e2e.managers import said

pytestmark = pytest.mark.framework

ROOT: Final = Path(__file__).parents[2]
NAME: Final = f"antipasta_hook-{__version__}"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the wheel and the sdist of this checkout."""
    place = tmp_path_factory.mktemp("dist")
    uv = str(Path(sys.executable).with_name("uv"))
    environ = {**os.environ, "UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}
    subprocess.run((uv, "build", "--quiet", "--out-dir", str(place), str(ROOT)), check=True, env=environ, cwd=place)
    return place


@pytest.fixture(scope="module")
def tracked() -> set[str]:
    """The files of this checkout that git knows of, or would take."""
    listed = ("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    done = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True)
    return {name for name in done.stdout.split("\0") if name and (ROOT / name).exists()}


def test_the_wheel_holds_the_package_and_nothing_else(built: Path, tracked: set[str]) -> None:
    with zipfile.ZipFile(built / f"{NAME}-py3-none-any.whl") as wheel:
        names = {*wheel.namelist()}
        metadata = wheel.read(f"{NAME}.dist-info/METADATA").decode()
    information = {f"{NAME}.dist-info/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt")}
    package = {name for name in tracked if name.startswith("antipasta_hook/")}
    assert "antipasta_hook/py.typed" in package
    assert names == package | information | {f"{NAME}.dist-info/licenses/LICENSE"}
    assert "Requires-Python: >=3.11" in metadata
    assert "License-Expression: MIT" in metadata


def test_the_sdist_holds_what_is_under_version_control_and_all_that_the_tests_read(
    built: Path, tracked: set[str]
) -> None:
    with tarfile.open(built / f"{NAME}.tar.gz") as sdist:
        members = sdist.getmembers()
    names = {member.name.removeprefix(f"{NAME}/") for member in members}
    assert all(member.isreg() and member.name.startswith(f"{NAME}/") for member in members)
    assert names - tracked == {"PKG-INFO"}
    assert tracked - names == set()


@pytest.mark.parametrize("file", [f"{NAME}-py3-none-any.whl", f"{NAME}.tar.gz"], ids=["wheel", "sdist"])
def test_it_works_where_nothing_else_is_installed(built: Path, tmp_path: Path, bare_desk: Desk, file: str) -> None:
    place = tmp_path / "own environment"
    subprocess.run((sys.executable, "-m", "venv", str(place)), check=True)
    python = str(place / "bin" / "python")
    pip = (python, "-m", "pip", "--disable-pip-version-check", "--no-input")
    subprocess.run((*pip, "install", "-qq", str(built / file)), check=True)
    subprocess.run((*pip, "check"), check=True, stdout=subprocess.DEVNULL)
    shown = subprocess.run((*pip, "show", "--files", "antipasta-hook"), capture_output=True, text=True, check=True)
    installed = {line.strip() for line in shown.stdout.partition("Files:")[2].splitlines()}
    assert {"antipasta_hook/py.typed", f"{NAME}.dist-info/licenses/LICENSE"} <= installed
    assert not [name for name in installed if name.startswith(("tests", "fixtures", "docs", "dev"))]

    program = str(place / "bin" / "antipasta-hook")
    version = bare_desk.run(program, "--version")
    assert version.stdout.strip() == f"antipasta-hook {__version__}"
    bare_desk.add("good.py", function("good", 3))
    assert bare_desk.run(program, "run").returncode == 0
    bare_desk.add("bad.py", function("bad", 12))
    done = bare_desk.run(program, "run")
    assert done.returncode == 1, said(done)
    assert "cyclomatic 13, new (limit 10)" in said(done)
    for words in (("ci", "--base", "HEAD"), ("explain", "--staged", "bad.py::bad"), ("check",), ("config", "show")):
        done = bare_desk.run(program, *words)
        assert done.returncode in {0, 1}, said(done)
        assert "internal error" not in said(done)
