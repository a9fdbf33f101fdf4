"""Settings written as a file say the same when they are read again, whatever file and path they came from."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antipasta_hook.config.load import load
from antipasta_hook.config.settings import Settings
from antipasta_hook.config.written import written
from tests.unit.config.strategies import settings_files, yaml_of

relaxed = settings(deadline=None, suppress_health_check=list(HealthCheck))
LISTS = ("include", "exclude", "critical.paths")


def made(files: dict[str, bytes]) -> Settings:
    oids = {path: f"{number:040x}" for number, path in enumerate(files)}
    return Settings(load(oids, lambda oid: files[list(files)[int(oid, 16)]], None, strict=False).layers)


def plain(made: Settings, path: str) -> dict[str, object]:
    return {key: value.value for key, value in made.values(path).items() if key not in LISTS}


@relaxed
@given(settings_files, settings_files, st.sampled_from(["a.py", "pkg/a.py", "pkg/docs/x_legacy.py", "pkg/in/", ""]))
def test_what_is_written_for_a_path_says_the_same_at_the_root(
    outer: dict[str, object], inner: dict[str, object], path: str
) -> None:
    files = {"pyproject.toml": b"", ".antipasta.yaml": yaml_of(outer), "pkg/.antipasta.yaml": yaml_of(inner)}
    original = made(files)
    for origins in (False, True):
        again = made({".antipasta.yaml": written(original, path, origins=origins).encode()})
        assert plain(again, path) == plain(original, path)
        assert again.criteria(path).limits.keys() == original.criteria(path).limits.keys()
        assert again.run() == original.run()


@relaxed
@given(
    st.lists(st.sampled_from(["*.py", "a/b", "/a", "gen/", "!x.py", "/in/*.py", "**/y/**", "!a/", "in/"]), max_size=3),
    st.sampled_from(["x.py", "a", "a/b", "in/x.py", "in/gen/z", "gen/q", "y/y/y", "in/a/b", "in"]),
    st.sampled_from(["pkg", "odd[1]", "st*r", "back\\slash"]),
)
def test_patterns_of_a_directory_speak_of_the_same_files_from_the_root(
    patterns: list[str], file: str, directory: str
) -> None:
    path = f"{directory}/{file}"
    original = made({f"{directory}/.antipasta.yaml": yaml_of({"exclude": patterns})})
    again = made({".antipasta.yaml": written(original, path, origins=False).encode()})
    assert again.excludes(path) == original.excludes(path)
    assert not again.excludes(f"elsewhere/{file}")
    assert not again.excludes(file)


def test_with_origins_every_value_says_where_it_comes_from() -> None:
    text = written(
        made(
            {
                "pyproject.toml": b"[tool.antipasta-hook]\ngate = 'all'\ncache.size = '1.5MiB'\nbudget = '1.5s'\n",
                ".antipasta.yaml": b"exclude: [a/]\nlimits:\n  loc: {limit: 3, level: warning}\n  cognitive: off\n",
                "pkg/.antipasta.yaml": b"\nexclude: [b.py]\ntolerance: 0\ncritical: {paths: [c/]}\n",
            }
        ),
        "pkg/a.py",
        origins=True,
    )
    assert text.splitlines() == [
        "limits:",
        "  cyclomatic:",
        "    limit: 10         # default",
        "  cognitive:",
        "    limit: 15         # default",
        "    level: off        # .antipasta.yaml:4",
        "  loc:",
        "    limit: 3          # .antipasta.yaml:3",
        "    level: warning    # .antipasta.yaml:3",
        "gate: all             # pyproject.toml:2",
        "tolerance: 0          # pkg/.antipasta.yaml:3",
        "count_asserts: false  # default",
        "on_unreadable: fail   # default",
        "include: []           # default",
        "exclude:",
        '  - "a/"              # .antipasta.yaml:1',
        '  - "/pkg/**/b.py"    # pkg/.antipasta.yaml:2',
        "critical:",
        "  paths:",
        '    - "/pkg/**/c/"    # pkg/.antipasta.yaml:4',
        "  functions: []       # default",
        "budget: 1500ms        # pyproject.toml:4",
        "push_budget: 10s      # default",
        "on_error: warn        # default",
        "on_deferred: pass     # default",
        "reader: auto          # default",
        "cache:",
        "  size: 1536KiB       # pyproject.toml:3",
    ]
