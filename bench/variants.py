"""The real server without one of its checks, to see what that check costs. For measurements alone."""

import os

from config import Settings
from messenger.app import create_app
from messenger.audit import service as audit
from messenger.protocol.message import Message

WITHOUT = os.environ.get("BENCH_WITHOUT", "")

if "signature" in WITHOUT:
    Message.verify = lambda _self, _key: None  # type: ignore[method-assign]  # the point of the measurement
if "log" in WITHOUT:
    audit.record_all = lambda _session, recorded: ["" for _ in recorded]  # as above

app = create_app(Settings.from_env())
