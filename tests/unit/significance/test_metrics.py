"""The score of what was measured, where the text is not at hand or says less."""

from antipasta_hook.config.settings import DEFAULTS
from antipasta_hook.metrics import measure
from antipasta_hook.model import Significance
from antipasta_hook.significance import PROVED, by_metrics
from tests.unit.significance.changes import change


def rated(before: str | None, after: str | None, text: Significance | None = None) -> Significance:
    old, new = (None if side is None else side.encode() for side in (before, after))
    measured = [None if side is None else measure(side) for side in (old, new)]
    return by_metrics(change(old, new), DEFAULTS, measured[0], measured[1], text)


def ifs(count: int, name: str = "f") -> str:
    return f"def {name}(x):\n" + "".join(f"    if a{n}:\n        b({n})\n" for n in range(count)) + "    return x\n"


def test_what_grew_up_to_its_limit_comes_near_1() -> None:
    found = by_metrics(change(b"1", b"2"), DEFAULTS, measure(ifs(5).encode()), measure(ifs(9).encode()), None)
    assert found.score > 0.8
    assert found.reasons[0] == "4 branches added in f, which scores 10 of 10 in cyclomatic complexity"


def test_the_nearer_to_a_limit_the_higher() -> None:
    scores = [rated(ifs(n), ifs(n + 1)).score for n in range(20)]
    assert scores == sorted(scores)
    assert scores[0] < 0.4
    assert scores[-1] > 0.9


def test_the_faster_it_grew_the_higher() -> None:
    scores = [rated(ifs(n), ifs(12)).score for n in range(12, -1, -1)][1:]
    assert scores == sorted(scores)


def test_without_its_text_a_file_is_rated_by_its_lines() -> None:
    few, many = ("x = 1\n" + "".join(f"y{n} = {n}\n" for n in range(count)) for count in (2, 200))
    assert rated("x = 1\n", few).score < rated("x = 1\n", many).score < 0.25
    assert rated("x = 1\n", many).reasons == ("200 lines of code more", "no function changed")
    assert rated(many, "x = 1\n").reasons == ("200 lines of code fewer", "no function changed")


def test_a_proof_outweighs_what_was_measured() -> None:
    assert rated(ifs(1), ifs(20), PROVED) == PROVED


def test_without_the_old_version_the_text_has_the_word() -> None:
    text = Significance(0.4, ("so it said",))
    new = measure(ifs(20).encode())
    assert by_metrics(change(b"1", b"2"), DEFAULTS, None, new, text) == text
    assert by_metrics(change(b"1", b"2"), DEFAULTS, new, None, text) == text
    assert 0 < by_metrics(change(b"1", b"2"), DEFAULTS, None, new, None).score < 0.5


def test_a_function_under_another_name_is_not_new() -> None:
    assert "new function" not in "".join(rated(ifs(8), ifs(8, "g")).reasons)
    assert rated(ifs(8), ifs(8, "g")).score < rated(None, ifs(8, "g")).score


def test_functions_that_swap_their_places_have_not_changed() -> None:
    assert rated(ifs(3) + ifs(5, "g"), ifs(5, "g") + ifs(3)).reasons == ("no function changed",)
