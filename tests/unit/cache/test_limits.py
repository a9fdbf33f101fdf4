"""How large a store may grow and what goes first: who may say so, and for which place."""

import os

import pytest

from antipasta_hook.cache.limits import DEFAULT_SIZE, Limits, limits_of

HOME = {"HOME": "/home/somebody", "XDG_CACHE_HOME": "/home/somebody/.cache"}
OWN = "~/.cache/antipasta-hook"
MB = 10**6


@pytest.mark.parametrize(
    ("directory", "environ", "expected"),
    [
        pytest.param(None, {}, Limits(), id="no place named: a repository limits nothing"),
        pytest.param(OWN, {}, Limits(), id="the user's own place by its name"),
        pytest.param("/elsewhere", {"ANTIPASTA_CACHE_DIR": "/x"}, Limits(), id="the user has a place of their own"),
        pytest.param(
            "/elsewhere",
            {},
            Limits(5 * MB, "least-recently-used", "the settings", "the settings"),
            id="a place that the repository named",
        ),
        pytest.param(
            None,
            {"ANTIPASTA_CACHE_SIZE": "1GiB", "ANTIPASTA_CACHE_EVICTION": "none"},
            Limits(1024**3, "none", "ANTIPASTA_CACHE_SIZE", "ANTIPASTA_CACHE_EVICTION"),
            id="the user's word",
        ),
        pytest.param(
            "/elsewhere",
            {"ANTIPASTA_CACHE_SIZE": "2MB"},
            Limits(2 * MB, "least-recently-used", "ANTIPASTA_CACHE_SIZE", "the settings"),
            id="the user's word beats the settings', one by one",
        ),
        pytest.param(None, {"ANTIPASTA_CACHE_SIZE": "", "ANTIPASTA_CACHE_EVICTION": ""}, Limits(), id="empty is unset"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="the user's place is elsewhere there")
def test_a_repository_limits_only_the_place_that_it_names(
    directory: str | None, environ: dict[str, str], expected: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert limits_of(directory, HOME | environ, 5 * MB, "least-recently-used") == expected


def test_a_repository_cannot_ask_for_more_than_the_default() -> None:
    assert limits_of("/elsewhere", HOME, 10**12).size == DEFAULT_SIZE


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("ANTIPASTA_CACHE_SIZE", "big", "ANTIPASTA_CACHE_SIZE must be a size with its unit, such as 500MB or 1GiB"),
        ("ANTIPASTA_CACHE_SIZE", "5B", "ANTIPASTA_CACHE_SIZE must be from 1MB to 1000GB"),
        ("ANTIPASTA_CACHE_EVICTION", "lru", "ANTIPASTA_CACHE_EVICTION must be one of least-recently-stored"),
    ],
)
def test_what_cannot_be_used_is_said_and_left_out(variable: str, value: str, said: str) -> None:
    found = limits_of(None, HOME | {variable: value})
    assert found._replace(problem=None) == Limits()
    assert found.problem is not None
    assert found.problem.message.startswith(said)
