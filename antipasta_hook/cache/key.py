"""What a measurement depends on, and nothing else: the bytes of a blob and the engine that measured them."""

_HEX = frozenset("0123456789abcdef")
_OID_LENGTHS = (40, 64)
_LONGEST_FINGERPRINT = 200


def cache_key(oid: str, fingerprint: str) -> str:
    """The key of one blob measured by one engine.

    ``oid`` is lower-case hex of 40 (SHA-1) or 64 (SHA-256) digits and not the null id; ``fingerprint`` is printable
    ASCII without a colon. Anything else is a mistake of the caller: ValueError.
    """
    if len(oid) not in _OID_LENGTHS or not _HEX.issuperset(oid) or not oid.strip("0"):
        raise ValueError(f"not a blob id: {oid!r}")
    if not 0 < len(fingerprint) <= _LONGEST_FINGERPRINT or ":" in fingerprint:
        raise ValueError(f"not an engine fingerprint: {fingerprint!r}")
    if not (fingerprint.isascii() and fingerprint.isprintable()):
        raise ValueError(f"not an engine fingerprint: {fingerprint!r}")
    return f"{oid}:{fingerprint}"
