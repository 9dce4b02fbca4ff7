/** Safety codes of people who wait to be let in: computed once from verified keys, shown as soon as they are. */

import type { AccountId } from '../protocol/ids.ts';
import { safetyCode, type SafetyCode } from '../protocol/safetyCode.ts';
import type { Directory } from '../sync/directory.ts';

export class NewcomerCodes {
  private readonly codes = new Map<string, SafetyCode>();

  constructor(
    private readonly directory: Directory,
    private readonly changed: () => void,
  ) {}

  /** Six groups; empty until they are computed, or where no key of theirs was verified. */
  of(account: AccountId): SafetyCode {
    const current = this.directory.known(account)?.current;
    if (!current) return [];
    const known = this.codes.get(current.signing.id);
    if (known) return known;
    this.codes.set(current.signing.id, []);
    void safetyCode(account, current.signing.bytes, current.sealing.id).then((code) => {
      this.codes.set(current.signing.id, code);
      this.changed();
    });
    return [];
  }
}
