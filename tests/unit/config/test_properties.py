"""What must hold for every settings file: a layer or a Failure, nothing else; and what is kept is what was compiled."""

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antipasta_hook.config import yaml_text
from antipasta_hook.config.compiled import decode, encode
from antipasta_hook.config.load import compile_source, load
from antipasta_hook.config.settings import LIMITS, PROJECT_FILE, SETTINGS_FILE, Settings
from antipasta_hook.model import FILE_METRICS
from tests.unit.config.strategies import almost, noise, settings_files, toml_of, yaml_of
from tests.unit.config.usable import OID, usable

relaxed = settings(deadline=None, suppress_health_check=list(HealthCheck))
PATHS = ("", "a.py", "docs/x.py", "src/a.py", "x_legacy.py", "keep.py", "a/b")


@pytest.fixture(params=["CSafeLoader", "SafeLoader"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML with libyaml and without it."""
    monkeypatch.setattr(yaml_text, "_LOADER", getattr(yaml, request.param))


@relaxed
@given(st.binary(max_size=300) | noise.map(lambda text: text.encode("utf-8", "surrogatepass")))
@pytest.mark.usefixtures("loader")
def test_any_bytes_are_a_layer_or_a_failure(source: bytes) -> None:
    usable(SETTINGS_FILE, source)
    usable(PROJECT_FILE, source)
    usable(PROJECT_FILE, b"[tool.antipasta-hook]\n" + source)


@relaxed
@given(almost)
@pytest.mark.usefixtures("loader")
def test_any_data_is_a_layer_or_a_failure(data: object) -> None:
    usable(SETTINGS_FILE, yaml_of(data))


@relaxed
@given(settings_files)
@pytest.mark.usefixtures("loader")
def test_valid_settings_are_a_layer_and_survive_being_kept(data: dict[str, object]) -> None:
    source = yaml_of(data)
    assert usable(SETTINGS_FILE, source)
    compiled = compile_source(SETTINGS_FILE, source)
    assert decode(encode(compiled, "key"), "key") == compiled


@relaxed
@given(settings_files)
def test_toml_and_yaml_mean_the_same(data: dict[str, object]) -> None:
    here, there = (
        Settings(load({path: OID}, lambda _, source=source: source, None).layers)  # type: ignore[misc] # the value of the loop is bound
        for path, source in ((SETTINGS_FILE, yaml_of(data)), (PROJECT_FILE, toml_of(data)))
    )
    for path in PATHS:
        assert {key: value.value for key, value in here.values(path).items()} == {
            key: value.value for key, value in there.values(path).items()
        }


@relaxed
@given(settings_files, st.binary(max_size=100))
def test_whatever_is_in_memory_gives_what_compiling_gives(data: dict[str, object], kept: bytes) -> None:
    class Planted:
        def get(self, key: str) -> bytes:
            """The same for every key."""
            return kept + key.encode()

        def put(self, key: str, value: bytes) -> None:
            """Forget it."""

    source = yaml_of(data)
    assert load({SETTINGS_FILE: OID}, lambda _: source, Planted()) == load({SETTINGS_FILE: OID}, lambda _: source, None)


@relaxed
@given(settings_files)
def test_every_limit_can_be_asked_for_every_path(data: dict[str, object]) -> None:
    made = Settings(load({SETTINGS_FILE: OID}, lambda _: yaml_of(data), None).layers)
    made.run()
    for path in PATHS:
        assert set(made.criteria(path).limits) <= set(FILE_METRICS)
        assert all(key.split(".")[1] in FILE_METRICS for key in made.values(path) if key.startswith(LIMITS))
        made.includes(path)
        made.excludes(path)
