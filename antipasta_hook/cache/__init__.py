"""What was measured before, kept for the next run: the only room that knows diskcache.

Best effort throughout: a broken, locked, full or read-only cache costs time, never a verdict. Nothing heavy is
imported before a store is opened.
"""

from antipasta_hook.cache.encoding import decode, encode
from antipasta_hook.cache.key import cache_key
from antipasta_hook.cache.memory import FileMemory, open_memory
from antipasta_hook.cache.store import Store, open_store, wanted_store

__all__ = ["FileMemory", "Store", "cache_key", "decode", "encode", "open_memory", "open_store", "wanted_store"]
