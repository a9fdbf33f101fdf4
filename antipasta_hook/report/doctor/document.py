"""A checkup as JSON, schema_version 1; its schema is docs/doctor.schema.json."""

import json
from typing import Final

from antipasta_hook import __version__
from antipasta_hook.model.checkup import Checkup, Row
from antipasta_hook.report.words import with_bytes_escaped

SCHEMA_VERSION: Final = 1


def render(found: Checkup) -> str:
    """Write everything."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "antipasta-hook", "version": __version__},
        "state": found.state,
        "sections": [{"name": name, "rows": [_row(row) for row in rows]} for name, rows in found.sections],
    }
    return f"{json.dumps(document, indent=2)}\n"


def _row(row: Row) -> dict[str, str]:
    texts = {"key": row.key, "value": row.value, "state": row.state, "next": row.next}
    return {name: with_bytes_escaped(text) for name, text in texts.items()}
