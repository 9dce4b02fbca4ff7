"""Tiles (C2SP tlog-tiles): the tree and its entries as files that never change.

Tile `index` of level `level` holds up to 256 hashes, each over 256^level leaves; only a full tile is hashed into
the level above.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from messenger.merkle.errors import TileError
from messenger.merkle.tree import HASH_SIZE, MAX_TREE_SIZE, NodeId, NodeReader, read_nodes

TILE_WIDTH: Final = 256
TILE_HEIGHT: Final = 8
MAX_LEVEL: Final = 63
MAX_ENTRY_SIZE: Final = 2**16 - 1

_INDEX: Final = re.compile(r"(?P<index>(?:x[0-9]{3}/){0,4}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?")
_TILE_PATH: Final = re.compile(r"tile/(?P<level>0|[1-9][0-9]?)/" + _INDEX.pattern)
_BUNDLE_PATH: Final = re.compile(r"tile/entries/" + _INDEX.pattern)


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """A tile of hashes: `width` of them, 256 when it is full. Raises TileError for a tile that cannot be."""

    level: int
    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        if not 0 <= self.level <= MAX_LEVEL:
            raise TileError(f"a tile's level is from 0 to {MAX_LEVEL}, not {self.level}")
        _require_place(self.index, self.width)

    @classmethod
    def parse(cls, path: str) -> "Tile":
        """Read a path below the log's prefix. Raises TileError unless it is the one way to write that tile's."""
        parts = _TILE_PATH.fullmatch(path)
        if not parts:
            raise TileError("this is not the path of a tile")
        return cls(int(parts["level"]), _parse_index(parts["index"]), _parse_width(parts["width"]))

    def path(self) -> str:
        """The path below the log's prefix, such as `tile/0/x001/x234/067` or `tile/1/000.p/17`."""
        return f"tile/{self.level}/{_write_place(self.index, self.width)}"

    def nodes(self) -> tuple[NodeId, ...]:
        """The stored nodes whose hashes the tile holds, in order."""
        begin = self.index * TILE_WIDTH
        return tuple(NodeId(self.level * TILE_HEIGHT, begin + offset) for offset in range(self.width))

    def is_in(self, size: int) -> bool:
        """Whether a tree of `size` leaves has grown as far as this tile."""
        return self.index * TILE_WIDTH + self.width <= size >> (self.level * TILE_HEIGHT)


@dataclass(frozen=True, slots=True, order=True)
class EntryBundle:
    """The entries under level-0 tile `index`: `width` of them. Raises TileError for a bundle that cannot be."""

    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        _require_place(self.index, self.width)

    @classmethod
    def parse(cls, path: str) -> "EntryBundle":
        """Read a path below the log's prefix. Raises TileError unless it is the one way to write that bundle's."""
        parts = _BUNDLE_PATH.fullmatch(path)
        if not parts:
            raise TileError("this is not the path of an entry bundle")
        return cls(_parse_index(parts["index"]), _parse_width(parts["width"]))

    def path(self) -> str:
        """The path below the log's prefix, such as `tile/entries/x001/067.p/12`."""
        return f"tile/entries/{_write_place(self.index, self.width)}"

    @property
    def first(self) -> int:
        """The index of the bundle's first entry in the log."""
        return self.index * TILE_WIDTH

    def is_in(self, size: int) -> bool:
        """Whether a tree of `size` leaves has grown as far as this bundle."""
        return self.first + self.width <= size


def tiles_of(size: int) -> list[Tile]:
    """Every tile of a tree of `size` leaves, full and partial, lowest level first; only for logs that fit memory."""
    tiles: list[Tile] = []
    level = 0
    while (hashes := size >> (level * TILE_HEIGHT)) > 0:
        full, rest = divmod(hashes, TILE_WIDTH)
        tiles.extend(Tile(level, index) for index in range(full))
        if rest:
            tiles.append(Tile(level, full, rest))
        level += 1
    return tiles


def read_tile(reader: NodeReader, tile: Tile, size: int) -> bytes:
    """The tile's bytes, `width` × 32. Raises TileError when a tree of `size` leaves does not have it."""
    if not tile.is_in(size):
        raise TileError(f"a log of {size} entries has no {tile.path()}")
    return b"".join(read_nodes(reader, tile.nodes()))


def parse_tile(tile: Tile, encoded: bytes) -> tuple[bytes, ...]:
    """The hashes in a tile's bytes, in order. Raises TileError for another length than the tile's."""
    if len(encoded) != tile.width * HASH_SIZE:
        raise TileError(f"{tile.path()} has {tile.width * HASH_SIZE} bytes, not {len(encoded)}")
    return tuple(encoded[start : start + HASH_SIZE] for start in range(0, len(encoded), HASH_SIZE))


def write_bundle(entries: Sequence[bytes]) -> bytes:
    """Entries as an entry bundle: each after its length as a big-endian uint16. Raises TileError for a longer one."""
    if any(len(entry) > MAX_ENTRY_SIZE for entry in entries):
        raise TileError(f"an entry in a bundle has at most {MAX_ENTRY_SIZE} bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_bundle(bundle: EntryBundle, encoded: bytes) -> tuple[bytes, ...]:
    """The entries in a bundle's bytes, in order. Raises TileError unless they are exactly `width` entries."""
    entries: list[bytes] = []
    start = 0
    while start < len(encoded):
        end = start + 2 + int.from_bytes(encoded[start : start + 2], "big")
        if end > len(encoded):
            raise TileError(f"{bundle.path()} ends inside an entry")
        entries.append(encoded[start + 2 : end])
        start = end
    if len(entries) != bundle.width:
        raise TileError(f"{bundle.path()} has {bundle.width} entries, not {len(entries)}")
    return tuple(entries)


def _require_place(index: int, width: int) -> None:
    if not 0 <= index <= MAX_TREE_SIZE // TILE_WIDTH:
        raise TileError(f"a tile's index is from 0 to {MAX_TREE_SIZE // TILE_WIDTH}, not {index}")
    if not 1 <= width <= TILE_WIDTH:
        raise TileError(f"a tile's width is from 1 to {TILE_WIDTH}, not {width}")


def _write_place(index: int, width: int) -> str:
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03}")
    return "/".join(groups) + (f".p/{width}" if width < TILE_WIDTH else "")


def _parse_index(text: str) -> int:
    if text.startswith("x000/"):
        raise TileError("a tile's index is written without leading groups of zeros")
    return int(text.replace("x", "").replace("/", ""))


def _parse_width(text: str | None) -> int:
    if text is None:
        return TILE_WIDTH
    if int(text) >= TILE_WIDTH:
        raise TileError(f"a partial tile's width is from 1 to {TILE_WIDTH - 1}, not {text}")
    return int(text)
