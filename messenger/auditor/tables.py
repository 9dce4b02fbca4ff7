"""The tables as the auditor reads them: declared here again, so that the check rests on none of the server's rooms."""

from typing import Final

from sqlalchemy import BigInteger, Integer, LargeBinary, String, column, table

from messenger.db import UtcDateTime

LOGS: Final = table("logs", column("clinic", String), column("origin", String), column("verifier_key", String))
BODIES: Final = table(
    "audit_bodies",
    *(column(name, String) for name in ("event", "clinic", "subject", "actor", "action", "conversation", "body")),
    column("time", UtcDateTime),
)
QUEUE: Final = table(
    "audit_queue",
    column("id", BigInteger),
    *(column(name, String) for name in ("clinic", "event", "subject")),
    column("body_hash", LargeBinary),
)
FRAMES: Final = table(
    "audit_frames",
    *(column(name, String) for name in ("clinic", "event", "subject")),
    *(column(name, BigInteger) for name in ("index", "sequence")),
    *(column(name, LargeBinary) for name in ("previous", "body_hash", "hash")),
)
NODES: Final = table(
    "audit_nodes",
    column("clinic", String),
    column("level", Integer),
    column("index", BigInteger),
    column("hash", LargeBinary),
)
CHECKPOINTS: Final = table(
    "audit_checkpoints", column("clinic", String), column("size", BigInteger), column("note", String)
)
STATEMENTS: Final = table(
    "chain_statements",
    column("chain", String),
    column("sequence", BigInteger),
    column("hash", LargeBinary),
    column("kind", String),
    column("envelope", LargeBinary),
)
VAULTS: Final = table("vaults", column("account", String), column("version", Integer), column("envelope", LargeBinary))
ACCOUNTS: Final = table("accounts", column("account", String), column("clinic", String))
TEAMS: Final = table("teams", column("team", String), column("clinic", String))
CONVERSATIONS: Final = table(
    "conversations", column("conversation", String), column("clinic", String), column("patient", String)
)
EMERGENCIES: Final = table("emergencies", column("emergency", String), column("clinic", String))
MESSAGES: Final = table(
    "messages",
    *(column(name, String) for name in ("message", "conversation")),
    *(column(name, LargeBinary) for name in ("hash", "header", "ciphertext", "ciphertext_hash")),
)
