/** Whose key signs in a chain: found among the accounts' verified keys, and never an older one again. */

import { keyWithSigningId, type AccountChain } from './accountChain.ts';
import { ProtocolError } from './errors.ts';
import type { AccountId } from './ids.ts';
import { peekSigner, verify, type Envelope, type Kind, type Statement } from './statement.ts';

/** The verified chain of an account, or null where it is not known. */
export type Accounts = (account: AccountId) => AccountChain | null;

/** Who has signed in one chain so far, and with which version of their keys. */
export class Signers {
  readonly versions: Map<AccountId, number>;

  /** From the beginning, or after those who are known to have signed. */
  constructor(
    private readonly accounts: Accounts,
    versions: ReadonlyMap<AccountId, number> = new Map(),
  ) {
    this.versions = new Map(versions);
  }

  /**
   * The statement and who signed it, in the place that its kind calls `by`.
   *
   * @throws ProtocolError `unknown_signer`; `retired_key` for a key older than one the same account has already signed with in this chain;
   * and what `verify` throws.
   */
  async verify<B extends object>(
    envelope: Envelope,
    kind: Kind<B>,
    by = 'self',
  ): Promise<{ statement: Statement<B>; signer: AccountChain }> {
    const named = peekSigner(envelope);
    const signer = named.account === null ? null : this.accounts(named.account);
    const key = signer && keyWithSigningId(signer, named.key);
    if (!key) throw new ProtocolError('unknown_signer', 'signed by nobody whose keys are known');
    const statement = await verify(envelope, kind, { [by]: key.signing });
    if (key.version < (this.versions.get(signer.account) ?? 0)) {
      throw new ProtocolError('retired_key', 'signed with keys that had been replaced');
    }
    this.versions.set(signer.account, key.version);
    return { statement, signer };
  }
}

/** @throws ProtocolError `unknown_account` */
export function knownAccount(accounts: Accounts, account: AccountId): AccountChain {
  const chain = accounts(account);
  if (!chain) throw new ProtocolError('unknown_account', 'names an account whose keys are not known');
  return chain;
}
