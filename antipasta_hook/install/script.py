"""What the hook says, and how it is known again (pure text).

The script outlives whatever wrote it: the environment may be moved, upgraded or deleted while the hook stays. So it
blocks only on the word of a tool that still answers; anything else is said, and the commit or the push goes on.
"""

import hashlib
import os
import re
import shlex
from enum import Enum
from typing import Final, NamedTuple

HOOKS: Final = ("pre-commit", "pre-push")
"""The hooks that judge, in the order in which they are spoken of."""

WARMING: Final = ("post-commit", "post-checkout")
"""The hooks that measure what has just become HEAD, for those who ask for them."""

CHAINED: Final = ".antipasta-chained"
"""Where the hook that was there before is kept: beside ours, under its name and this. ``.legacy`` is pre-commit's."""

# -P: the directory of the commit lends the tool no module. -E: nor does PYTHONPATH. Not -I, which would also hide a
# tool that was installed for one user (pip install --user).
ISOLATED: Final = ("-E", "-P", "-m", "antipasta_hook")

_SHEBANG: Final = b"#!/bin/sh\n"
_MARK: Final = re.compile(rb"\A(?:#!/bin/sh\n)?# antipasta-hook: git hook, version (\d+), ([0-9a-f]{16})\n")
_VERSION: Final = 2
_MADE: Final = "# The directory was made for it.\n"
_BODY: Final = """\
# Written by `antipasta-hook install`, which renews it as long as nobody has edited it.
# `antipasta-hook uninstall` takes it out and puts back what was there before.
%(made)spython=%(interpreter)s
%(arguments)s
say() {
    printf 'antipasta-hook: %%s\\n' "$1" >&2
}

# Python's own failures look like verdicts (1: no such module, 2: no such option), so a tool that blocks must also
# be able to say its version (asked twice: the first answer may have been interrupted). One that crashed or is gone
# never blocks.
judge() {
    %(given)s"$@" run%(options)s
    status=$?
    case $status in
    0 | 3 | 129 | 130 | 143) exit "$status" ;;
    1 | 2)
        "$@" --version >/dev/null 2>&1 || "$@" --version >/dev/null 2>&1
        case $? in 0 | 129 | 130 | 137 | 143) exit "$status" ;; esac
        ;;
    126 | 127) ;;
    *)
        say "warning: the tool died (status $status); this %(judged)s was not judged"
        exit 0
        ;;
    esac
}
%(input)s%(chain)s
if [ -x "$python" ]; then
    judge "$python" %(isolated)s
fi
unset PYTHONPATH PYTHONHOME
tool=$(command -v antipasta-hook)
case $tool in
/*) judge "$tool" ;;
esac
say "warning: this %(judged)s was not judged: $python has no working antipasta-hook (any more)"
say "and there is none on PATH; run 'antipasta-hook install' again from where it is installed now"
exit 0
"""
_WARMING_BODY: Final = """\
# Written by `antipasta-hook install`, which renews it as long as nobody has edited it.
# `antipasta-hook uninstall` takes it out and puts back what was there before.
%(made)spython=%(interpreter)s
%(chain)s%(condition)s
# What has become HEAD is measured in the background: nobody waits for it, and nothing depends on it.
if [ -x "$python" ]; then
    "$python" %(isolated)s cache warm --detach --quiet </dev/null >/dev/null 2>&1
fi
exit 0
"""
_BRANCH_ALONE: Final = """
# Where single files were checked out HEAD is what it was.
[ "$3" = 1 ] || exit 0
"""
_CHAIN: Final = """
# The hook that was here before comes first, if git would have run it.
chained=${0%%/*}/%(hook)s%(suffix)s
if [ -f "$chained" ] && [ -x "$chained" ] && [ "$0" != "$chained" ]; then
    %(given)s"$chained" "$@" || exit $?
fi
"""
# Only what every shell has built in: there may be no PATH. Two steps of growing, because a shell copies a string to
# lengthen it, and a push can name many thousand refs.
_INPUT: Final = """
# What git says on standard input is for more than one reader.
newline='
'
refs=
some=
count=0
while IFS= read -r line; do
    some=$some$line$newline
    count=$((count + 1))
    if [ $((count % 200)) -eq 0 ]; then
        refs=$refs$some
        some=
    fi
done
refs=$refs$some$line

# A reader may leave early: that is no error, and nothing to speak of.
given() {
    printf '%s' "$refs" 2>/dev/null
}
"""


class Origin(Enum):
    """Who wrote a hook."""

    OURS = "ours, and untouched"
    EDITED = "ours, but edited, or of a newer version"
    FOREIGN = "somebody else's"


class _Dialect(NamedTuple):
    """What the two hooks have different: what they judge, how they call the tool, and what git tells them."""

    judged: str
    arguments: str
    options: str
    input: str
    given: str


_DIALECTS: Final = {
    "pre-commit": _Dialect("commit", "", "", "", ""),
    "pre-push": _Dialect("push", "remote=$1\nurl=$2\n", ' --pre-push -- "$remote" "$url"', _INPUT, "given | "),
}


def hook_script(hook: str, interpreter: str, *, made: bool = False) -> bytes:
    """The whole file; its second line carries a digest of the rest, by which a later run knows it as untouched.

    ``made`` is remembered in it: that the directory of the hooks was not there before.
    """
    given = "" if hook in WARMING else _DIALECTS[hook].given
    chain = _CHAIN % {"hook": hook, "suffix": CHAINED, "given": given}
    return _SHEBANG + _marked(_body(hook, interpreter, made=_MADE if made else "", chain=chain))


def configured_command(hook: str, interpreter: str) -> bytes:
    """The same as a command for git's configuration, where nothing has to be chained: git runs every hook itself.

    It ends by itself in every branch, because git adds ``"$@"`` after it.
    """
    return _marked(_body(hook, interpreter, made="", chain=""))


def origin(content: bytes) -> Origin:
    """Whether we wrote this script or command, in a version that we know, and nobody changed it since."""
    mark = _MARK.match(content)
    if mark is None:
        return Origin.FOREIGN
    untouched = int(mark[1]) <= _VERSION and _digest(content[mark.end() :]) == mark[2]
    return Origin.OURS if untouched else Origin.EDITED


def interpreter_of(content: bytes) -> str:
    """The Python that a script or command of ours starts; "" where it names none."""
    found = re.search(r"^python=(.+?)$(?=\n(?:remote=|say\(|\n|#))", os.fsdecode(content), re.MULTILINE | re.DOTALL)
    try:
        return "".join(shlex.split(found[1])[:1]) if found else ""
    except ValueError:
        return ""


def made_its_directory(content: bytes) -> bool:
    """Whether a script of ours says that the directory was made for it."""
    return _MADE.encode() in content


def call(interpreter: str, hook: str) -> str:
    """One line of shell that does by hand what the script does, for a hook that has to stay somebody else's."""
    return f"{shlex.join((interpreter, *ISOLATED))} {plain_call(hook).partition(' ')[2]}{verdict_of(hook)}"


def plain_call(hook: str) -> str:
    """The same for a file that many machines share: the tool by its name."""
    if hook in WARMING:
        return "antipasta-hook cache warm --detach --quiet"
    return "antipasta-hook run" + (' --pre-push -- "$@"' if hook == "pre-push" else "")


def verdict_of(hook: str) -> str:
    """What follows such a line in a script that goes on: nothing where nothing is judged."""
    return "" if hook in WARMING else " || exit $?"


def _body(hook: str, interpreter: str, *, made: str, chain: str) -> bytes:
    parts = {
        "interpreter": shlex.quote(interpreter.replace(os.sep, "/")),
        "isolated": " ".join(ISOLATED),
        "made": made,
        "chain": chain,
    }
    if hook in WARMING:
        condition = _BRANCH_ALONE if hook == "post-checkout" else ""
        return os.fsencode(_WARMING_BODY % {**parts, "condition": condition})
    return os.fsencode(_BODY % {**_DIALECTS[hook]._asdict(), **parts})


def _marked(body: bytes) -> bytes:
    return b"# antipasta-hook: git hook, version %d, %s\n" % (_VERSION, _digest(body)) + body


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest()[:16].encode()
