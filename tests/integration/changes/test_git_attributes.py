"""Attributes and ignore patterns are matched as git matches them: git check-attr and check-ignore are the oracles."""

import os
import random
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antipasta_hook.changes.attributes import GENERATED, VENDORED, Attributes, parse
from antipasta_hook.config.patterns import attribute_matcher, ignore_matcher
from tests.integration.repositories import Repo

PATHS = [
    "a.py",
    "b.py",
    "a b.py",
    "ab.py",
    "A.py",
    "#a.py",
    "!a.py",
    "a[b].py",
    "a*b.py",
    "a\\b.py",
    'a"b.py',
    "a\nb.py",
    "\u00e9.py",
    "x/a.py",
    "x/y/a.py",
    "x/y/z/a.py",
    "x/y/z/b.py",
    "y/x/a.py",
    "x.py/a.py",
    "a.py/a.py",
    "x/gen/a_pb2.py",
    "gen/deep/er/a.py",
    " .py",
    "x/ .py",
    "trailing /a.py",
]
PATTERNS = [
    *("*", "**", "*.py", "a.py", "/a.py", "x", "x/", "/x/", "x/*", "x/**", "x/**/", "**/a.py", "x/**/a.py", "**/x/**"),
    *("x/*/a.py", "*/a.py", "/*/a.py", "?.py", "[ab].py", "[!a].py", "[^a].py", "[a-b].py", "a[[]b].py", "a\\*b.py"),
    *("\\#a.py", "#a.py", "!a.py", "\\!a.py", '"a b.py"', '"a\\nb.py"', '"\\303\\251.py"', "\u00e9.py", '"a\\"b.py"'),
    *('"a\\\\\\\\b.py"', "a\\\\b.py", '"#a.py"', '"!a.py"', '" .py"', "*b.py", "a*", "**.py", "x/**.py", "x**/a.py"),
    *("**/**/a.py", "/**", "/**/", "x/y", "x/y/", "y/a.py", "gen/**", "gen/**/*.py", "**/gen/*", "*_pb2.py", "*.*"),
    *(
        "[a.py",
        "a]b",
        "[]a].py",
        "a/./b",
        "./a.py",
        "//a.py",
        "x//a.py",
        "*y*/a.py",
        "***/a.py",
        "x/***",
        '"trailing /a.py"',
    ),
    *("**\\/a.py", "x/**\\/a.py", "**\\/y/**/a.py", "**/y\\/**\\/a.py", "*\\/a.py", "x\\/**", "x\\/**\\/y\\/*.py"),
]
WORDS = [
    GENERATED,
    f"-{GENERATED}",
    f"!{GENERATED}",
    f"{GENERATED}=true",
    f"{GENERATED}=false",
    VENDORED,
    f"-{VENDORED}",
]
OTHERS = ["text", "made", "-made", "!made", "made=yes", "all", "binary", "diff=python"]
MACROS = [f"[attr]made {GENERATED} -text", f"[attr]all made {VENDORED}", f"[attr]made -{GENERATED}"]

lines = st.builds(
    lambda pattern, words: " ".join([pattern, *words]),
    st.sampled_from(PATTERNS),
    st.lists(st.sampled_from(WORDS + OTHERS), min_size=1, max_size=3),
)
files = st.lists(st.one_of(lines, lines, lines, st.sampled_from([*MACROS, "# a comment", "", "   "])), max_size=6)


def asked(repo: Repo, names: Iterable[str], paths: Iterable[str]) -> dict[tuple[str, str], str]:
    """What git says of attributes, by path and name, from the index alone."""
    given_paths = b"".join(os.fsencode(path) + b"\0" for path in paths)
    said = repo.git("check-attr", "--cached", "--stdin", "-z", *names, given=given_paths)
    fields = said.split("\0")
    return {(fields[i], fields[i + 1]): fields[i + 2] for i in range(0, len(fields) - 2, 3)}


def stage_file(repo: Repo, path: str, text: str) -> None:
    oid = repo.git("hash-object", "-w", "--stdin", given=text)
    repo.git("update-index", "--add", "--cacheinfo", f"100644,{oid},{path}")


@pytest.fixture(scope="module")
def attribute_repo(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    return Repo.create(tmp_path_factory.mktemp("attributes") / "repo")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(root=files, nested=files)
def test_attributes_are_gits(attribute_repo: Repo, root: list[str], nested: list[str]) -> None:
    texts = {"": "\n".join(root), "x": "\n".join(nested)}
    stage_file(attribute_repo, ".gitattributes", texts[""])
    stage_file(attribute_repo, "x/.gitattributes", texts["x"])
    attributes = Attributes({directory: parse(text.encode()) for directory, text in texts.items()})
    for (path, name), said in asked(attribute_repo, (GENERATED, VENDORED), PATHS).items():
        expected = {"unspecified": None, "unset": False, "false": False}.get(said, True)
        assert attributes.of(path)[name] is expected, (path, said, texts)


def drawn_patterns(seed: int) -> list[str]:
    """Patterns of the few pieces that matter, as nobody would write them."""
    chance = random.Random(seed)
    pieces = ["*", "**", "/", "/", "\\/", "?", "a", "b", "x", "y", ".py", "[a-b]", "\\a", "[!/]"]
    drawn = ("".join(chance.choices(pieces, k=chance.randrange(1, 7))) for _ in range(400))
    return [pattern for pattern in drawn if not pattern.startswith("!")]


@pytest.mark.parametrize("patterns", [PATTERNS, *map(drawn_patterns, range(4))], ids=["chosen", *"1234"])
def test_each_pattern_matches_what_git_matches(attribute_repo: Repo, patterns: list[str]) -> None:
    text = "".join(f"{pattern} attribute{number}\n" for number, pattern in enumerate(patterns))
    stage_file(attribute_repo, ".gitattributes", text)
    stage_file(attribute_repo, "x/.gitattributes", "")
    said = asked(attribute_repo, [f"attribute{number}" for number in range(len(patterns))], PATHS)
    rules = {rule.states[0][0]: rule for rule in parse(text.encode())}
    for number, pattern in enumerate(patterns):
        name = f"attribute{number}"
        matcher = attribute_matcher(rules[name].pattern) if name in rules else None
        ours = {path for path in PATHS if matcher is not None and matcher(path)}
        assert ours == {path for path in PATHS if said[path, name] == "set"}, pattern


IGNORE_PATTERNS = [pattern for pattern in PATTERNS if not pattern.startswith(('"', "#"))]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(chosen=st.lists(st.sampled_from([*IGNORE_PATTERNS, "!a.py", "!x/", "!x/y/**"]), max_size=4))
def test_settings_patterns_are_gitignores(attribute_repo: Repo, chosen: list[str]) -> None:
    (attribute_repo.path / ".git/info/exclude").write_text("\n".join(chosen) + "\n")
    given_paths = b"".join(os.fsencode(path) + b"\0" for path in PATHS)
    said = attribute_repo.git("check-ignore", "--no-index", "--stdin", "-z", check=False, given=given_paths)
    matcher = ignore_matcher(tuple(chosen))
    assert {path for path in PATHS if matcher(path)} == set(said.split("\0")) - {""}
