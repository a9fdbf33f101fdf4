"""Where the message goes: what standard output can show, and printing with rich where colours are really seen."""

import codecs
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, TextIO

from antipasta_hook.cli.streams import put
from antipasta_hook.model import Outcome, Report
from antipasta_hook.report.layout import Line, Style, joined
from antipasta_hook.report.screen import PLAIN, Screen, Shell
from antipasta_hook.report.text import styled

_PROGRAM: Final = "antipasta-hook"
_PLAIN: Final = re.compile(r"[\w+./-]+", re.ASCII)
_WIDTHS: Final = range(60, 101)
_MARKS: Final = "\u2192\u2026\u2013"
_ANSI_ON_WINDOWS: Final = ("WT_SESSION", "TERM", "ANSICON", "ConEmuANSI")


class Sight(NamedTuple):
    """What a person who looks at standard output sees."""

    screen: Screen
    colour: bool


def show(report: Report, *, full: bool = False, push: bool = False, warn: bool = False) -> None:
    """Print the report for people. ``push``: they typed ``git push``; ``warn``: they asked that nothing blocks.

    A report of a pass is one or a few lines, and not worth loading rich for.
    """
    sight = look(sys.stdout, os.environ)
    lines = styled(report, full=full, screen=sight.screen._replace(push=push, warn=warn))
    put(painted(lines) if sight.colour and report.verdict.outcome == Outcome.FAIL else joined(lines))


def look(stream: TextIO | None, environ: Mapping[str, str]) -> Sight:
    """Ask a stream what it is; a closed one shows nothing."""
    try:
        size = os.get_terminal_size(stream.fileno()) if stream is not None and stream.isatty() else (0, 0)
    except (OSError, ValueError):
        size = (0, 0)
    encoding = getattr(stream, "encoding", None) or "ascii"
    return sight_of(size=size, encoding=encoding, environ=environ, platform=sys.platform)


def sight_of(*, size: tuple[int, int], encoding: str, environ: Mapping[str, str], platform: str) -> Sight:
    """What is seen of a stream. ``size``: columns and lines, 0 x 0 where it is no terminal.

    Hook managers give their hooks a terminal of 0 x 0, which nobody looks at.
    """
    seen = min(size) > 0 and environ.get("TERM") != "dumb" and not environ.get("NO_COLOR")
    known = encoding if _is_known(encoding) else "ascii"
    screen = PLAIN._replace(
        width=min(max(size[0], _WIDTHS.start), _WIDTHS.stop - 1) if min(size) > 0 else PLAIN.width,
        unicode=seen and _can_write(_MARKS, known) and _is_for_unicode(environ, platform),
        encoding=known,
        shell=shell_of(environ, platform),
        program=program_of(sys.argv[0], environ, os.path.isfile),
        staged=os.path.basename(environ.get("GIT_INDEX_FILE") or "index") == "index",
    )
    return Sight(screen, colour=(seen and _has_colours(environ, platform)) or _wants_colours(environ))


def _has_colours(environ: Mapping[str, str], platform: str) -> bool:
    return platform != "win32" or any(name in environ for name in _ANSI_ON_WINDOWS)


def _wants_colours(environ: Mapping[str, str]) -> bool:
    """Whether colours are asked for even where no terminal is: in the log of a CI service."""
    return environ.get("FORCE_COLOR", "") not in {"", "0"} and not environ.get("NO_COLOR")


def _is_known(encoding: str) -> bool:
    try:
        codecs.lookup(encoding)
    except (LookupError, ValueError):
        return False
    return True


def _can_write(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeError:
        return False
    return True


def _is_for_unicode(environ: Mapping[str, str], platform: str) -> bool:
    """Whether the terminal is set up for Unicode. LC_CTYPE does not tell: in the locale C, Python itself sets it."""
    locale = environ.get("LC_ALL") or environ.get("LANG") or ""
    return platform == "win32" or "utf" in locale.lower()


def program_of(argv0: str, environ: Mapping[str, str], exists: Callable[[str], bool]) -> str:
    """What a person types to start this program.

    A hook manager keeps it in an environment of its own, which is on PATH for the hook alone: there it is the whole
    path, unless some other directory of PATH has the program too. The home directory is written as ``~``.
    """
    directory, name = os.path.split(argv0)
    is_managed = "PRE_COMMIT" in environ and name == _PROGRAM and os.path.isabs(argv0) and _PLAIN.fullmatch(argv0)
    others = [place for place in environ.get("PATH", "").split(os.pathsep) if place not in {"", directory}]
    if not is_managed or any(exists(os.path.join(place, _PROGRAM)) for place in others):
        return _PROGRAM
    return _below_home(argv0, environ.get("HOME", ""))


def _below_home(path: str, home: str) -> str:
    return f"~{path[len(home) :]}" if home and path.startswith(f"{home}/") else path


def shell_of(environ: Mapping[str, str], platform: str) -> Shell:
    """What the reader types commands into, as far as the environment tells."""
    name = environ.get("SHELL", "").replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe")
    if name in {"pwsh", "powershell"}:
        return Shell.POWERSHELL
    if name == "fish":
        return Shell.FISH
    if name or platform != "win32":
        return Shell.POSIX
    return Shell.CMD if "PROMPT" in environ else Shell.POWERSHELL


_LOOKS: Final = {
    Style.TITLE: "bold red",
    Style.PLACE: "bold",
    Style.BAD: "red",
    Style.OWN: "bold magenta",
    Style.COMMAND: "bold",
}
"""Few, and none that is hard to read on a light or on a dark ground."""


def painted(lines: Sequence[Line]) -> str:
    """The lines with the terminal's colours. rich gets text, never markup: a name may look like it."""
    from io import StringIO

    from rich.console import Console
    from rich.text import Text

    written = StringIO()
    console = Console(
        file=written,
        force_terminal=True,
        color_system="standard",
        no_color=False,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    for line in lines:
        text = Text()
        for span in line:
            text.append(span.text, _LOOKS.get(span.style))
        text.rstrip()
        console.print(text, soft_wrap=True)
    return written.getvalue()
