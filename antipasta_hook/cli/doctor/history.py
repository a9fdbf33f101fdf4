"""``doctor --history``: what the latest runs of a repository came to, on this machine."""

import argparse
import json
import os

from antipasta_hook.cache.runs import Runs
from antipasta_hook.changes import open_repository
from antipasta_hook.cli.codes import EXIT_CANNOT_JUDGE, EXIT_PASS
from antipasta_hook.cli.streams import put
from antipasta_hook.model import Failure
from antipasta_hook.telemetry.history import document, lines


def run(arguments: argparse.Namespace) -> int:
    """Write it, as a table or as JSON; raises Failure outside a repository, or where a report is wanted besides."""
    if arguments.report is not None:
        raise Failure(
            "--history is no part of a report",
            kind="output",
            recovery="ask for one of the two",
        )
    with open_repository(arguments.directory, os.environ) as repository:
        found = Runs(repository.git_dir, os.environ).all()
    if arguments.format == "json":
        text = f"{json.dumps(document(found), indent=2)}\n"
    else:
        text = "".join(f"{line}\n" for line in lines(found))
    return EXIT_PASS if put(text) else EXIT_CANNOT_JUDGE
