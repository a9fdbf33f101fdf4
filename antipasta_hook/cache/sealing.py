"""Plain data as bytes that are believed only under the key they were written under, and back. Data only, no code."""

import json
import struct
import zlib
from typing import Any, Final, TypeAlias

from antipasta_hook.cache.encoding import LARGEST

Json: TypeAlias = Any
"""What was in the bytes, before anybody has looked at it."""

_MAGIC: Final = b"aj"
_HEAD: Final = struct.Struct("<2sIII")
"""Magic, checksum of all that follows and of the key, length as stored, length unpacked."""
_BROKEN: Final = (ValueError, TypeError, OverflowError, RecursionError, zlib.error, struct.error)
_write: Final = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False
).encode


def sealed(facts: list[Any], key: str) -> bytes:
    """JSON values (lists, texts, numbers) as bytes."""
    text = _write(facts).encode("utf-8", "surrogatepass")
    packed = zlib.compress(text, 1)
    rest = struct.pack("<II", len(packed), len(text)) + packed
    return _MAGIC + struct.pack("<I", _checksum(rest, key)) + rest


def opened(data: bytes, key: str) -> Json:
    """What was sealed under this key; None for anything else. Never raises."""
    try:
        return _opened(data, key)
    except _BROKEN:
        return None


def _opened(data: bytes, key: str) -> Json:
    if type(data) is not bytes or not _HEAD.size < len(data) <= LARGEST:
        return None
    magic, checksum, stored, size = _HEAD.unpack_from(data)
    if magic != _MAGIC or size > LARGEST or stored != len(data) - _HEAD.size:
        return None
    if checksum != _checksum(memoryview(data)[6:], key):
        return None
    stream = zlib.decompressobj()
    text = stream.decompress(data[_HEAD.size :], size + 1)  # whatever grows beyond what it promises is cut off
    if len(text) != size or not stream.eof or stream.unused_data:
        return None
    return json.loads(text.decode("utf-8", "surrogatepass"))


def _checksum(payload: bytes | memoryview, key: str) -> int:
    return zlib.crc32(payload, zlib.crc32(key.encode("utf-8", "surrogatepass")))
