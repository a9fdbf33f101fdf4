"""``antipasta-hook ci``: every Python file of HEAD against where its branch began; what cannot be judged fails."""

import argparse
import json
import os
from collections.abc import Mapping
from typing import Final

from antipasta_hook.cli import judging
from antipasta_hook.cli.modes import Switch, switch
from antipasta_hook.cli.services import Service, meant, service_of
from antipasta_hook.model import Ask, Asked, Failure

_LARGEST_EVENT: Final = 64 << 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "--base", metavar="REV", help="where the branch began (default: as the CI service says, or HEAD's first parent)"
    )
    parser.set_defaults(files=[])
    judging.add_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Judge HEAD."""
    if arguments.base == "":
        raise Failure(
            "--base is empty: a variable that was not set?",
            kind="range",
            recovery="name a branch, a tag or a commit, or leave --base out",
        )
    arguments.asked = Asked(Ask.CI, "ci", strict=True)
    return judging.judge(arguments, based(arguments.asked, arguments.base, os.environ))


def based(asked: Asked, named: str | None, environ: Mapping[str, str]) -> Asked:
    """The question, with what is meant to be held against HEAD; raises Failure where the service's event is no use."""
    if switch(environ) == Switch.OFF:
        return asked  # nothing is judged, so nothing has to be found out
    service = service_of(environ)
    who = "--base"
    if not named:
        named, who = environ.get("PRE_COMMIT_FROM_REF"), "PRE_COMMIT_FROM_REF"
    event = _event(service, environ) if service is not None and not named else None
    return asked._replace(meant=meant(service, environ, event, named=named or "", who=who))


def _event(service: Service, environ: Mapping[str, str]) -> object:
    """What a service says of the event in a file; None for a service that has none."""
    if not service.event:
        return None
    try:
        if not os.path.isfile(environ[service.event]):
            why = "it names no file that is here"
        else:
            with open(environ[service.event], "rb") as file:
                return json.loads(file.read(_LARGEST_EVENT))
    except KeyError:
        why = "it is not set"
    except OSError as error:
        why = f"its file cannot be read: {error.strerror or type(error).__name__}"
    except (ValueError, RecursionError):
        why = "the file that it names is no JSON"
    raise Failure(
        f"{service.name} says in {service.event} what is to be judged, but {why}",
        kind="event",
        recovery="let this step see the variable and its file, or name the base: --base REV",
    )
