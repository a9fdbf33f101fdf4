"""``python -m tests.fuzz.guided TARGET …``: one check under libFuzzer, whose options follow. Started by ``guiding``."""

import sys
import time

import atheris

_BY_PATTERNS = ("suppressions",)
"""What is read by regular expressions alone: atheris tells libFuzzer what matches them, but cannot do so for all."""


def main() -> None:
    """Never comes back: libFuzzer ends the process."""
    if sys.argv[1] in _BY_PATTERNS:
        atheris.enabled_hooks.add("RegEx")
    with atheris.instrument_imports(include=["antipasta_hook"]):
        from tests.fuzz.targets import GUIDED
    target = GUIDED[sys.argv[1]]
    slowest = 0.0

    def one(data: bytes) -> None:
        nonlocal slowest
        started = time.process_time()
        target.check(data)
        spent = time.process_time() - started
        if spent > slowest:
            slowest = spent
            sys.stderr.write(f"SLOWEST {spent:.6f} {data[:60]!r}\n")
        if target.also is not None:
            target.also(data)

    atheris.Setup([sys.argv[0], *sys.argv[2:]], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
