"""How much a change matters, as the report says it: from both sides where they were measured, 0 only by proof."""

import pytest

from tests.integration.repositories import Repo
from tests.integration.test_run import branches, report, stage

BEFORE = f"LIMIT = 1\n\n\n{branches(5)}\n\ndef g(x):  # noqa: C901\n    return (x, 1)\n"


def significance(repo: Repo, before: str, after: str) -> tuple[float, list[str]]:
    """Of the one file that changes."""
    repo.commit_files({"a.py": before})
    stage(repo, {"a.py": after})
    (file,) = report(repo)["files"]
    return file["significance"]["score"], file["significance"]["reasons"]


def test_what_is_only_laid_out_anew_is_proved_to_matter_nothing(repo: Repo) -> None:
    after = f"# A comment.\n\n{BEFORE}".replace("(x, 1)", "(\n        x,\n        1,\n    )")
    assert significance(repo, BEFORE, after) == (0, ["only comments and layout changed (proved)"])


@pytest.mark.parametrize(
    ("old", "new"),
    [("LIMIT = 1", "LIMIT = 2"), ("(x, 1)", "(x, 2)"), ("noqa: C901", "noqa: E501"), ("return (x", "return (g")],
)
def test_equal_numbers_are_no_proof(repo: Repo, old: str, new: str) -> None:
    score, _ = significance(repo, BEFORE, BEFORE.replace(old, new))
    assert score > 0


def test_branches_near_a_limit_are_said_with_the_function(repo: Repo) -> None:
    score, reasons = significance(repo, branches(5), branches(9))
    assert score > 0.5
    assert any("branches added in f" in reason for reason in reasons), reasons


def test_there_may_be_no_time_for_a_proof(repo: Repo) -> None:
    repo.commit_files({"a.py": BEFORE})
    stage(repo, {"a.py": f"# A comment.\n{BEFORE}"})
    (file,) = report(repo, "--budget", "1ms")["files"]
    assert file["status"] == "analysed"
    assert file["significance"]["score"] > 0
