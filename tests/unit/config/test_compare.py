"""What is looser now than it was: every key that can be loosened, and none that was tightened."""

import pytest

from antipasta_hook.config.compare import loosened
from antipasta_hook.config.load import load
from antipasta_hook.config.settings import DEFAULTS, Settings

PATHS = ("tests/x.py", "a.py", "pkg/b.py")


def made(source: str, inner: str = "") -> Settings:
    """The settings of a root file and of one in pkg/."""
    files = {".antipasta.yaml": "1" * 40, "pkg/.antipasta.yaml": "2" * 40}
    sources = {"1" * 40: source.encode(), "2" * 40: inner.encode()}
    return Settings(load(files, sources.__getitem__, None).layers)


@pytest.mark.parametrize(
    ("before", "now", "looser", "tighter"),
    [
        ("", "limits: {cognitive: 20}", ["limit of cognitive 15 -> 20 (.antipasta.yaml:1)"], []),
        ("limits: {loc: 500}", "limits: {loc: 500.5}", ["limit of loc 500 -> 500.5 (.antipasta.yaml:1)"], []),
        ("limits: {loc: 500}", "", ["limit of loc 500 -> none"], []),
        ("limits: {loc: 500}", "limits: {loc: off}", ["limit of loc 500 -> none"], []),
        (
            "limits: {maintainability: 30}",
            "\nlimits: {maintainability: 20}",
            ["limit of maintainability 30 -> 20 (.antipasta.yaml:2)"],
            [],
        ),
        ("", "limits: {cyclomatic: off}", ["level of cyclomatic error -> off (.antipasta.yaml:1)"], []),
        (
            "",
            "limits: {cyclomatic: {level: warning, limit: 9}}",
            ["level of cyclomatic error -> warning (.antipasta.yaml:1)"],
            ["limit of cyclomatic 9 -> 10 (default)"],
        ),
        ("gate: all", "", ["gate all -> introduced (default)"], []),
        ("gate: all", "gate: touched", ["gate all -> touched (.antipasta.yaml:1)"], []),
        ("count_asserts: true", "", ["count_asserts true -> false (default)"], []),
        ("", "on_unreadable: warn", ["on_unreadable fail -> warn (.antipasta.yaml:1)"], []),
        ("on_error: fail", "on_error: warn", ["on_error fail -> warn (.antipasta.yaml:1)"], []),
        ("on_deferred: fail", "", ["on_deferred fail -> pass (default)"], []),
        ("tolerance: 0", "", ["tolerance 0 -> default (default)"], []),
        ("tolerance: 0", "tolerance: 1", ["tolerance 0 -> 1 (.antipasta.yaml:1)"], []),
        ("", "tolerance: 7", ["tolerance default -> 7 (.antipasta.yaml:1)"], []),
        (
            "",
            "tolerance: 3",
            ["tolerance default -> 3 (.antipasta.yaml:1)"],
            ["tolerance 3 -> default (default)"],
        ),
        (
            "tolerance: 0",
            "{tolerance: 0, limits: {cognitive: {tolerance: 4}}}",
            ["tolerance of cognitive 0 -> 4 (.antipasta.yaml:1)"],
            [],
        ),
        (
            "exclude: [a/]",
            "exclude: [a/, b.py, '!c.py']",
            ["added: exclude b.py (.antipasta.yaml:1)"],
            ["removed: exclude !c.py"],
        ),
        ("include: [vendor/]", "include: []", ["removed: include vendor/"], []),
        ("", "include: ['!vendor/x/']", ["added: include !vendor/x/ (.antipasta.yaml:1)"], []),
        (
            "",
            "overrides: [{paths: [tests/], limits: {cognitive: 40}}]",
            ["limit of cognitive 15 -> 40 (.antipasta.yaml:1)"],
            [],
        ),
        (
            "",
            "overrides: [{paths: ['new/**/*_gen.py'], limits: {cognitive: 40}}]",
            ["limit of cognitive 15 -> 40 (.antipasta.yaml:1)"],
            [],
        ),
        ("", "overrides: [{paths: [tests/], limits: {cognitive: 4}}]", [], None),
        ("budget: none", "budget: 1s", [], []),
        ("reader: git", "cache: {size: 1GB}", [], []),
    ],
)
def test_each_loosening_is_one_sentence(before: str, now: str, looser: list[str], tighter: list[str] | None) -> None:
    assert loosened(made(before), made(now), PATHS) == looser
    assert tighter is None or loosened(made(now), made(before), PATHS) == tighter
    assert loosened(made(now), made(now), PATHS) == []


def test_settings_of_a_directory_count_for_what_is_in_it() -> None:
    before, now = made("", "gate: all"), made("", "{limits: {cognitive: 30}, exclude: [gen/]}")
    for paths in (["pkg/b.py"], ["a.py"], []):  # what comes later counts as well
        assert loosened(before, now, paths) == [
            "limit of cognitive 15 -> 30 (pkg/.antipasta.yaml:1)",
            "gate all -> introduced (default)",
            "added: exclude gen/ in pkg/ (pkg/.antipasta.yaml:1)",
        ]


def test_the_order_of_the_paths_changes_nothing_and_each_sentence_comes_once() -> None:
    now = made("limits: {loc: 3, cognitive: 40}\noverrides: [{paths: [tests/], gate: all}]", "gate: touched")
    expected = loosened(made("limits: {loc: 1}", "gate: all"), now, PATHS)
    assert loosened(made("limits: {loc: 1}", "gate: all"), now, [*reversed(PATHS), *PATHS]) == expected
    assert len(set(expected)) == len(expected) == 3


def test_the_root_counts_even_without_paths() -> None:
    assert loosened(DEFAULTS, made("limits: {cognitive: 16}"), []) == [
        "limit of cognitive 15 -> 16 (.antipasta.yaml:1)"
    ]
