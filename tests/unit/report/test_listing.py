from antipasta_hook.model import COGNITIVE, CYCLOMATIC
from antipasta_hook.report.listing import Column, Explained, listing, overview
from antipasta_hook.report.screen import PLAIN
from tests.unit.report.sample import function

SOURCE = ["def f(x):", "\tif x and \x1b[31m:", "        return 1"]


def explained(symbol: str = "f", line: int = 1, cognitive: float | None = 2, cyclomatic: float = 12) -> Explained:
    return Explained(
        function(symbol, line)._replace(end_line=line + 2),
        (
            Column(COGNITIVE, cognitive, 15, None, {2: 2}, "" if cognitive else "counted for the function around it"),
            Column(CYCLOMATIC, cyclomatic, 10, ".antipasta.yaml:4", {1: 1, 2: 11}),
        ),
    )


def test_a_listing_has_a_margin_the_sums_and_the_limits() -> None:
    assert listing("a.py", SOURCE, explained(), PLAIN) == (
        "a.py:1 f\n"
        "\n"
        " line cogn. cycl.\n"
        "    1          +1  def f(x):\n"
        "    2    +2   +11      if x and \\x1b[31m:\n"
        "    3                      return 1\n"
        "  sum     2    12  over the limit: cyclomatic\n"
        "limit    15    10  from .antipasta.yaml:4\n"
    )


def test_a_number_that_a_function_does_not_have_is_a_dash_with_the_reason() -> None:
    text = listing("a.py", SOURCE, explained(cognitive=None, cyclomatic=3), PLAIN)
    assert "  sum     -     3  cognitive: counted for the function around it\n" in text


def test_an_overview_has_the_worst_first() -> None:
    functions = [explained("a", 1, 1, 2), explained("A.b", 50, 29, 3), explained("c", 120_000, None, 12)]
    assert overview("a.py", functions, PLAIN) == (
        "a.py: 3 functions\n"
        "\n"
        "cogn. cycl.   line  function\n"
        "  29!     3     50  A.b\n"
        "    -   12! 120000  c\n"
        "    1     2      1  a\n"
        "   15    10  limit  (!: over it)\n"
    )


def test_a_file_without_functions_is_one_line() -> None:
    assert overview("a.py", [], PLAIN) == "a.py: 0 functions\n"
