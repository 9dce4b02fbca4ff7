/**
 * What the protocol refuses, as stable codes. The twin of `messenger/protocol/errors.py`; the codes are pinned by
 * `tests/vectors/ours` and are what callers and tests match on. Messages are for developers: they never hold a key, a
 * plaintext or a name.
 */

export type ProtocolErrorCode = string;

/** Something received or asked for does not follow docs/protocol.md. */
export class ProtocolError extends Error {
  override readonly name: string = 'ProtocolError';

  constructor(
    readonly code: ProtocolErrorCode,
    message: string,
  ) {
    super(message);
  }
}
