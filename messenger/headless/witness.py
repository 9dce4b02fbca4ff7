"""Every client is a witness: the newest checkpoint kept, consistency asked each time, an alarm for anything else."""

from __future__ import annotations

from messenger.headless.api import Api
from messenger.headless.errors import LogAlarm, ServiceRefused
from messenger.merkle.checkpoint import SignedCheckpoint, open_checkpoint
from messenger.merkle.errors import MerkleError
from messenger.merkle.note import VerifierKey
from messenger.merkle.witness import Accepted, Alarmed, judge_checkpoint
from messenger.protocol.clinic_chain import ClinicChain
from messenger.protocol.encoding import b64u_decode


class Witness:
    """Watches the access log of one clinic with the key that the clinic's own statement names."""

    def __init__(self, api: Api, clinic: ClinicChain) -> None:
        self._api = api
        self._clinic = clinic.clinic
        self._key = VerifierKey.parse(clinic.log_key)

    def observe(self, remembered: str | None) -> str | None:
        """The newest checkpoint if it continues the remembered one; None while the log has none.

        Raises `LogAlarm` for a fork, a smaller tree, a proof that fails, another log's word.
        """
        known = self.opened(remembered) if remembered is not None else None
        try:
            note = self._api.bytes_of(f"/log/{self._clinic}/checkpoint")
        except ServiceRefused:
            if known is not None:
                raise
            return None
        if known is None or known.checkpoint.size == 0:
            return self._judged(known, note, [])
        return self._grown(known, note)

    def opened(self, note: str) -> SignedCheckpoint:
        """A checkpoint that this log signed; raises `LogAlarm` (`bad_signature`)."""
        try:
            return open_checkpoint(note.encode(), self._key)
        except MerkleError as refused:
            raise LogAlarm("bad_signature") from refused

    def _grown(self, known: SignedCheckpoint, note: bytes) -> str:
        size = self.opened(note.decode(errors="replace")).checkpoint.size
        if size < known.checkpoint.size:
            return self._judged(known, note, [])
        proof: list[bytes] = []
        if size > known.checkpoint.size:
            asked = {"from": known.checkpoint.size, "to": size}
            members = self._api.get("/api/log/consistency", **asked)
            proof = [b64u_decode(str(item)) for item in members.list("proof", lambda value: value)]
        return self._judged(known, note, proof)

    def _judged(self, known: SignedCheckpoint | None, note: bytes, proof: list[bytes]) -> str:
        judgement = judge_checkpoint(known, note, proof, self._key)
        if isinstance(judgement, Alarmed):
            raise LogAlarm(judgement.alarm)
        if not isinstance(judgement, Accepted):
            raise LogAlarm("smaller_tree")
        return judgement.checkpoint.serialise().decode()
