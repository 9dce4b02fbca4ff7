import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.merkle.errors import TileError
from messenger.merkle.tiles import (
    TILE_WIDTH,
    EntryBundle,
    Tile,
    parse_bundle,
    parse_tile,
    read_tile,
    tiles_of,
    write_bundle,
)
from messenger.merkle.tree import MAX_TREE_SIZE, NodeId, leaf_hash
from tests.merkle import model
from tests.merkle.node_stores import UniformNodes, grown

MAX_INDEX = MAX_TREE_SIZE // TILE_WIDTH
indexes = st.integers(0, MAX_INDEX)
widths = st.integers(1, TILE_WIDTH)
tiles = st.builds(Tile, st.integers(0, 63), indexes, widths)
bundles = st.builds(EntryBundle, indexes, widths)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
        (Tile(1, 0, 17), "tile/1/000.p/17"),
        (Tile(63, 1000, 255), "tile/63/x001/000.p/255"),
    ],
)
def test_a_tiles_path_is_the_one_the_specification_writes(tile: Tile, path: str) -> None:
    assert tile.path() == path
    assert Tile.parse(path) == tile


@given(tiles)
def test_a_tiles_path_leads_back_to_it(tile: Tile) -> None:
    assert Tile.parse(tile.path()) == tile


@given(bundles)
def test_a_bundles_path_leads_back_to_it(bundle: EntryBundle) -> None:
    assert EntryBundle.parse(bundle.path()) == bundle


@given(st.from_regex(r"tile/([0-9]{1,2}|entries)/(x[0-9]{3}/){0,6}[0-9]{3}(\.p/[0-9]{1,3})?", fullmatch=True))
def test_no_tile_has_a_second_path(path: str) -> None:
    kind = EntryBundle if path.startswith("tile/entries/") else Tile
    try:
        parsed = kind.parse(path)
    except TileError:
        return
    assert parsed.path() == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/1000",
        "tile/0/001/000",
        "tile/0/x000/000",
        "tile/0/x001/x000",
        "tile/0/000.p/0",
        "tile/0/000.p/05",
        "tile/0/000.p/256",
        "tile/0/000.p/",
        "tile/0/000\n",
        "/tile/0/000",
        "tile/0/٠٠٠",
        f"tile/0/{'x999/' * 5000}000",
        "tile/entries/000",
    ],
    ids=lambda path: repr(path[:24]),
)
def test_what_is_not_a_tiles_path_is_refused(path: str) -> None:
    with pytest.raises(TileError):
        Tile.parse(path)


@pytest.mark.parametrize("path", ["tile/0/000", "tile/entries/0", "tile/entries/000.p/256", "entries/000"])
def test_what_is_not_a_bundles_path_is_refused(path: str) -> None:
    with pytest.raises(TileError):
        EntryBundle.parse(path)


@pytest.mark.parametrize(
    ("level", "index", "width"), [(-1, 0, 1), (64, 0, 1), (0, -1, 1), (0, MAX_INDEX + 1, 1), (0, 0, 0), (0, 0, 257)]
)
def test_an_impossible_tile_cannot_be_made(level: int, index: int, width: int) -> None:
    with pytest.raises(TileError):
        Tile(level, index, width)


def test_seventy_thousand_entries_have_the_tiles_of_the_specification() -> None:
    by_level: dict[int, list[int]] = {}
    for tile in tiles_of(70_000):
        by_level.setdefault(tile.level, []).append(tile.width)
    assert by_level == {0: [256] * 273 + [112], 1: [256, 17], 2: [1]}


def test_a_full_tile_is_also_one_hash_of_the_level_above() -> None:
    assert tiles_of(256) == [Tile(0, 0), Tile(1, 0, 1)]
    assert tiles_of(0) == []


def test_a_tiles_hashes_are_those_of_the_entries_below_it() -> None:
    entries = [str(index).encode() for index in range(600)]
    nodes, _ = grown(entries)
    leaves = parse_tile(Tile(0, 2, 88), read_tile(nodes, Tile(0, 2, 88), 600))
    assert leaves == tuple(leaf_hash(entry) for entry in entries[512:])
    above = parse_tile(Tile(1, 0, 2), read_tile(nodes, Tile(1, 0, 2), 600))
    assert above == (model.tree_hash(entries[:256]), model.tree_hash(entries[256:512]))


@given(st.integers(0, 2**20), tiles)
def test_a_log_has_a_tile_exactly_when_it_has_grown_to_its_last_leaf(size: int, tile: Tile) -> None:
    last = (tile.index * TILE_WIDTH + tile.width) * TILE_WIDTH**tile.level
    assert tile.is_in(size) == (last <= size)
    if not tile.is_in(size):
        with pytest.raises(TileError):
            read_tile(UniformNodes(), tile, size)


def test_a_tile_names_the_stored_nodes_it_is_made_of() -> None:
    assert Tile(2, 1, 2).nodes() == (NodeId(16, 256), NodeId(16, 257))


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_tile_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(TileError):
        parse_tile(Tile(0, 0, 1), bytes(length))


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=TILE_WIDTH))
def test_a_bundles_bytes_lead_back_to_its_entries(entries: list[bytes]) -> None:
    bundle = EntryBundle(3, len(entries))
    assert parse_bundle(bundle, write_bundle(entries)) == tuple(entries)
    assert bundle.first == 768
    assert bundle.is_in(768 + len(entries))
    assert not bundle.is_in(768 + len(entries) - 1)


def test_a_bundle_is_each_entry_after_its_length() -> None:
    assert write_bundle([b"ab", b""]) == b"\x00\x02ab\x00\x00"


def test_an_entry_beyond_sixty_five_thousand_bytes_fits_no_bundle() -> None:
    assert len(write_bundle([bytes(65_535)])) == 65_537
    with pytest.raises(TileError):
        write_bundle([bytes(65_536)])


@pytest.mark.parametrize(
    "encoded", [b"", b"\x00", b"\x00\x02a", b"\x00\x01a\x00", b"\x00\x01a\x00\x01b"], ids=lambda value: value.hex()
)
def test_a_bundle_that_ends_inside_an_entry_or_has_another_count_is_refused(encoded: bytes) -> None:
    with pytest.raises(TileError):
        parse_bundle(EntryBundle(0, 1), encoded)
