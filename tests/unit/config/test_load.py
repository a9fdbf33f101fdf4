"""Settings files become layers: in their order, with their origins, and from memory where they were seen before."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping

import pytest

from antipasta_hook.config.compiled import Compiled, encode
from antipasta_hook.config.load import compile_source, is_settings_file, load, outcome
from antipasta_hook.config.settings import Settings
from antipasta_hook.model import Failure, Gate, Severity

HEAVY = {"pydantic", "pydantic_core", "yaml", "tomllib", "packaging", "jsonschema", "difflib", "hashlib", "pygit2"}


class Dictionary(dict[str, bytes]):
    """A memory that forgets nothing."""

    def put(self, key: str, value: bytes) -> None:
        """See Memory."""
        self[key] = value


class Blobs:
    """Settings files by path; ``asked`` has what was read."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = {path: hashlib.sha1(source.encode()).hexdigest() for path, source in files.items()}
        self._sources = {self.files[path]: source.encode() for path, source in files.items()}
        self.asked: list[str] = []

    def read(self, oid: str) -> bytes:
        """The bytes of a blob."""
        self.asked.append(oid)
        return self._sources[oid]


def test_layers_come_from_the_weakest_to_the_strongest_with_the_places_of_their_values() -> None:
    blobs = Blobs(
        {
            "pkg/inner/.antipasta.yaml": "gate: introduced\n",
            ".antipasta.yaml": "\ngate: touched\n",
            "other/.antipasta.yaml": "tolerance: 3\n",
            "pkg/.antipasta.yaml": "tolerance: 0\n",
            "pyproject.toml": "[tool.antipasta-hook]\ngate = 'all'\ncount_asserts = true\n",
        }
    )
    layers = load(blobs.files, blobs.read, None).layers
    assert [layer.directory for layer in layers] == ["", "", "other", "pkg", "pkg/inner"]
    settings = Settings(layers)
    reached = {path: settings.values(path) for path in ("a.py", "pkg/a.py", "pkg/inner/a.py", "other/a.py")}
    told = ("gate", "tolerance", "count_asserts")
    assert {path: [(values[key].value, values[key].origin) for key in told] for path, values in reached.items()} == {
        "a.py": [("touched", ".antipasta.yaml:2"), (None, None), (True, "pyproject.toml:3")],
        "pkg/a.py": [("touched", ".antipasta.yaml:2"), (0, "pkg/.antipasta.yaml:1"), (True, "pyproject.toml:3")],
        "pkg/inner/a.py": [
            ("introduced", "pkg/inner/.antipasta.yaml:1"),
            (0, "pkg/.antipasta.yaml:1"),
            (True, "pyproject.toml:3"),
        ],
        "other/a.py": [("touched", ".antipasta.yaml:2"), (3, "other/.antipasta.yaml:1"), (True, "pyproject.toml:3")],
    }


def test_a_file_that_was_seen_before_is_not_read_again() -> None:
    source = "limits: {cognitive: 9}\nunknown: 1\noverrides: [{paths: [a], gate: all}]\n"
    blobs = Blobs({".antipasta.yaml": source, "pkg/.antipasta.yaml": "gate: all\n", "pyproject.toml": "[project]\n"})
    memory = Dictionary()
    first = load(blobs.files, blobs.read, memory)
    assert len(blobs.asked) == 3
    assert load(blobs.files, blobs.read, memory) == first == load(blobs.files, blobs.read, None)
    assert len(blobs.asked) == 6  # by the last one, which remembers nothing


def test_one_blob_at_two_places_is_compiled_once_and_has_two_origins() -> None:
    blobs = Blobs({".antipasta.yaml": "gate: all\n", "pkg/.antipasta.yaml": "gate: all\n"})
    layers = load(blobs.files, blobs.read, Dictionary()).layers
    assert len(blobs.asked) == 1
    assert [layer.values["gate"].origin for layer in layers] == [".antipasta.yaml:1", "pkg/.antipasta.yaml:1"]


def test_what_one_format_compiled_is_not_taken_for_the_other() -> None:
    memory = Dictionary()
    files = {".antipasta.yaml": "1" * 40, "pyproject.toml": "1" * 40}
    load(files, lambda _: b"", memory)
    assert len(memory) == 2


def test_a_file_that_cannot_be_used_is_not_remembered_and_stops_the_run_every_time() -> None:
    blobs = Blobs({".antipasta.yaml": "gate: al\n", "pkg/.antipasta.yaml": "gate: all\n"})
    memory = Dictionary()
    for _ in range(2):
        with pytest.raises(Failure) as stopped:
            load(blobs.files, blobs.read, memory)
        assert (stopped.value.kind, stopped.value.usage) == ("settings", True)
        assert "antipasta-hook config check" in stopped.value.recovery
        assert len(memory) == 1


def test_the_errors_of_all_files_are_told_together() -> None:
    blobs = Blobs({"b/.antipasta.yaml": "gate: al\n", ".antipasta.yaml": "gate: [\n", "a/.antipasta.yaml": "x: 1\n"})
    with pytest.raises(Failure) as stopped:
        load(blobs.files, blobs.read, None, strict=True)
    assert [line.partition(": ")[0] for line in str(stopped.value).splitlines()] == [
        ".antipasta.yaml:2",
        "a/.antipasta.yaml:1",
        "b/.antipasta.yaml:1",
    ]


def test_an_unknown_key_is_an_error_only_where_it_is_new_or_where_all_is_strict() -> None:
    blobs = Blobs({".antipasta.yaml": "gaet: all\n", "pkg/.antipasta.yaml": "gate: all\n"})
    memory = Dictionary()
    for edited in ((), ("pkg/.antipasta.yaml",)):
        (problem,) = load(blobs.files, blobs.read, memory, edited=edited).problems
        assert problem.severity == Severity.WARNING
        assert problem.message == ".antipasta.yaml:1: gaet: unknown key; did you mean gate?"
    for edited, strict in (((".antipasta.yaml",), False), ((), True)):
        with pytest.raises(Failure, match=r"^\.antipasta\.yaml:1: gaet: unknown key; did you mean gate\?$"):
            load(blobs.files, blobs.read, memory, edited=edited, strict=strict)


def test_what_goes_wrong_in_reading_goes_through() -> None:
    def missing(_: str) -> bytes:
        raise Failure("it is not here", kind="missing-blob")

    with pytest.raises(Failure, match="it is not here"):
        load({".antipasta.yaml": "1" * 40}, missing, None)


def test_a_path_cannot_forge_a_line_of_the_message() -> None:
    with pytest.raises(Failure) as stopped:
        load({"a\nb\x1b[1m/.antipasta.yaml": "1" * 40}, lambda _: b"gate: al", None)
    assert str(stopped.value).startswith("a\\nb\\x1b[1m/.antipasta.yaml:1: gate: ")
    assert len(str(stopped.value).splitlines()) == 1


@pytest.mark.parametrize("damage", [b"", b"garbage", b"00000000\n[]", b"\xff\n\xff"])
def test_a_damaged_memory_costs_a_read_and_is_mended(damage: bytes) -> None:
    blobs = Blobs({".antipasta.yaml": "gate: all\n"})
    memory = Dictionary()
    load(blobs.files, blobs.read, memory)
    kept = dict(memory)
    memory.update(dict.fromkeys(memory, damage))
    assert load(blobs.files, blobs.read, memory).layers[0].values["gate"].value == "all"
    assert memory == kept


def test_what_another_version_of_the_tool_compiled_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = Blobs({".antipasta.yaml": "gate: all\n"})
    memory = Dictionary()
    load(blobs.files, blobs.read, memory)
    for name, value in (("__version__", "99"), ("COMPILER_VERSION", 99)):
        with monkeypatch.context() as patched:
            patched.setattr(f"antipasta_hook.config.load.{name}", value)
            load(blobs.files, blobs.read, memory)
    assert len(blobs.asked) == len(memory) == 3


def test_settings_seen_before_are_loaded_without_anything_heavy() -> None:
    script = f"""
from antipasta_hook.config.load import load
from antipasta_hook.config.compiled import Compiled, decode, encode
from antipasta_hook.config.fault import Fault
from antipasta_hook.config.load import _key
files = {{".antipasta.yaml": "1" * 40, "pkg/.antipasta.yaml": "1" * 40, "pyproject.toml": "1" * 40}}
compiled = Compiled({{"gate": ("all", 3)}}, ((("a",), {{"tolerance": (None, 4)}}),), (Fault(1, "x", "y"),), ("z",))
memory = {{_key(path, oid): encode(compiled, _key(path, oid)) for path, oid in files.items()}}
class Memory:
    get = memory.get
    put = None
loaded = load(files, None, Memory)
assert len(loaded.layers) == 3 and len(loaded.problems) == 6
import sys
print(*({HEAVY!r} & set(sys.modules)))
"""
    assert _output(script) == ""


@pytest.mark.parametrize(
    ("path", "source", "loaded"),
    [
        (".antipasta.yaml", "limits: {cyclomatic: 9}\noverrides: [{paths: [a], gate: all}]\n", "pydantic_core yaml"),
        (".antipasta.yaml", "defaults: {max_cyclomatic_complexity: 9}\n", "pydantic_core yaml"),
        ("pyproject.toml", "[tool.antipasta-hook]\ngate = 'all'\n", "pydantic_core tomllib"),
    ],
)
def test_settings_never_seen_before_load_the_validator_and_one_parser_alone(
    path: str, source: str, loaded: str
) -> None:
    script = f"""
from antipasta_hook.config.load import load
assert load({{{path!r}: "1" * 40}}, lambda _: {source.encode()!r}, None).layers
import sys
print(*sorted({HEAVY!r} & set(sys.modules)))
"""
    assert _output(script) == loaded


def test_a_pyproject_that_does_not_speak_of_us_is_not_even_parsed() -> None:
    script = f"""
from antipasta_hook.config.load import load
assert load({{"pyproject.toml": "1" * 40}}, lambda _: b"[project]\\nname = ", None).layers == ()
import sys
print(*({HEAVY!r} & set(sys.modules)))
"""
    assert _output(script) == ""


def _output(script: str) -> str:
    command = [sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}\n{script}"]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ).stdout.strip()


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        (".antipasta.yaml", True),
        ("a/b/.antipasta.yaml", True),
        ("pyproject.toml", True),
        ("a/pyproject.toml", False),
        ("x.antipasta.yaml", False),
        (".antipasta.yml", False),
        (".antipasta.yaml/x", False),
    ],
)
def test_which_files_are_settings_files(path: str, *, is_one: bool) -> None:
    assert is_settings_file(path) is is_one


def test_a_run_wide_key_below_the_root_changes_nothing() -> None:
    source = (
        "budget: none\non_error: fail\non_deferred: fail\nreader: git\ncache: {directory: /x, size: 1GB}\ngate: all\n"
    )
    blobs = Blobs({"pkg/.antipasta.yaml": source})
    loaded = load(blobs.files, blobs.read, None, strict=True)
    settings = Settings(loaded.layers)
    assert settings.run() == Settings().run()
    assert settings.criteria("pkg/a.py").gate == Gate.ALL
    assert {key: value for key, value in settings.values("pkg/a.py").items() if key != "gate"} == {
        key: value for key, value in Settings().values("").items() if key != "gate"
    }
    assert [problem.severity for problem in loaded.problems] == [Severity.WARNING] * 6


def test_an_example_of_every_key_reaches_the_run() -> None:
    times = "budget: 500ms\npush_budget: 1m\n"
    cache = "cache: {directory: ~/x, size: 1GB, eviction: least-recently-used}\n"
    source = f"{times}on_error: fail\non_deferred: fail\nreader: git\n{cache}"
    run = Settings(load({".antipasta.yaml": "1" * 40}, lambda _: source.encode(), None).layers).run()
    assert run == (500, 60_000, "fail", "fail", "git", "~/x", 10**9, "least-recently-used")


def test_compiling_does_not_depend_on_the_place() -> None:
    source = b"gate: all\nbudget: 1s\n"
    compiled = compile_source("a/b/.antipasta.yaml", source)
    assert (
        compiled == compile_source(".antipasta.yaml", source) == Compiled({"gate": ("all", 1), "budget_ms": (1000, 2)})
    )
    assert encode(compiled, "key") == encode(compiled, "key")


def test_patterns_are_few_enough_to_be_held_against_every_path() -> None:
    pattern = "*a" * 400
    alike = (
        f"overrides:\n  - paths: &all [&one '{pattern}']\n" + "  - paths: [*one, *one, *one]\n  - paths: *all\n" * 40
    )
    assert isinstance(outcome(".antipasta.yaml", alike.encode()), Compiled)
    different = "overrides:\n" + "".join(f"  - paths: ['{pattern}{n}', plain{n}.py]\n" for n in range(70))
    found = outcome(".antipasta.yaml", different.encode())
    assert not isinstance(found, Compiled)
    assert [(fault.line, fault.key) for fault in found] == [(64, "overrides")]
    assert "more than 50,000 characters" in found[0].reason
