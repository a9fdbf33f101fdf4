"""What docs/ci.md, the action and the workflows say is what each service takes, by its published schema."""

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from antipasta_hook import __version__, cli
from antipasta_hook.metrics.fingerprint import engine_fingerprint

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "ci.md"
ACTION = ROOT / "action.yml"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SCHEMAS = {
    ".github/workflows/complexity.yml": ("github-workflows", ""),
    ".gitlab-ci.yml": ("gitlab-ci", "gitlab-ci"),
    "bitbucket-pipelines.yml": ("bitbucket-pipelines", ""),
    "azure-pipelines.yml": ("azure-pipelines", "azure-pipelines"),
}
"""What file a snippet says it is -> the schema that check-jsonschema carries, and what it does to the file before."""
OTHERS = {".pre-commit-config.yaml", "Jenkinsfile"}
"""Snippets without a schema there: pre-commit's own loader reads the first (test_documents), nothing the second."""


class Snippet(NamedTuple):
    """A block of the document, and the file that its first line says it is."""

    file: str
    text: str


def snippets() -> list[Snippet]:
    """All of them; each names its file."""
    found = []
    for language, text in BLOCK.findall(DOCUMENT.read_text("utf-8")):
        if language in {"yaml", "groovy"}:
            first = text.partition("\n")[0]
            found.append(Snippet(first.lstrip("#/ "), text))
    return found


SNIPPETS = snippets()


CHECK = (sys.executable, "-m", "check_jsonschema", "--regex-variant", "nonunicode")  # Azure's schema is not strict


def complaints(text: str, schema: str, transform: str, place: Path) -> str:
    """What the schema has against a text; empty where it takes it."""
    file = place / "snippet.yml"
    file.write_text(text, "utf-8")
    options = ["--data-transform", transform] if transform else []
    done = subprocess.run(
        [*CHECK, "--builtin-schema", f"vendor.{schema}", *options, str(file)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_every_snippet_says_which_file_it_is_and_every_service_has_one() -> None:
    assert {snippet.file for snippet in SNIPPETS} == {*SCHEMAS, *OTHERS}
    assert [snippet.file for snippet in SNIPPETS].count(".github/workflows/complexity.yml") == 2


@pytest.mark.parametrize("snippet", [each for each in SNIPPETS if each.file in SCHEMAS], ids=lambda each: each.file)
def test_a_snippet_is_what_its_service_takes(snippet: Snippet, tmp_path: Path) -> None:
    assert complaints(snippet.text, *SCHEMAS[snippet.file], tmp_path) == ""


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        (".github/workflows/complexity.yml", "    runs-on: ubuntu-latest\n", "    runs_on: ubuntu-latest\n"),
        (".gitlab-ci.yml", "    when: always\n", "    when: allways\n"),
        ("bitbucket-pipelines.yml", "            depth: full\n", "            depth: all\n"),
        ("azure-pipelines.yml", '    fetchDepth: "0"\n', '    fetch_depth: "0"\n'),
    ],
)
def test_a_mistake_in_a_snippet_would_be_found(file: str, right: str, wrong: str, tmp_path: Path) -> None:
    snippet = next(each for each in SNIPPETS if each.file == file)
    assert right in snippet.text
    assert complaints(snippet.text.replace(right, wrong, 1), *SCHEMAS[file], tmp_path)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_our_workflows_are_what_github_takes(workflow: Path, tmp_path: Path) -> None:
    assert complaints(workflow.read_text("utf-8"), "github-workflows", "", tmp_path) == ""


def test_our_action_is_what_github_takes(tmp_path: Path) -> None:
    text = ACTION.read_text("utf-8")
    assert complaints(text, "github-actions", "", tmp_path) == ""
    assert complaints(text.replace("using: composite", "using: shell"), "github-actions", "", tmp_path)


def commands() -> Iterator[list[str]]:
    """Every call of our tool in the snippets, in whatever way it is quoted."""
    for snippet in SNIPPETS:
        for found in re.findall(r"antipasta-hook\"? (ci [^'\n]*)", snippet.text):
            yield shlex.split(found)


def test_every_call_in_the_snippets_is_understood() -> None:
    found = list(commands())
    assert len(found) == 5
    for words in found:
        assert isinstance(cli._parsed(words), argparse.Namespace)


def test_the_workflow_calls_the_readme_s_test_command_everywhere() -> None:
    job = yaml.safe_load(WORKFLOWS[0].read_text("utf-8"))["jobs"]["test"]
    assert job["strategy"]["matrix"] == {
        "os": ["ubuntu-latest", "macos-latest", "windows-latest"],
        "python": ["3.11", "3.12", "3.13", "3.14"],
    }
    (command,) = (step["run"] for step in job["steps"] if "run" in step)
    assert f"$ {command}" in (ROOT / "README.md").read_text("utf-8")


def scripts() -> dict[str, dict[str, Any]]:
    """The steps of the action that run a script, by name."""
    steps = yaml.safe_load(ACTION.read_text("utf-8"))["runs"]["steps"]
    return {step["name"]: step for step in steps if "run" in step}


def test_nothing_from_outside_stands_in_a_script() -> None:
    workflow = yaml.safe_load(WORKFLOWS[0].read_text("utf-8"))
    steps = [
        *scripts().values(),
        *(step for job in workflow["jobs"].values() for step in job["steps"] if "run" in step),
    ]
    by_hand = [yaml.safe_load(each.text) for each in SNIPPETS if each.file in SCHEMAS and "jobs:" in each.text]
    steps += [step for each in by_hand for job in each["jobs"].values() for step in job["steps"] if "run" in step]
    assert len(steps) > 4
    assert [step["run"] for step in steps if "${{" in step["run"]] == []


STAND_IN = """\
#!/bin/sh
for word; do printf '%s\\n' "$word"; done > "$PLACE/words"
for word; do
    case $word in --format=*:*) printf 'a report\\n' > "${word#--format=*:}" ;; esac
done
exit "$CODE"
"""


class Judged(NamedTuple):
    """How the action's own script ended, and what it left."""

    code: int
    said: str
    words: list[str]
    summary: str
    output: str


def judged(place: Path, program: str = STAND_IN, **given: str) -> Judged:
    """Run the script as GitHub does, with a program in place of ours."""
    bash = shutil.which("bash")
    if bash is None or os.name == "nt":
        pytest.skip("the script is for bash")
    programs = place / "programs"
    programs.mkdir()
    (programs / "python").write_text(program)
    (programs / "python").chmod(0o755)
    script = place / "script.sh"
    script.write_text(scripts()["Judge"]["run"])
    nothing = {"BASE": "", "GATE": "", "SARIF": "false", "CODE": "0"}
    summary, output = place / "a summary", place / "an output"
    done = subprocess.run(
        [bash, "--noprofile", "--norc", "-eo", "pipefail", str(script)],
        cwd=place,
        env=os.environ
        | nothing
        | given
        | {
            "PLACE": str(place),
            "PROGRAMS": str(programs),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_OUTPUT": str(output),
        },
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    texts = [file.read_text("utf-8") if file.exists() else "" for file in (place / "words", summary, output)]
    return Judged(done.returncode, done.stdout + done.stderr, texts[0].splitlines(), texts[1], texts[2])


HOSTILE = "$(touch it); `touch it` \" ' \\ && touch it | \u00e9"


@pytest.mark.parametrize("place", ["plain", "a place with blanks and 'quotes'"])
def test_the_action_hands_its_inputs_over_as_they_are(tmp_path: Path, place: str) -> None:
    where = tmp_path / place
    where.mkdir()
    done = judged(where, BASE=HOSTILE, GATE="--help", SARIF="true")
    assert done.code == 0, done.said
    assert done.words == [
        "-I",
        "-m",
        "antipasta_hook",
        "ci",
        "--format",
        "text",
        "--format",
        "github",
        f"--format=markdown:{where}/summary.md",
        f"--base={HOSTILE}",
        "--gate=--help",
        f"--format=sarif:{where}/report.sarif",
    ]
    assert done.summary == "a report\n"
    assert done.output == f"sarif={where}/report.sarif\n"
    assert not (where / "it").exists()


@pytest.mark.parametrize(("code", "is_error"), [(0, False), (1, False), (2, True), (3, True), (130, True)])
def test_the_verdict_is_that_of_the_tool_and_the_summary_is_there_all_the_same(
    tmp_path: Path, code: int, *, is_error: bool
) -> None:
    done = judged(tmp_path, CODE=str(code))
    assert done.code == code
    assert ("::error title=antipasta-hook could not judge::" in done.said) == is_error
    assert done.summary == "a report\n"
    assert done.output == ""


def test_why_it_could_not_judge_is_said_in_the_log_in_the_change_and_in_the_summary(tmp_path: Path) -> None:
    program = "#!/bin/sh\necho 'the base is 100% `gone`' >&2\necho '::error::what to do' >&2\nexit 3\n"
    done = judged(tmp_path, program)
    assert (done.code, done.output) == (3, "")
    assert (
        done.summary
        == "### antipasta-hook: it could not judge\n\n    the base is 100% `gone`\n    ::error::what to do\n"
    )
    annotation = "::error title=antipasta-hook could not judge::the base is 100%25 `gone`%0A::error::what to do\n"
    assert annotation in done.said


def test_a_tool_that_says_nothing_is_an_error_all_the_same(tmp_path: Path) -> None:
    done = judged(tmp_path, "#!/bin/sh\nexit 3\n")
    assert (done.code, done.output) == (3, "")
    assert "::error title=antipasta-hook could not judge::" in done.said


@pytest.mark.framework
@pytest.mark.skipif(os.name == "nt", reason="the script is for bash")
def test_the_action_installs_itself_and_nothing_that_lies_in_the_checkout(tmp_path: Path) -> None:
    checkout, place, output = tmp_path / "checkout", tmp_path / "a place", tmp_path / "output"
    checkout.mkdir()
    place.mkdir()
    for name in ("venv", "pip", "antipasta_hook", "ensurepip", "json"):
        (checkout / f"{name}.py").write_text("raise SystemExit('the checkout was run')\n")
    script = tmp_path / "script.sh"
    script.write_text(scripts()["Install"]["run"])
    variables = {"ACTION": str(ROOT), "PYTHON": sys.executable, "PLACE": str(place), "RUNNER_OS": "Linux"}
    subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
        cwd=checkout,
        env=os.environ | variables | {"GITHUB_OUTPUT": str(output)},
        check=True,
    )
    said = dict(line.split("=", 1) for line in output.read_text("utf-8").splitlines())
    assert said["engine"] == engine_fingerprint()
    done = subprocess.run(
        [f"{said['programs']}/antipasta-hook", "--version"], cwd=checkout, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"antipasta-hook {__version__}\n"
