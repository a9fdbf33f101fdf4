"""Values that no code of ours wrote, with right checksums: what somebody writes who has read the code."""

import json
import struct
import zlib
from typing import Any

from antipasta_hook.cache.encoding import FORMAT


def forged(facts: Any, *, tail: bytes = b"", packing: int | None = None, key: str = "") -> bytes:
    """A value with a right checksum over whatever facts: what somebody writes who has read the code."""
    text = facts if isinstance(facts, bytes) else json.dumps(facts).encode()
    stored = zlib.compress(text) if packing else text
    return sealed(struct.pack("<II", len(stored), len(text)) + stored + tail, packing=packing or 0, key=key)


def sealed(payload: bytes, *, packing: int = 0, key: str = "", magic: bytes = b"ah", version: int = FORMAT) -> bytes:
    """A value with a right checksum over whatever follows its head."""
    checksum = zlib.crc32(payload, zlib.crc32(f"{FORMAT}:{packing}:{key}".encode()))
    return struct.pack("<2sBBI", magic, version, packing, checksum) + payload


def forged_seal(text: bytes, key: str = "") -> bytes:
    """Any text in the form in which roll-ups and layouts are kept."""
    packed = zlib.compress(text, 1)
    rest = struct.pack("<II", len(packed), len(text)) + packed
    return b"aj" + struct.pack("<I", zlib.crc32(rest, zlib.crc32(key.encode()))) + rest
