/** What the log's verifier refuses, as stable codes; the twin of `messenger/merkle/errors.py`. */

export type LogErrorCode =
  | 'bad_hash'
  | 'bad_proof'
  | 'bad_verifier_key'
  | 'malformed_note'
  | 'malformed_checkpoint'
  | 'wrong_origin'
  | 'bad_signature';

/** Something about the log does not hold. The message is for developers and holds nothing of a person. */
export class LogError extends Error {
  override readonly name: string = 'LogError';

  constructor(
    readonly code: LogErrorCode,
    message: string,
  ) {
    super(message);
  }
}
