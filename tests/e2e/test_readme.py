"""What the README shows is what happens."""

import re
from pathlib import Path

import dev
from tests.e2e.conftest import Desk

README = Path(__file__).parents[2] / "README.md"
SHOWN = re.compile(r'^```console\n\$ git commit -a -m "Give discounts"\n(.*?)^```$', re.MULTILINE | re.DOTALL)
SECONDS = re.compile(r"\d+\.\d\d s$", re.MULTILINE)


def test_the_blocked_commit_of_the_readme_looks_like_this(desk: Desk) -> None:
    desk.past(basket=dev.BASKET)
    desk.write("basket.py", dev.BASKET + dev.DISCOUNT)
    done = desk.run("git", "commit", "-a", "-m", "Give discounts")
    shown = SHOWN.search(README.read_text("utf-8"))
    assert shown
    assert SECONDS.sub("? s", done.stdout + done.stderr) == SECONDS.sub("? s", shown[1])
