"""What each metric is and what to do about it, for readers who meet it in a CI service and not in our documents."""

from typing import Final, NamedTuple

from antipasta_hook.model import COGNITIVE, CYCLOMATIC, HALSTEAD_PREFIX, MAINTAINABILITY, SYNTAX
from antipasta_hook.report.words import metric_name


class Rule(NamedTuple):
    """One metric: a title, a sentence that says what it is, and paragraphs that say how to go on."""

    name: str
    title: str
    what: str
    how: tuple[str, ...]


_SPLIT: Final = (
    "Give a name to a part that has a purpose of its own and make it a function; return early instead of nesting; "
    "replace a chain of conditions by a table."
)
_COMMENT: Final = (
    "If it has to stay as it is, say so on its def line: `# antipasta: allow {word}=N REASON` sets a ceiling of N for "
    "this function."
)
_RULES: Final = {
    CYCLOMATIC: Rule(
        "CyclomaticComplexity",
        "A function with too many paths",
        "Cyclomatic complexity counts the independent paths through a function: one, and one more for each branch, "
        "loop, exception handler, comprehension and boolean operator. Each path wants a test.",
        (_SPLIT, _COMMENT.format(word="cyclomatic")),
    ),
    COGNITIVE: Rule(
        "CognitiveComplexity",
        "A function that is hard to follow",
        "Cognitive complexity counts what interrupts reading from top to bottom: branches, loops and jumps, and each "
        "of them more the deeper it is nested.",
        (_SPLIT, _COMMENT.format(word="cognitive")),
    ),
    MAINTAINABILITY: Rule(
        "MaintainabilityIndex",
        "A file that is hard to maintain",
        "The maintainability index is made of a file's size, its Halstead volume and its cyclomatic complexity: 100 is "
        "best, 0 is worst.",
        ("Split the file by what its parts are about.",),
    ),
    SYNTAX: Rule(
        "SyntaxError",
        "A file that cannot be parsed",
        "What cannot be parsed cannot be measured, and cannot run.",
        ("Repair the syntax at the line that is named.",),
    ),
}


def rule(metric: str) -> Rule:
    """The rule of any metric that can have a limit."""
    if metric in _RULES:
        return _RULES[metric]
    name = metric_name(metric)
    title = f"Too much of one thing: {name}"
    what = f"The number of lines that a file has of this kind: {name}."
    if metric.startswith(HALSTEAD_PREFIX):
        what = f"One of Halstead's measures, made of the operators and operands of a function or file: {name}."
    camel = "".join(word[:1].upper() + word[1:] for word in metric.split("_"))
    return Rule(camel, title, what, (_SPLIT,))
