import pytest

from antipasta_hook.changes.content import has_python_shebang, is_lfs_pointer


@pytest.mark.parametrize(
    "line",
    [
        "#!/usr/bin/env python3",
        "#!/usr/bin/env python",
        "#!/usr/bin/python3.12 -O",
        "#! /usr/local/bin/python2.7",
        "#!/usr/bin/env -S python3 -u",
        "#!/usr/bin/env -Spython3 -u",
        "#!/usr/bin/env --split-string=python3 -u",
        "#!/usr/bin/env -S PYTHONUNBUFFERED=1 python3",
        "#!/usr/bin/env -i LANG=C python3",
        "#!/usr/bin/env -S uv run --script",
        "#!/usr/bin/env -S uv --quiet run --script",
        "#!/usr/bin/pypy3",
        "#!python",
        "#!/usr/bin/python3.13t\r",
        "#!C:/Python/python.exe",
    ],
)
def test_a_shebang_that_starts_python(line: str) -> None:
    assert has_python_shebang(line.encode() + b"\nx = 1\n")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "#!",
        "#!/bin/sh",
        "#!/usr/bin/env",
        "#!/usr/bin/env -S",
        "#!/usr/bin/env bash python",
        "#!/usr/bin/pythonic",
        "#!/usr/bin/ipython-notebook",
        "#!/usr/bin/env -S uv pip install",
        "# !/usr/bin/python",
        " #!/usr/bin/python",
        "\n#!/usr/bin/python",
        "#!" + " " * 600 + "/usr/bin/python",
    ],
)
def test_a_shebang_that_does_not(line: str) -> None:
    assert not has_python_shebang(line.encode() + b"\nx = 1\n")


def test_an_lfs_pointer_is_small_and_begins_with_its_version() -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    assert is_lfs_pointer(pointer)
    assert not is_lfs_pointer(b"# " + pointer)
    assert not is_lfs_pointer(pointer + b" " * 1024)
    assert not is_lfs_pointer(b"")
