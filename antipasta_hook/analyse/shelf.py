"""Where blobs are had that were read already: ranking, measuring and looking for sources want the same ones."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from antipasta_hook.changes import BlobSource

MOST_BYTES: Final = 32 * 1024 * 1024


class Shelf:
    """A BlobSource that remembers sizes, and contents as far as they are not too much."""

    def __init__(self, source: "BlobSource") -> None:
        self._source = source
        self._sizes: dict[str, int | None] = {}
        self._contents: dict[str, bytes] = {}
        self._room = MOST_BYTES

    def size(self, oid: str) -> int | None:
        """See BlobSource."""
        if oid not in self._sizes:
            self._sizes[oid] = self._source.size(oid)
        return self._sizes[oid]

    def read(self, oid: str) -> bytes:
        """See BlobSource."""
        known = self._contents.get(oid)
        if known is not None:
            return known
        content = self._source.read(oid)
        if len(content) <= self._room:
            self._room -= len(content)
            self._contents[oid] = content
        return content
