"""What must hold of the bytes of every settings file, valid or not."""

from antipasta_hook.config.compiled import fits
from antipasta_hook.config.load import load
from antipasta_hook.model import Failure

OID = "1" * 40


def usable(path: str, source: bytes) -> bool:
    """Whether there is a layer, or else a Failure that says on which line it is wrong."""
    try:
        loaded = load({path: OID}, lambda _: source, None)
    except Failure as failure:
        lines = str(failure).splitlines()
        assert lines
        assert all(line.startswith(f"{path}:") for line in lines if not line.startswith("and "))
        assert all(line.isprintable() for line in lines)
        return False
    for problem in loaded.problems:
        assert problem.message.isprintable()
    for layer in loaded.layers:
        for values in (layer.values, *(override.values for override in layer.overrides)):
            assert all(fits(key, value.value) for key, value in values.items())
    return True
