from time import process_time

import pytest

from antipasta_hook.config.patterns import attribute_matcher, ignore_matcher


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 50 + "*b", "a" * 4000),
        ("**/a/" * 20 + "b", "a/" * 2000),
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
