import pytest

from antipasta_hook.changes.attributes import GENERATED, VENDORED, Attributes, directories, parse


def said(path: str, name: str = GENERATED, **files: str) -> bool | None:
    """What files say of a path; the name of a file is its directory, ``root`` for the root."""
    texts = {"" if directory == "root" else directory: text for directory, text in files.items()}
    return Attributes({directory: parse(text.encode()) for directory, text in texts.items()}).of(path)[name]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.py linguist-generated", True),
        ("a.py linguist-generated=true", True),
        ("a.py linguist-generated=1", True),
        ("a.py linguist-generated=false", False),
        ("a.py -linguist-generated", False),
        ("a.py !linguist-generated", None),
        ("a.py linguist-vendored", None),
        ("a.py linguist-generated\na.py -linguist-generated", False),
        ("a.py -linguist-generated\n*.py linguist-generated", True),
        ("# a.py linguist-generated", None),
        ("\t a.py\tlinguist-generated\r\n", True),
        ('"a.py" linguist-generated', True),
        ('"\\141.py" linguist-generated', True),
        ("d/ linguist-generated", None),
        ("[attr]made linguist-generated\na.py made", True),
        ("[attr]made linguist-generated\n[attr]more made\na.py more", True),
        ("[attr]a b\n[attr]b a linguist-generated\na.py a", True),
        ("a.py linguist-generated " + "x" * 2048, None),
    ],
)
def test_one_file(text: str, expected: bool | None) -> None:  # noqa: FBT001 - a table
    assert said("a.py", root=text) is expected


def test_the_nearest_file_wins() -> None:
    files = {"root": "* linguist-generated", "d": "b.py -linguist-generated", "d/e": "b.py !linguist-generated"}
    assert said("a.py", **files) is True
    assert said("d/a.py", **files) is True
    assert said("d/b.py", **files) is False
    assert said("d/e/b.py", **files) is None


def test_macros_come_from_the_root_only() -> None:
    assert said("d/a.py", root="[attr]made linguist-vendored", d="a.py made", name=VENDORED) is True
    assert said("d/a.py", d="[attr]made linguist-vendored\na.py made", name=VENDORED) is None


def test_more_lines_than_can_be_used_are_named() -> None:
    attributes = Attributes({"": parse(b"a.py linguist-generated\n" + b"b.py -linguist-generated\n" * 1000)})
    assert attributes.of("a.py")[GENERATED] is None
    assert attributes.of("b.py")[GENERATED] is False
    assert attributes.unused == [("", "all but the last 1000 of its 1001 lines on linguist")]


def test_the_directories_of_a_path() -> None:
    assert list(directories("a/b/c.py")) == ["a/b", "a", ""]
    assert list(directories("c.py")) == [""]
