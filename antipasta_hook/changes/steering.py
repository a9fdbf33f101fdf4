"""What could steer a git that we start, and how it is kept from that: its program, its environment, its settings.

A repository's own configuration is as untrusted as its files: whoever packs a directory writes both.
"""

import os
from collections.abc import Mapping
from typing import Final

from antipasta_hook.model import Failure

# What would redirect or decorate git's answers, or make it run something.
_UNWANTED: Final = frozenset(
    {
        "GIT_ASKPASS",
        "GIT_ATTR_SOURCE",
        "GIT_CONFIG",
        "GIT_DIFF_OPTS",
        "GIT_EDITOR",
        "GIT_EXTERNAL_DIFF",
        "GIT_GLOB_PATHSPECS",
        "GIT_ICASE_PATHSPECS",
        "GIT_LITERAL_PATHSPECS",
        "GIT_NOGLOB_PATHSPECS",
        "GIT_PAGER",
        "GIT_PROXY_COMMAND",
        "GIT_SEQUENCE_EDITOR",
        "GIT_SSH",
        "GIT_SSH_COMMAND",
        "SSH_ASKPASS",
    },
)
_UNWANTED_GROUPS: Final = ("GIT_TRACE", "GIT_REDIRECT_")
"""Variables that begin so name files that git writes to."""
_WANTED: Final = {
    "GIT_ALLOW_PROTOCOL": "none",  # the one list that no configuration lengthens, and older gits know it
    "GIT_GRAFT_FILE": os.devnull,  # else a file in .git could give commits other parents
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",  # a blob id is a cache key: it must mean its own bytes
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_TRACE2": "0",  # a user's settings may ask for it as well
    "GIT_TRACE2_EVENT": "0",
    "GIT_TRACE2_PERF": "0",
    "LC_ALL": "C",
}
_SETTINGS: Final = ("core.fsmonitor=false", "protocol.allow=never", "advice.graftFileDeprecated=false")
_NO_HOOKS: Final = f"core.hooksPath={os.devnull}"


def on_path(program: str, environ: Mapping[str, str]) -> str | None:
    """A program on the absolute directories of PATH, never one in the current directory; None where there is none."""
    name = f"{program}.exe" if os.name == "nt" else program
    places = [place for place in environ.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(place)]
    paths = (os.path.join(place, name) for place in places)
    return next((path for path in paths if os.path.isfile(path) and os.access(path, os.X_OK)), None)


def git_on_path(environ: Mapping[str, str]) -> str | None:
    """The git that is started."""
    return on_path("git", environ)


def find_git(environ: Mapping[str, str]) -> str:
    """The same; raises Failure."""
    if path := git_on_path(environ):
        return path
    raise Failure("git was not found on PATH", kind="git-missing", recovery="install git or put it on PATH")


def unsteered(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment in which git answers as it is asked, starts nothing and writes nothing else."""
    kept = {name: value for name, value in environ.items() if name not in _UNWANTED}
    return {name: value for name, value in kept.items() if not name.startswith(_UNWANTED_GROUPS)} | _WANTED


def command(program: str, *arguments: str, hooks: bool = False) -> list[str]:
    """A command whose settings no configuration overrules. ``hooks``: where they are is what is asked for."""
    settings = _SETTINGS if hooks else (*_SETTINGS, _NO_HOOKS)
    return [program, "--no-pager", *(part for setting in settings for part in ("-c", setting)), *arguments]
