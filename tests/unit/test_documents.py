"""What the documents say is so: links lead somewhere, commands exist, configurations load."""

import argparse
import json
import os
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pre_commit.clientlib import InvalidConfigError, load_config, load_manifest

import dev
from antipasta_hook import cli
from tests import commands_page
from tests.benchmarks.tools import OWN, TOOLS

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)


def blocks(document: Path, language: str) -> Iterator[str]:
    for found, text in BLOCK.findall(document.read_text("utf-8")):
        if found == language:
            yield text


def commands(*documents: Path) -> Iterator[list[str]]:
    """What stands behind a ``$`` in the console blocks, without its comment."""
    for document in documents:
        for block in blocks(document, "console"):
            for line in block.splitlines():
                if line.startswith("$ "):
                    yield shlex.split(line[2:], comments=True)


def anchors(document: Path) -> set[str]:
    """The names that a forge gives to the headings of a document."""
    prose = BLOCK.sub("", document.read_text("utf-8"))
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(prose))
    return {word.strip().replace(" ", "-") for word in words}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    for link in filter(None, (a or b for a, b in LINK.findall(BLOCK.sub("", document.read_text("utf-8"))))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        assert target.exists(), f"{link} leads nowhere"
        assert not anchor or anchor in anchors(target), f"{link}: no such heading"


def test_every_test_that_a_promise_rests_on_is_there() -> None:
    named = re.findall(r"`(tests/[\w/.]+)`", (ROOT / "SECURITY.md").read_text("utf-8"))
    assert len(named) > 10
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_the_readme_names_the_two_commands_of_a_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []

    def stand_in(name: str) -> Callable[[object], int]:
        def act(_: object) -> int:
            called.append(name)
            return 0

        return act

    monkeypatch.setattr(dev, "demo", stand_in("demo"))
    monkeypatch.setattr(dev, "test", stand_in("test"))
    for command in commands(ROOT / "README.md"):
        if command[:2] == ["python3", "dev.py"]:
            monkeypatch.setattr("sys.argv", command[1:])
            assert dev.main() == 0
    assert called == ["demo", "test"]


def test_the_checks_of_a_push_are_the_readme_s_test_command() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "python3 dev.py test" in script.read_text("utf-8")


def test_every_command_line_in_the_documents_is_understood() -> None:
    lines = [words[1:] for words in commands(*DOCUMENTS) if words[0] == "antipasta-hook"]
    assert ["install"] in lines
    for line in lines:
        assert isinstance(cli._parsed(line), argparse.Namespace)


def test_every_command_and_every_option_is_on_its_page() -> None:
    """Written by ``python -m tests.commands_page > docs/commands.md``."""
    assert (ROOT / "docs" / "commands.md").read_text("utf-8") == commands_page.render()


def test_no_option_goes_without_a_word() -> None:
    """What is not shown by --help is said elsewhere: that every command takes it."""
    silent = [
        f"{name} {action.dest}"
        for name, parser in commands_page.parsers()
        for action in parser._actions
        if not action.help and not isinstance(action, argparse._SubParsersAction)
    ]
    assert silent == []


def test_every_setting_is_explained() -> None:
    schema = json.loads((ROOT / "docs" / "settings.schema.json").read_text("utf-8"))
    page = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    assert [
        key
        for key in properties(schema)
        if not re.search(rf"`{re.escape(key)}\b|^ *{re.escape(key)}:", page, re.MULTILINE)
    ] == []


def properties(schema: object) -> Iterator[str]:
    """The name of every property, wherever it is in a schema."""
    if isinstance(schema, dict):
        named = schema.get("properties")
        yield from named if isinstance(named, dict) else ()
        for inner in schema.values():
            yield from properties(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from properties(inner)


def test_the_manifest_is_what_pre_commit_takes() -> None:
    hooks = load_manifest(str(ROOT / ".pre-commit-hooks.yaml"))
    assert [hook["id"] for hook in hooks] == ["antipasta", "antipasta-full"]
    for hook in hooks:
        assert isinstance(cli._parsed(shlex.split(hook["entry"])[1:]), argparse.Namespace)
        assert (hook["pass_filenames"], hook["require_serial"]) == (False, True)
    assert [hook["stages"] for hook in hooks] == [["pre-commit", "pre-push", "manual"], ["manual"]]


def test_this_project_runs_its_own_hook_as_it_tells_others_to(tmp_path: Path) -> None:
    own = load_config(str(ROOT / ".pre-commit-config.yaml"))
    (told,) = (block for block in blocks(ROOT / "README.md", "yaml") if "repos:" in block)
    (tmp_path / "told.yaml").write_text(told, "utf-8")
    readers = load_config(str(tmp_path / "told.yaml"))
    for key in ("default_install_hook_types", "default_stages"):
        assert own[key] == readers[key]
    assert own["default_install_hook_types"] == ["pre-commit", "pre-push"]
    assert own["default_stages"] == ["pre-commit"]


def test_the_configurations_in_the_documents_are_what_pre_commit_takes(tmp_path: Path) -> None:
    ids = {hook["id"] for hook in load_manifest(str(ROOT / ".pre-commit-hooks.yaml"))}
    for number, block in enumerate(b for document in DOCUMENTS for b in blocks(document, "yaml") if "repos:" in b):
        file = tmp_path / f"{number}.yaml"
        file.write_text(block, "utf-8")
        try:
            config = load_config(str(file))
        except InvalidConfigError as error:
            pytest.fail(f"{block}\n{error}")
        assert {hook["id"] for repo in config["repos"] for hook in repo["hooks"]} <= ids


def test_every_key_of_the_json_report_is_described() -> None:
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))
    described = (ROOT / "docs" / "json.md").read_text("utf-8")
    missing = [key for key in schema["properties"] if f"`{key}`" not in described]
    assert missing == []


def test_the_comparison_lists_every_tool_with_what_it_computes() -> None:
    page = (ROOT / "docs" / "performance" / "benchmarks.md").read_text("utf-8")
    (part,) = re.findall(r"^<!-- others: begin -->$(.*?)^<!-- others: end -->$", page, re.MULTILINE | re.DOTALL)
    rows = {line.split("|")[1].strip() for line in part.splitlines() if line.startswith("|")}
    said = " ".join(part.split()) + " "
    assert f"- **antipasta-hook**: {OWN} " in said
    for tool in TOOLS:
        assert rows.issuperset(tool.commands)
        assert f"- **{tool.package.replace('==', ' ')}**: {tool.computes} " in said
