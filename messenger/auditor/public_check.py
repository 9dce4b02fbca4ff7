"""What a stranger can check over HTTP: the log's signature, its tiles against its root, its growth since last time."""

from collections.abc import Callable, Iterator

import requests

from messenger.auditor.database_check import Given
from messenger.auditor.errors import CannotCheck
from messenger.auditor.findings import Finding, Report
from messenger.auditor.log_check import code_of
from messenger.merkle.checkpoint import Checkpoint, open_checkpoint
from messenger.merkle.errors import MerkleError
from messenger.merkle.note import VerifierKey
from messenger.merkle.tiles import TILE_HEIGHT, TILE_WIDTH, Tile, parse_tile
from messenger.merkle.tree import EMPTY_FRONTIER, Frontier
from messenger.protocol.encoding import b64u_encode

SECONDS = 30
Fetch = Callable[[str], bytes]


def check_server(url: str, given: Given) -> Report:
    """Check the log that the server at `url` shows to anybody, against the key that the auditor brings.

    Raises CannotCheck without clinic or key, or for an answer that is none; requests' own errors where the server
    cannot be reached.
    """
    if given.clinic is None or given.log_key is None:
        raise CannotCheck("which_log", "Name the clinic with --clinic and its log's key with --key.")
    report = Report()
    with requests.Session() as session:
        report.add(_findings(_fetcher(session, f"{url.rstrip('/')}/log/{given.clinic}"), given.log_key, given, report))
    return report


def _findings(fetch: Fetch, key: VerifierKey, given: Given, report: Report) -> Iterator[Finding]:
    try:
        checkpoint = open_checkpoint(fetch("checkpoint"), key).checkpoint
        kept = open_checkpoint(given.since, key).checkpoint if given.since is not None else None
    except MerkleError as refused:
        yield Finding(code_of(refused))
        return
    if kept is not None and kept.size > checkpoint.size:
        yield Finding("tree_shrunk", kept.size)
    try:
        frontier, watched = _read_tree(fetch, checkpoint.size, kept)
        report.size, report.root = frontier.size, b64u_encode(frontier.root())
        yield from _compare(checkpoint, frontier, kept, watched)
    except MerkleError:
        yield Finding("tile_differs")


def _read_tree(fetch: Fetch, size: int, kept: Checkpoint | None) -> tuple[Frontier, bytes | None]:
    frontier, watched = EMPTY_FRONTIER, None
    for index in range((size + TILE_WIDTH - 1) // TILE_WIDTH):
        tile = Tile(0, index, min(TILE_WIDTH, size - index * TILE_WIDTH))
        hashes = parse_tile(tile, fetch(tile.path()))
        if kept is not None and frontier.size < kept.size <= frontier.size + tile.width:
            watched = frontier.append(hashes[: kept.size - frontier.size]).frontier.root()
        growth = frontier.append(hashes)
        _require_upper_tiles(fetch, frontier.size, growth.frontier.size, {n.id: n.hash for n in growth.nodes})
        frontier = growth.frontier
    return frontier, watched


def _require_upper_tiles(fetch: Fetch, before: int, after: int, nodes: dict[object, bytes]) -> None:
    """Where a tile of level 1 and above is full, its hashes are those of the leaves below; MerkleError otherwise."""
    level = 1
    while (full := after >> (level * TILE_HEIGHT)) > before >> (level * TILE_HEIGHT):
        place, last = divmod(full - 1, TILE_WIDTH)
        tile = Tile(level, place, last + 1)
        if parse_tile(tile, fetch(tile.path()))[-1] != nodes[tile.nodes()[-1]]:
            raise MerkleError("an upper tile does not continue the tiles below it")
        level += 1


def _compare(
    checkpoint: Checkpoint, frontier: Frontier, kept: Checkpoint | None, watched: bytes | None
) -> Iterator[Finding]:
    if frontier.root() != checkpoint.root:
        yield Finding("tile_differs")
    if kept is not None and 0 < kept.size <= checkpoint.size and watched != kept.root:
        yield Finding("fork", kept.size)


def _fetcher(session: requests.Session, address: str) -> Fetch:
    def fetch(path: str) -> bytes:
        answer = session.get(f"{address}/{path}", timeout=SECONDS)
        if answer.status_code != requests.codes.ok:
            raise CannotCheck("not_served", f"The server does not show {path} (answer {answer.status_code}).")
        return answer.content

    return fetch
