"""What was measured before, kept for the next run: the only room that knows diskcache.

Best effort throughout: a broken, locked, full or read-only cache costs time, never a verdict. Nothing heavy is
imported before a store is opened.
"""

from antipasta_hook.cache.encoding import decode, encode
from antipasta_hook.cache.key import cache_key
from antipasta_hook.cache.store import Store, open_store

__all__ = ["Store", "cache_key", "decode", "encode", "open_store"]
