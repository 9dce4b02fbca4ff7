/**
 * An account's chain: its invitation and every version of its keys (docs/protocol.md §3). Whoever verifies it knows the account's id and the
 * clinic's key from elsewhere; what was served can only fail to fit.
 */

import { ChainWalk, firstOf } from './chain.ts';
import type { ClinicChain } from './clinicChain.ts';
import { fromB64u } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import type { AccountId, ClinicId } from './ids.ts';
import { signingKeyOfText, type SigningPublicKey } from './keys.ts';
import { CARE_STAFF, INVITATION, type InvitationBody, type Role } from './kinds/invitation.ts';
import { KEY } from './kinds/key.ts';
import { importSealingPublicKey, type SealingPublicKey } from './sealing.ts';
import { peekBody, peekSigner, verify, type Envelope, type Statement } from './statement.ts';

/** One version of an account's keys. */
export interface KeyVersion {
  readonly version: number;
  readonly signing: SigningPublicKey;
  readonly sealing: SealingPublicKey;
  /** When the statement says it was made. */
  readonly since: string;
  readonly hash: string;
}

/** A verified account that has joined. */
export interface AccountChain {
  readonly account: AccountId;
  readonly clinic: ClinicId;
  readonly role: Role;
  readonly invitation: InvitationBody;
  readonly keys: readonly [KeyVersion, ...KeyVersion[]];
  readonly current: KeyVersion;
  readonly hashes: readonly string[];
}

/** The version whose signing key has this id. */
export function keyWithSigningId(chain: AccountChain, keyId: string): KeyVersion | null {
  return chain.keys.find((key) => key.signing.id === keyId) ?? null;
}

/** The version whose sealing key has this id. */
export function keyWithSealingId(chain: AccountChain, keyId: string): KeyVersion | null {
  return chain.keys.find((key) => key.sealing.id === keyId) ?? null;
}

/**
 * The invitation of `account` into `clinic`, signed by the clinic or, for a patient, by care staff of it. `inviter` is the verified
 * chain of who signed with a key of their own, null where the clinic's key signed.
 *
 * @throws ProtocolError `may_not_invite`, `wrong_account`, `wrong_clinic`, and what `verify` throws.
 */
export async function verifyInvitation(
  envelope: Envelope,
  account: AccountId,
  clinic: ClinicChain,
  inviter: AccountChain | null,
): Promise<Statement<InvitationBody>> {
  const signer = peekSigner(envelope);
  const byClinic = signer.key === clinic.key.id;
  const key = byClinic ? clinic.key : invitingKey(inviter, signer.key);
  const statement = await verify(envelope, INVITATION, { inviter: key });
  const { body, header } = statement;
  if (header.signer.account !== body.inviter) throw new ProtocolError('may_not_invite', 'the inviter named did not sign');
  if (!byClinic && (inviter?.account !== body.inviter || body.role !== 'patient')) {
    throw new ProtocolError('may_not_invite', "only the clinic's own key invites staff");
  }
  if (body.account !== account) throw new ProtocolError('wrong_account', "another account's invitation");
  if (body.clinic !== clinic.clinic || body.clinic_key !== clinic.key.id) {
    throw new ProtocolError('wrong_clinic', "another clinic's invitation");
  }
  return statement;
}

function invitingKey(inviter: AccountChain | null, keyId: string): SigningPublicKey {
  const key = inviter && CARE_STAFF.has(inviter.role) ? keyWithSigningId(inviter, keyId) : null;
  if (!key) throw new ProtocolError('may_not_invite', 'signed by nobody who may invite');
  return key.signing;
}

/**
 * The account with this id, from its invitation to its newest keys.
 *
 * @throws ProtocolError `empty_chain`, `not_joined` (an invitation alone), `broken_chain`, `wrong_account`, `wrong_clinic`, `may_not_invite`,
 * `invitation_expired`, `key_reused`, and what `verify` throws.
 */
export async function verifyAccountChain(
  envelopes: readonly Envelope[],
  account: AccountId,
  clinic: ClinicChain,
  inviter: AccountChain | null = null,
): Promise<AccountChain> {
  const invitation = await verifyInvitation(firstOf(envelopes), account, clinic, inviter);
  const walk = new ChainWalk(`account:${account}`);
  walk.take(invitation.header, invitation.hash);
  const keys: KeyVersion[] = [];
  for (const envelope of envelopes.slice(1)) {
    if (keys.length > 0 && (await walk.takeIfNewer(envelope))) continue;
    keys.push(await takeKey(walk, envelope, invitation.body, keys));
  }
  const [first, ...later] = keys;
  if (!first) throw new ProtocolError('not_joined', 'invited, and not joined');
  const { clinic: clinicId, role } = invitation.body;
  const current = later.at(-1) ?? first;
  return { account, clinic: clinicId, role, invitation: invitation.body, keys: [first, ...later], current, hashes: walk.hashes };
}

/** The next key statement: signed by the new key itself, and by the invitation or by the key before. */
async function takeKey(
  walk: ChainWalk,
  envelope: Envelope,
  invitation: InvitationBody,
  keys: readonly KeyVersion[],
): Promise<KeyVersion> {
  const signing = await signingKeyOfText(peekBody(envelope, KEY).signing_key);
  const before = keys.at(-1);
  const vouching = before ? { previous: before.signing } : { invitation: await signingKeyOfText(invitation.public_key) };
  const { body, header, hash } = await verify(envelope, KEY, { self: signing, ...vouching });
  if (body.account !== invitation.account || header.signer.account !== invitation.account) {
    throw new ProtocolError('wrong_account', "another account's key");
  }
  if (body.clinic !== invitation.clinic) throw new ProtocolError('wrong_clinic', 'a key for another clinic');
  if (body.version !== keys.length + 1) throw new ProtocolError('broken_chain', 'a version of the keys is missing');
  if (!before && header.time >= invitation.expires) throw new ProtocolError('invitation_expired', 'joined after the invitation expired');
  const sealing = await importSealingPublicKey(fromB64u(body.sealing_key));
  if (keys.some((key) => key.signing.id === signing.id || key.sealing.id === sealing.id)) {
    throw new ProtocolError('key_reused', 'a key that was replaced has come back');
  }
  walk.take(header, hash);
  return { version: body.version, signing, sealing, since: header.time, hash };
}
