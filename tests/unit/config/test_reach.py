from antipasta_hook.config.reach import Reach, above
from antipasta_hook.config.settings import Layer, Override, Settings, Value, told


def layer(directory: str, **values: int) -> Layer:
    return Layer(directory, {f"limits.{name}.limit": Value(value, f"{directory}:1") for name, value in values.items()})


def text(directory: str, *layers: Layer) -> str:
    return Reach(Settings(layers)).text(directory)


def test_a_directory_is_reached_from_above_and_from_within() -> None:
    outer, inner, beside = layer("a", loc=1), layer("a/b/c", loc=2), layer("ab", loc=3)
    assert text("a/b", outer, inner, beside) == text("a/b", outer, inner) != text("a/b", outer)
    assert text("a/b", inner) != text("a/b")
    assert text("d", outer, inner, beside) == text("d")
    assert text("", outer, inner) != text("", outer)


def test_the_order_the_place_and_the_origin_matter() -> None:
    first, second = layer("", loc=1), layer("", loc=2)
    assert text("a", first, second) != text("a", second, first)
    assert text("a", first) != text("a", first._replace(directory="a"))
    moved = Layer("", {key: Value(value.value, ":2") for key, value in first.values.items()})
    assert text("a", first) != text("a", moved)
    assert text("a", first) != text("a", first._replace(overrides=(Override(("x",), second.values),)))


def test_what_is_no_matter_of_files_does_not_matter() -> None:
    assert text("a", told(reader="git", budget_ms=5)) == text("a", told())
    assert text("a", told(gate="all")) != text("a", told())


def test_a_directory_and_those_above_it() -> None:
    assert list(above("a/b")) == ["a/b", "a", ""]
    assert list(above("")) == [""]
