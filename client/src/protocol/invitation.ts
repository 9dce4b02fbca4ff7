/** The link that carries trust: a secret that never reaches the server, and the fingerprint of who invites (docs/protocol.md §3). */

import { b64u, fromB64u, hkdf, NO_SALT, randomBytes, type Bytes } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import { parseId, type InvitationId } from './ids.ts';
import { signingKeyOfSeed, type SigningKey } from './keys.ts';

const SECRET_LENGTH = 16;

/**
 * `BASE/join#<type>.<invitation>.<secret>.<fingerprint>`; type `f` founds a clinic, `i` joins one. The fingerprint is the clinic key's id, or when
 * founding the SHA-256 of the log's verifier key. Nothing of the fragment is ever sent.
 */
export interface InvitationLink {
  readonly base: string;
  readonly type: 'f' | 'i';
  readonly invitation: InvitationId;
  /** 16 bytes. */
  readonly secret: Bytes;
  /** 43 characters. */
  readonly fingerprint: string;
}

/** The link to hand over in person. */
export function linkText({ base, type, invitation, secret, fingerprint }: InvitationLink): string {
  return `${base}/join#${type}.${invitation}.${b64u(secret)}.${fingerprint}`;
}

/** The key that countersigns the joiner's first keys. */
export async function invitationKey(secret: Bytes): Promise<SigningKey> {
  return signingKeyOfSeed(await hkdf(secret, NO_SALT, 'invitation-key', 32));
}

export function newInvitationSecret(): Bytes {
  return randomBytes(SECRET_LENGTH);
}

/** The parts of a link. @throws ProtocolError `malformed_link` for anything else, a cut-off link included. */
export function parseLink(text: string): InvitationLink {
  const url = URL.parse(text.trim());
  const [type, invitation = '', secret = '', fingerprint = '', ...more] = (url?.hash.slice(1) ?? '').split('.');
  const isLink = url && /^https?:$/.test(url.protocol) && url.search === '' && url.pathname.endsWith('/join');
  if (!isLink || (type !== 'f' && type !== 'i') || more.length > 0) throw malformed();
  try {
    const link = {
      base: url.origin + url.pathname.slice(0, -'/join'.length),
      type,
      invitation: parseId(invitation, 'inv'),
      secret: fromB64u(secret),
      fingerprint,
    } as const;
    if (link.secret.length === SECRET_LENGTH && fromB64u(fingerprint).length === 32) return link;
  } catch {
    // Which part of a mistyped link is wrong helps nobody; that it is not whole does.
  }
  throw malformed();
}

function malformed(): ProtocolError {
  return new ProtocolError('malformed_link', 'not a whole invitation link');
}
