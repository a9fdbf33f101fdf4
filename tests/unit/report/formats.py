"""Golden reports: each sample in each format for machines. ``python -m tests.unit.report.formats`` writes them anew."""

import json
from pathlib import Path
from typing import Final, NamedTuple

from antipasta_hook.model import Report
from antipasta_hook.report import renderer
from tests.unit.report.sample import EVERYTHING, FULL_REPORT, report

FIXTURES: Final = Path(__file__).parents[3] / "fixtures" / "formats"
ENDINGS: Final = {
    "sarif": "sarif.json",
    "github": "github.txt",
    "markdown": "markdown.md",
    "comment": "comment.md",
    "gitlab": "gitlab.json",
    "junit": "junit.xml",
}


class Golden(NamedTuple):
    """One report that is written in each format."""

    name: str
    report: Report
    full: bool = False


GOLDEN: Final = (
    Golden("sample", FULL_REPORT),
    Golden("everything", EVERYTHING),
    Golden("everything-full", EVERYTHING, full=True),
    Golden("nothing", report(files=())),
)


def written(golden: Golden, form: str) -> str:
    """The report, JSON laid out for readers."""
    text = renderer(form)(golden.report, full=golden.full)
    return json.dumps(json.loads(text), indent=2) + "\n" if ENDINGS[form].endswith("json") else text


def place(golden: Golden, form: str) -> Path:
    """Where it is kept."""
    return FIXTURES / f"{golden.name}.{ENDINGS[form]}"


if __name__ == "__main__":
    for each in GOLDEN:
        for form in ENDINGS:
            place(each, form).write_text(written(each, form), "utf-8")
