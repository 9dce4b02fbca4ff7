"""The log over HTTP: C2SP tlog-tiles for anybody's tools, proofs for those whom an entry concerns."""

from typing import Final

from flask import Blueprint, Response, jsonify, request

from messenger.audit import proofs
from messenger.audit.proofs import Reader
from messenger.errors import Invalid
from messenger.merkle.tiles import TILE_WIDTH
from messenger.protocol.encoding import b64u_encode
from messenger.protocol.ids import check_id
from messenger.web.guards import Guard, guard
from messenger.web.identity import caller
from messenger.web.request_scope import db_session, now

blueprint: Final = Blueprint("audit", __name__)

FOR_GOOD: Final = "public, max-age=31536000, immutable"
"""A full tile never changes."""

BRIEFLY: Final = "public, max-age=5"


@blueprint.get("/log/<clinic>/checkpoint")
@guard(Guard.ANYONE)
def get_checkpoint(clinic: str) -> Response:
    """The newest checkpoint as the log signed it."""
    check_id(clinic, "cln")
    return _plain(proofs.newest_checkpoint(db_session(), clinic).encode(), "no-store", "text/plain; charset=utf-8")


@blueprint.get("/log/<clinic>/tile/<path:place>")
@guard(Guard.ANYONE)
def get_tile(clinic: str, place: str) -> Response:
    """A tile of node hashes."""
    check_id(clinic, "cln")
    tile, encoded = proofs.read_hash_tile(db_session(), clinic, f"tile/{place}")
    return _plain(encoded, FOR_GOOD if tile.width == TILE_WIDTH else BRIEFLY)


@blueprint.get("/log/<clinic>/tile/entries/<path:place>")
@guard(Guard.STAFF, records=True)
def get_entries(clinic: str, place: str) -> Response:
    """A bundle of frames, for those who may read the log."""
    check_id(clinic, "cln")
    entries = proofs.read_entries(db_session(), _reader(), clinic, f"tile/entries/{place}", now())
    return _plain(entries, "no-store")


@blueprint.get("/api/log/consistency")
@guard(Guard.SIGNED_IN)
def get_consistency() -> Response:
    """The newest checkpoint, and the proof that the log only grew between two sizes."""
    sizes = [_size("from"), _size("to")]
    answer = proofs.prove_consistency(db_session(), caller().clinic, *sizes)
    return jsonify(checkpoint=answer.checkpoint, proof=[b64u_encode(value) for value in answer.proof])


@blueprint.get("/api/log/inclusion")
@guard(Guard.SIGNED_IN)
def get_inclusion() -> Response:
    """An entry that concerns the caller, with the proof that the log holds it."""
    event = check_id(request.args.get("event", ""), "evt")
    answer = proofs.prove_inclusion(db_session(), _reader(), event)
    return jsonify(
        index=answer.index,
        frame=b64u_encode(answer.frame),
        body=b64u_encode(answer.body),
        proof=[b64u_encode(value) for value in answer.proof],
        checkpoint=answer.checkpoint,
    )


def _reader() -> Reader:
    identity = caller()
    return Reader(identity.account, identity.role, identity.clinic)


def _size(name: str) -> int:
    value = request.args.get(name, "")
    if not (value.isascii() and value.isdecimal() and len(value) <= 16):
        raise Invalid("no_such_tree", "The log has not had a tree of this size.")
    return int(value)


def _plain(body: bytes, caching: str, mimetype: str = "application/octet-stream") -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Cache-Control"] = caching
    return response
