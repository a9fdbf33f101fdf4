"""Texts that want to be more than text, by what they would do. Every output is tried with each of them.

A new format needs no texts of its own: what is special in it belongs here, so that all others are tried with it too.
"""

from collections.abc import Mapping
from typing import Final

TERMINAL: Final = {
    "colour": "\x1b[31m",
    "clear the screen": "\x1b[2J\x1b[H",
    "go up and overwrite": "\x1b[1A\x1b[2K",
    "link": "\x1b]8;;http://evil.example\x1b\\x\x1b]8;;\x1b\\",
    "title": "\x1b]0;owned\x07",
    "clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "8-bit control": "\x9b31m",
    "bell": "\x07",
    "backspace": "ok\x08\x08",
    "return": "\r",
    "null": "\x00",
    "delete": "\x7f",
    "shift out": "\x0e",
    "fold of GitLab": "section_start:1:x\r\x1b[0K",
}
LINES: Final = {
    "line": "\n",
    "line of Windows": "\r\n",
    "tab": "\t",
    "vertical tab": "\x0b",
    "form feed": "\x0c",
    "record separator": "\x1e",
    "next line": "\x85",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "forged verdict": "\nantipasta-hook: passed",
}
UNSEEN: Final = {
    "right to left": "\u202e",
    "isolate": "\u2066",
    "end of isolate": "\u2069",
    "right-to-left mark": "\u200f",
    "Arabic letter mark": "\u061c",
    "zero width space": "\u200b",
    "joiner": "\u200d",
    "word joiner": "\u2060",
    "soft hyphen": "\u00ad",
    "byte order mark": "\ufeff",
    "tag": "\U000e0041",
    "no-break space": "\u00a0",
    "ideographic space": "\u3000",
    "filler of Hangul": "\u3164",
    "blank of Braille": "\u2800",
    "grapheme joiner": "\u034f",
    "variant": "\ufe0f",
    "variant of the supplement": "\U000e0100",
    "noncharacter": "\ufffe",
    "private use": "\ue000",
    "unassigned": "\U000e0fff",
}
BYTES: Final = {"byte": "\udce9", "byte of Latin-1": "\udc80", "half a character": "\ud800", "the other half": "\udfff"}
"""As Python keeps what is no UTF-8, and what no UTF-8 can be."""
SERVICES: Final = {
    "command of GitHub": "::error::",
    "one that stops all others": "::stop-commands::x",
    "old command of GitHub": "##[add-mask]",
    "command of Azure": "##vso[task.complete result=Succeeded;]",
    "message of TeamCity": "##teamcity[buildStatus status='SUCCESS']",
    "escaped line": "%0A",
    "escaped escape": "%25",
}
MARKUP: Final = {
    "script": "<script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "end of CDATA": "]]>",
    "comment": "<!--",
    "end of a comment": "-->",
    "entity": "&lt;",
    "external entity": '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>&y;',
    "end of a raw text": "</textarea></script></style></title>",
    "script link": "[x](javascript:alert(1))",
    "link": "[x](http://evil.example)",
    "picture": "![x](y)",
    "reference": "[x]: http://evil.example",
    "attachment": "[[ATTACHMENT|/x]]",
    "mention": "@someone",
    "issue": "#12",
    "merge request": "!7",
    "site": "www.evil.example",
    "address": "https://evil.example",
    "mail": "a@b.example",
    "formula": "$x$",
    "fence": "```",
    "two fences": "``",
    "bar": "|",
    "bar that is escaped": "\\|",
    "strong": "**",
    "underlined": "__",
    "struck": "~~",
    "item": "- ",
    "heading": "# ",
    "number": "1. ",
    "quote": "> ",
    "rule": "---",
}
CELLS: Final = {
    "formula": "=cmd()",
    "DDE": "=cmd|' /C calc'!A0",
    "plus": "+1+1",
    "minus": "-1+1",
    "at": "@SUM(1)",
    "label": 'x"} 1\nother{y="',
}
"""For tables that a spreadsheet opens, and for the labels of metrics."""
PIECES: Final = (
    "a", ".py", "/", " ", "  ", "%", ":", "::", ",", "=", ";", "&", "'", '"', "`", "\\", "](", "{0}", "{", "}}",
    "\U0001f600", "\u00e9", "\u0301", "e\u0301", "\u05d0\u05d1", "\u65e5\u672c",
)  # fmt: skip
"""What is harmless, and what is only a part of something."""
GROUPS: Final[tuple[Mapping[str, str], ...]] = (TERMINAL, LINES, UNSEEN, BYTES, SERVICES, MARKUP, CELLS)
SNIPPETS: Final = tuple(dict.fromkeys([*(text for group in GROUPS for text in group.values()), *PIECES]))
"""All of them, each once."""

LARGE: Final = 100_000
LONG: Final = {
    "a name": "x" * LARGE,
    "blanks": " " * LARGE,
    "lines": "\n" * LARGE,
    "escapes": "\x1b" * LARGE,
    "marks over one letter": "e" + "\u0301" * LARGE,
    "a mark over every letter": "e\u0301" * LARGE,
    "unseen": "\u3164" * LARGE,
    "wide": "\u65e5" * LARGE,
    "bytes": "\udcff" * LARGE,
    "commands": "::error::" * (LARGE // 9),
    "fences": "`" * LARGE,
    "fences of all lengths": " ".join("`" * size for size in range(400)),
    "bars": "|" * LARGE,
    "brackets": "[" * LARGE,
    "slashes": "a/" * LARGE,
    "mentions": "@x " * LARGE,
}
"""Of 100,000 characters and more: nothing takes more than a moment for them."""
