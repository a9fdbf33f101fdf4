"""The command lines of the long runs: what they take is said, and what makes no sense is refused before it begins."""

import subprocess
import sys

import pytest

from tests.reliability import __main__ as reliability
from tests.reliability import concurrent, faults, kills


@pytest.mark.parametrize("arguments", [["--help"], ["faults", "--help"], ["kills", "--help"], ["concurrent", "--help"]])
def test_each_says_what_it_takes(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        reliability.main(arguments)
    assert ended.value.code == 0
    assert "usage: python -m tests.reliability" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [[], ["nonsense"], ["faults", "nonsense"], ["faults", "--every", "0"], ["kills", "--only", "nonsense"],
     ["kills", "--runs", "-1"], ["concurrent", "--hooks", "x"]],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        reliability.main(arguments)
    assert ended.value.code == 2
    assert "error: " in capsys.readouterr().err


def test_the_names_are_those_of_modules() -> None:
    assert set(reliability.NAMES) == {module.__name__.rpartition(".")[2] for module in (concurrent, faults, kills)}


def test_the_fuzzer_says_what_it_takes() -> None:
    for arguments in (["--help"], ["run", "--help"], ["mutants", "--help"]):
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzz", *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0
        assert "usage: python -m tests.fuzz" in done.stdout
