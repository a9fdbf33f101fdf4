"""Sizes and times of a cache, as people write and read them."""

import argparse
import re
from datetime import datetime
from typing import Final

from antipasta_hook.config import values

_AGE: Final = re.compile(r"([0-9]{1,5}) *(m|h|d|w)")
_SECONDS: Final = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def megabytes(size: float) -> str:
    """Bytes, for people."""
    return f"{size / 1_000_000:,.1f} MB"


def moment(when: float | None) -> str:
    """A time in seconds since 1970, for people here."""
    return "unknown" if when is None else f"{datetime.fromtimestamp(when).astimezone():%Y-%m-%d %H:%M}"


def size(text: str) -> int:
    """Bytes, from what a person wrote."""
    try:
        return values.size(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def age(text: str) -> float:
    """Seconds, from what a person wrote."""
    found = _AGE.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"must be an age with its unit, such as 12h, 30d or 6w, not {text!r}")
    return float(found[1]) * _SECONDS[found[2]]
