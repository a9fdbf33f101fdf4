"""Whatever is staged, all readers say the same, and what git says."""

import os
from random import Random

import pytest

from tests.integration.changes.reading import staged
from tests.integration.repositories import Repo, function

NAMES = [
    "a.py",
    "b.py",
    "c.pyi",
    "tool",
    "n.txt",
    "d/a.py",
    "d/e/a.py",
    "d/e/b.py",
    "vendor/v.py",
    "x_pb2.py",
    "\udce9.py",
]
TEXTS = ["", "x = 1\n", "#!/usr/bin/python3\n", "#!/bin/sh\n", *(function(name) for name in "abcd")]
ATTRIBUTES = ["d/** linguist-generated\n", "*.py linguist-vendored\nd/*.py -linguist-vendored\n", "* text\n"]
MODES = ["100644", "100644", "100644", "100755", "120000"]


def edit(repo: Repo, random: Random, count: int) -> None:
    """Change the index at random: put, remove, move, make executable, mark as intended."""
    blobs = [repo.git("hash-object", "-w", "--stdin", given=text) for text in TEXTS]
    attributes = [repo.git("hash-object", "-w", "--stdin", given=text) for text in ATTRIBUTES]
    entries = []
    for _ in range(count):
        name = random.choice(NAMES)
        entries.append(
            f"0 {'0' * 40}\t{name}"
            if random.random() < 0.25
            else f"{random.choice(MODES)} {random.choice(blobs)}\t{name}"
        )
    if random.random() < 0.5:
        entries.append(f"100644 {random.choice(attributes)}\t{random.choice(['', 'd/'])}.gitattributes")
    if random.random() < 0.3:
        entries.append(f"160000 {'1' * 40}\t{random.choice(NAMES)}")
    if random.random() < 0.3:
        entries.append(f"100644 {random.choice(blobs)}\ta.py/below.py")
    given = b"".join(os.fsencode(entry) + b"\0" for entry in entries)
    repo.git("update-index", "--replace", "-z", "--index-info", given=given)


@pytest.mark.parametrize("seed", range(12))
def test_random_edits(repo: Repo, seed: int) -> None:
    random = Random(seed)
    for step in range(4):
        edit(repo, random, random.randint(1, 8))
        staged(repo)
        if random.random() < 0.5:
            repo.git("write-tree")
            staged(repo)
        if step % 2 == 0:
            repo.commit()
