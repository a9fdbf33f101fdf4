"""A checkup for strangers: of each thing what is public, and nothing else."""

from typing import Final

from antipasta_hook.model.checkup import Checkup, Row, Section
from antipasta_hook.report.doctor.text import section_lines

_HEAD: Final = """\
### What happened, and what did you expect?

(write here; what you add is not looked through for private things)

### What `antipasta-hook doctor` found

`!` works, but not well; `x` is broken. Names, paths, addresses and the contents of files are left out.

```text
"""


def render(found: Checkup) -> str:
    """Write the report of a bug, to be completed by a person."""
    lines = [line for section in found.sections for line in section_lines(_shown(section))]
    return "\n".join([_HEAD + lines[0], *lines[1:-1], "```", ""])


def _shown(section: Section) -> Section:
    return Section(section.name, tuple(Row(row.key, row.public or "-", None, row.state) for row in section.rows))
