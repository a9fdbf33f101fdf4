import sys
from collections.abc import Callable, Iterable
from time import process_time
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antipasta_hook.config import patterns as patterns_module
from antipasta_hook.config import wildmatch
from antipasta_hook.config.patterns import attribute_matcher, ignore_matcher, ignore_verdict
from antipasta_hook.config.settings import Layer, Override, Settings, Value, told
from antipasta_hook.model import Gate


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 50 + "*b", "a" * 4000),
        ("**/a/" * 20 + "b", "a/" * 2000),
        ("**\\/a/" * 20 + "b", "a/" * 2000),
        ("**/*a*a*b/" * 10 + "x", ("a" * 60 + "/") * 60),
        ("[" + "a-z" * 300 + "]*" * 100 + "!", "a" * 4000),
        ("?*" * 200 + "!", "a" * 4000),
    ],
)
def test_no_pattern_takes_long(pattern: str, path: str) -> None:
    """A backtracking translation takes hours over these; the bound is generous, the claim is not about speed."""
    started = process_time()
    match = attribute_matcher(pattern)
    assert match is not None
    assert not match(path)
    assert process_time() - started < 20


def test_gitignore_lines() -> None:
    ignored = ignore_matcher(["# comment", "", "build/", "*.gen.py", "!keep.gen.py", "/top.py", "space\\ ", "spaces  "])
    assert ignored("build/deep/a.py")
    assert not ignored("build")
    assert ignored("d/x.gen.py")
    assert not ignored("d/keep.gen.py")
    assert ignored("top.py")
    assert not ignored("d/top.py")
    assert ignored("space ")
    assert ignored("spaces")
    assert not ignore_matcher([])("a.py")


def test_what_is_in_an_ignored_directory_cannot_be_taken_back() -> None:
    ignored = ignore_matcher(["vendored/*", "!vendored/ours", "gone/", "!gone/a.py"])
    assert ignored("vendored/theirs/a.py")
    assert not ignored("vendored/ours/a.py")
    assert ignored("gone/a.py")


@given(
    st.lists(
        st.sampled_from(["a", "!a", "a/", "!a/", "/a", "a/b", "!a/b", "*b", "!*b", "**/b", "a/**", "b/", "[ab]c"])
    ),
    st.lists(st.sampled_from(["a", "b", "ab", "ac"]), min_size=1, max_size=4).map("/".join),
)
def test_patterns_taken_together_say_what_they_say_one_by_one(patterns: list[str], path: str) -> None:
    """Of each directory and then of the path itself the last that matches counts, and a directory takes all."""

    def said(place: str, *, directory: bool) -> bool | None:
        for pattern in reversed(patterns):
            bare = pattern.removeprefix("!")
            if bare.endswith("/") and not directory:
                continue
            alone = attribute_matcher(bare.removesuffix("/"))
            if alone is not None and alone(place):
                return not pattern.startswith("!")
        return None

    parts = path.split("/")
    above = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
    expected = True if any(said(each, directory=True) for each in above) else said(path, directory=False)
    verdict = ignore_verdict(patterns)
    assert verdict(path) is expected
    assert verdict(path) is expected  # what is known of its directory by now


def test_a_thousand_patterns_are_held_against_a_path_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once each of them was tried on each path and each directory above it, for each override: 10 s on 3,700 files."""
    tried = 0
    fullmatch = wildmatch.matcher

    def counted(regexes: Iterable[str]) -> Callable[[str], object]:
        match = fullmatch(regexes)

        def counting(text: str) -> object:
            nonlocal tried
            tried += 1
            return match(text)

        return counting

    monkeypatch.setattr(patterns_module, "matcher", counted)
    alike = tuple(f"src/{n}/*.py" for n in range(50))
    overrides = [Override(alike, {"gate": Value("all")}) for _ in range(10)]
    overrides += [Override((f"lib/{n}/*.py", f"test_{n}_*"), {"gate": Value("all")}) for n in range(10)]
    settings = Settings([Layer("", {}, tuple(overrides))])
    paths = [f"src/{n % 7}/deeper/{n}.py" for n in range(1_000)]
    assert {settings.criteria(path).gate for path in paths} == {Gate.INTRODUCED}
    assert tried <= 11 * 2 * (len(paths) + 3 * 7)


def test_layers_of_thousands_of_directories_are_found_by_name() -> None:
    layers = [Layer(f"a/b{n}", {"gate": Value("all")}) for n in range(3_000)]
    settings = Settings([*layers, told(gate="touched")])
    calls = 0

    def count(_frame: FrameType, event: str, _what: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        found = settings.reaching("a/b7/c/d.py")
    finally:
        sys.setprofile(None)
    assert [layer.directory for layer in found] == ["", "a/b7", ""]
    assert settings.criteria("a/b7/c/d.py").gate == Gate.TOUCHED
    assert calls < 100
