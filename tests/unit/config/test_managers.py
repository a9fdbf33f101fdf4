import pytest
from hypothesis import given
from hypothesis import strategies as st

from antipasta_hook.config.managers import without_effect

OURS = "repos:\n  - repo: https://example.org/a\n    rev: v1\n    hooks:\n      - id: antipasta\n{}"


def test_files_and_exclude_of_our_hook_are_named() -> None:
    (files, exclude) = without_effect(OURS.format("        files: ^src/\n        exclude: '^src/old/'\n").encode())
    assert files.startswith("`files: ^src/` of the hook antipasta decides whether this hook runs")
    assert exclude.startswith("`exclude: ^src/old/` of the hook antipasta ")


def test_those_at_the_top_hold_for_all_hooks() -> None:
    (found,) = without_effect(b"exclude: |\n    (?x)^(\n      docs/\n    )$\n" + OURS.format("").encode())
    assert found.startswith("`exclude: (?x)^( docs/ )$` of all hooks ")


@pytest.mark.parametrize(
    "text",
    [
        OURS.format(""),
        OURS.format("").replace("antipasta", "other") + "        files: ^antipasta\n",
        "repos: [antipasta, files]",
        "antipasta: files",
        "- antipasta files",
        "repos:\n  - hooks: {id: antipasta, files: x}",
        "files: ^src/\nrepos: {}  # antipasta",
        "antipasta files: [",
        "antipasta files: !!python/object/apply:os.system [exit]",
        OURS.format("        files: 7\n"),
    ],
)
def test_what_does_not_concern_us_is_left_alone(text: str) -> None:
    assert without_effect(text.encode()) == ()


@given(st.binary())
def test_any_bytes_are_survived(noise: bytes) -> None:
    assert isinstance(without_effect(b"antipasta files: " + noise), tuple)
