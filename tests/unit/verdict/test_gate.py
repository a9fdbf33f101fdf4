"""What a finding that does not block is said to be let through for."""

import pytest

from antipasta_hook.config.settings import Plain, Settings, told
from antipasta_hook.model import CYCLOMATIC, MAINTAINABILITY, Status
from antipasta_hook.verdict.gate import why_not_blocking


@pytest.mark.parametrize(
    ("metric", "old", "new", "tolerance", "why_not"),
    [
        (CYCLOMATIC, 17, 18, None, "grew by 1, up to 3.4 is tolerated"),
        (MAINTAINABILITY, 76.05321, 74.38369, None, "fell by 1.7, up to 5 is tolerated"),
        ("halstead_volume", 1234.567, 1236.234, None, "grew by 1.7, up to 5 is tolerated"),
        ("halstead_bugs", 1.234, 1.2345, None, "grew by less than 0.1, up to 2 is tolerated"),
        (CYCLOMATIC, 17, 18, 1.25, "grew by 1, up to 1.25 is tolerated"),
        (CYCLOMATIC, 17, 21, None, None),
        (MAINTAINABILITY, 76, 70, None, None),
    ],
)
def test_growth_is_told_in_numbers_that_people_read(
    metric: str, old: float, new: float, tolerance: float | None, why_not: str | None
) -> None:
    set_here: dict[str, Plain] = {f"limits.{metric}.limit": 1.0, f"limits.{metric}.level": "error"}
    if tolerance is not None:
        set_here["tolerance"] = tolerance
    settings = Settings([told(**set_here)])
    found = why_not_blocking(Status.WORSENED, (old, new), metric, settings.criteria("a.py"), code_changed=True)
    assert found == why_not
