"""What docs/performance says of the exported metrics is so: the page, the dashboard, the alert rules."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from antipasta_hook.model import FileStatus, Outcome, Status
from antipasta_hook.telemetry.prometheus import render
from antipasta_hook.telemetry.record import Circumstances, Record

DOCS = Path(__file__).parents[3] / "docs" / "performance"
NAME = re.compile(r"\bantipasta_hook_\w+")
SELECTOR = re.compile(r"(antipasta_hook_\w+)(?:\{([^}]*)\})?")
RECORD = Record(
    Circumstances("0" * 16, 1.8e9, "ci", "ci", "ci", "shop", "1.2.3", "3.13.0"),
    "fail",
    1,
    1234.5,
    stages_ms={"changes": 10, "analyse": 900},
    problems={"too-large": 1},
)
EXPORTED = {
    family.name: {label: {sample.labels[label] for sample in family.samples} for label in family.samples[0].labels}
    for family in text_string_to_metric_families(render(RECORD))
}
"""Each metric, its labels, and the values that they have."""
PROMTOOL = shutil.which("promtool")
WITHOUT_PROMTOOL = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not here; Debian's prometheus has it")


def expressions() -> list[str]:
    """What the dashboard asks for."""
    dashboard = json.loads((DOCS / "dashboard.json").read_text("utf-8"))
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    return asked + [each["query"]["query"] for each in dashboard["templating"]["list"] if each["type"] == "query"]


def test_the_page_lists_what_is_exported_and_nothing_else() -> None:
    page = (DOCS / "monitoring.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `antipasta_hook_")]
    assert {name for row in rows for name in NAME.findall(row)} == set(EXPORTED)


def test_the_dashboard_asks_for_everything_that_is_exported_and_nothing_else() -> None:
    asked = {name for expression in expressions() for name in NAME.findall(expression)}
    assert asked <= set(EXPORTED)
    left_out = {f"antipasta_hook_{name}" for name in ("run_exit_code", "run_outcome", "ranked_files", "selected_files")}
    assert set(EXPORTED) - asked == left_out | {"antipasta_hook_build_info"}


def test_the_dashboard_can_be_imported() -> None:
    dashboard = json.loads((DOCS / "dashboard.json").read_text("utf-8"))
    panels: list[dict[str, Any]] = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(cells)) == len(cells), "two panels lie on each other"
    assert max(x for x, _ in cells) < 24
    assert {each["name"] for each in dashboard["templating"]["list"]} == {"datasource", "repository", "scope"}


def test_the_alerts_ask_for_labels_and_values_that_there_are() -> None:
    text = (DOCS / "alerts.rules.yml").read_text("utf-8")
    asked = SELECTOR.findall(" ".join(line for line in text.splitlines() if "description" not in line))
    assert asked
    words = {"status": {*map(str, FileStatus), *map(str, Status)}, "outcome": {*map(str, Outcome), "error"}}
    for name, labels in asked:
        for label, values in re.findall(r'(\w+)=~?"([^"]*)"', labels):
            assert label in EXPORTED[name]
            assert label not in words or words[label].issuperset(values.split("|"))


@WITHOUT_PROMTOOL
@pytest.mark.parametrize("arguments", [["check", "rules", "alerts.rules.yml"], ["test", "rules", "alerts.test.yml"]])
def test_prometheus_takes_the_rules_and_they_fire_as_they_should(arguments: list[str]) -> None:
    assert PROMTOOL is not None
    done = subprocess.run([PROMTOOL, *arguments], cwd=DOCS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_rule_is_tried() -> None:
    rules = re.findall(r"- alert: (\w+)", (DOCS / "alerts.rules.yml").read_text("utf-8"))
    tried = re.findall(r"alertname: (\w+)", (DOCS / "alerts.test.yml").read_text("utf-8"))
    assert set(rules) == set(tried)
