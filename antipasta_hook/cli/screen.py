"""Where the message goes: what standard output can show, and printing with rich where colours are really seen."""

import codecs
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, TextIO

from antipasta_hook.cli.streams import put
from antipasta_hook.model import Outcome, Report
from antipasta_hook.report.commands import quoted
from antipasta_hook.report.layout import Line, Style, joined
from antipasta_hook.report.screen import PLAIN, Screen, Shell
from antipasta_hook.report.text import styled

_WIDTHS: Final = range(60, 121)
_MARKS: Final = "\u2192\u2026\u2013"
_ANSI_ON_WINDOWS: Final = ("WT_SESSION", "TERM", "ANSICON", "ConEmuANSI")


class Sight(NamedTuple):
    """What a person who looks at standard output sees."""

    screen: Screen
    colour: bool


def show(
    report: Report, *, full: bool = False, push: bool = False, warn: bool = False, stops_late: str | None = None
) -> None:
    """Print the report for people. ``push``: they typed ``git push``; ``warn``: they asked that nothing blocks.

    ``stops_late`` is where it is set that what was left out stops it. A report of a pass is one or a few lines, and not
    worth loading rich for.
    """
    sight = look(sys.stdout, os.environ)
    screen = sight.screen._replace(push=push, warn=warn, stops_late=stops_late)
    lines = styled(report, full=full, screen=screen)
    put(painted(lines) if sight.colour and report.verdict.outcome == Outcome.FAIL else joined(lines))


def look(stream: TextIO | None, environ: Mapping[str, str]) -> Sight:
    """Ask a stream what it is; a closed one shows nothing."""
    try:
        size = os.get_terminal_size(stream.fileno()) if stream is not None and stream.isatty() else (0, 0)
    except (OSError, ValueError):
        size = (0, 0)
    encoding = getattr(stream, "encoding", None) or "ascii"
    sight = sight_of(size=size, encoding=encoding, environ=environ, platform=sys.platform)
    program = program_of(sys.argv[0], environ, os.path.isfile)
    return sight._replace(screen=sight.screen._replace(program=program))


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
        committing=bool(environ.get("GIT_INDEX_FILE")),
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


def program_of(
    argv0: str, environ: Mapping[str, str], exists: Callable[[str], bool], platform: str = sys.platform
) -> str:
    """What a reader types to start this program, ready for the shell: its name, or else where it is.

    A hook manager puts it into an environment of its own, and that on the PATH of the hook alone. ``argv0`` is
    ``sys.argv[0]``; ``exists`` says whether there is a file of a path.
    """
    place, name = os.path.split(argv0)
    is_ours = os.path.isabs(place) and name.removesuffix(".exe") == PLAIN.program and _holds_program(place, exists)
    if "PRE_COMMIT" not in environ or not is_ours or _is_found_elsewhere(place, environ, exists):
        return PLAIN.program
    return _typed(argv0, environ, platform) or PLAIN.program


def _is_found_elsewhere(place: str, environ: Mapping[str, str], exists: Callable[[str], bool]) -> bool:
    """Whether the PATH leads to the program in another place too: the reader's own PATH, as far as can be known."""
    others = (each for each in environ.get("PATH", "").split(os.pathsep) if each and not _is_same(each, place))
    return any(_holds_program(other, exists) for other in others)


def _holds_program(place: str, exists: Callable[[str], bool]) -> bool:
    return any(exists(os.path.join(place, f"{PLAIN.program}{ending}")) for ending in ("", ".exe"))


def _is_same(place: str, other: str) -> bool:
    return os.path.normcase(os.path.normpath(place)) == os.path.normcase(os.path.normpath(other))


def _typed(program: str, environ: Mapping[str, str], platform: str) -> str | None:
    """A path as the first word of a command; None where this shell cannot be given it in plain characters."""
    shell = shell_of(environ, platform)
    screen = PLAIN._replace(shell=shell, encoding="ascii")
    if shell in {Shell.POSIX, Shell.FISH}:
        path, home = (_with_slashes(text, platform) for text in (program, environ.get("HOME", "")))
        below = path.removeprefix(f"{home.rstrip('/')}/")
        if home.strip("/") and below != path:
            argument = quoted(below, screen)
            return argument and f"~/{argument}"
        return quoted(path, screen)
    argument = quoted(program, screen)
    is_bare = argument == program or shell == Shell.CMD or argument is None
    return argument if is_bare else f"& {argument}"  # what is in quotes, PowerShell only repeats


def _with_slashes(path: str, platform: str) -> str:
    """A path as a POSIX shell reads it, even on Windows."""
    return path.replace("\\", "/") if platform == "win32" else path


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
