"""What can be wrong with a file that claims to be an export of ours."""

from messenger.protocol.errors import ProtocolError


class ExportRefused(ProtocolError):
    """A file that is not what it claims to be; the codes are listed in `docs/interchange.md`."""
