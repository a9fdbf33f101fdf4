"""Readers of the formats that share nothing with their writers."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

COMMANDS = {"add-mask", "add-matcher", "debug", "echo", "endgroup", "error", "group", "notice", "remove-matcher",
            "save-state", "set-output", "stop-commands", "warning"}  # fmt: skip


CODE = "code_inline"


class Command(NamedTuple):
    """A workflow command as GitHub's runner understands it."""

    name: str
    properties: dict[str, str]
    data: str


def commands(log: str) -> Iterator[Command | str]:
    """What the runner makes of each line of a log: a command, or text.

    As ``ActionCommand.TryParseV2`` and ``TryParse`` of actions/runner: leading white space is skipped; the first ``::``
    after the beginning ends the properties, which commas separate and an equals sign divides; of a value the equals
    signs it begins with are lost; ``%25`` is resolved last. A line that is no such command may still be one of the old
    form, which begins anywhere in it.
    """
    for line in re.split("\r\n|\r|\n", log.removesuffix("\n")):
        yield _command(line.lstrip()) or _old_command(line) or line


def _command(line: str) -> Command | None:
    if not line.startswith("::") or "::" not in line[2:]:
        return None
    head, data = line[2:].split("::", 1)
    name, _, rest = head.partition(" ")
    if name.lower() not in COMMANDS:
        return None
    pairs = [part.split("=", 1) for part in rest.strip().split(",") if part]
    properties = {pair[0]: _resolved(pair[1].lstrip("="), ":,") for pair in pairs if len(pair) == 2}
    return Command(name, properties, _resolved(data))


def _old_command(line: str) -> Command | None:
    """GitHub's old form, and that of Azure's agent."""
    found = re.search(r"##\[(\S+)[^\]]*\](.*)", line)
    if found and found[1].lower() in COMMANDS:
        return Command(found[1], {}, found[2])
    azure = re.search(r"##vso\[([\w.]+)[^\]]*\](.*)", line, re.IGNORECASE)
    return Command(azure[1], {}, azure[2]) if azure else None


def _resolved(text: str, marks: str = "") -> str:
    for mark in f"\r\n{marks}%":
        text = text.replace(f"%{ord(mark):02X}", mark)
    return text


class Entry(NamedTuple):
    """One item of a list at the outermost level: its section, what of it is code, and all of its text."""

    section: str
    code: tuple[str, ...]
    text: str


class Page(NamedTuple):
    """A Markdown document: its entries, the kinds of tokens it is made of, its text and its code."""

    entries: tuple[Entry, ...]
    kinds: frozenset[str]
    prose: str
    code: tuple[str, ...]


def page(text: str) -> Page:
    """Read Markdown with tables, strikethrough and HTML, as the forges do."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)
    children = [child for token in tokens for child in token.children or ()]
    kinds = frozenset(token.type for token in (*tokens, *children))
    code = tuple(child.content for child in children if child.type == CODE)
    return Page(tuple(_entries(tokens)), kinds, _text([child for child in children if child.type != CODE]), code)


def _entries(tokens: list[Token]) -> Iterator[Entry]:
    section, depth = "", 0
    item: list[Token] = []
    for token in tokens:
        if token.type in {"list_item_open", "list_item_close"}:
            depth += token.nesting
        if token.type == "inline" and depth:
            item += token.children or ()
        elif token.type == "inline":
            section = _text(token.children or ())
        elif item and not depth:
            yield _entry(section, item)
            item = []


def _entry(section: str, item: list[Token]) -> Entry:
    return Entry(section, tuple(token.content for token in item if token.type == "code_inline"), _text(item))


def _text(tokens: list[Token] | tuple[Token, ...]) -> str:
    return "".join(token.content for token in tokens)


def outside_code(text: str) -> str:
    """Markdown without its code spans."""
    return re.sub(r"(?<![`\\])(`+)(?!`)(.*?)(?<!`)\1(?!`)", "", text)
