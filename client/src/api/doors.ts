/** Calls that need no session: about the service, signing in, joining, founding (docs/api.md, Doors). */

import { readCommittedText, type CommittedText } from '../protocol/commitment.ts';
import type { ClinicId, DeviceId, InvitationId } from '../protocol/ids.ts';
import { ROLES } from '../protocol/kinds/invitation.ts';
import { readKdf, type SlotType } from '../protocol/kinds/vault.ts';
import * as shape from '../protocol/shape.ts';
import { parseEnvelope, type Envelope } from '../protocol/statement.ts';
import type { Json } from '../protocol/strictJson.ts';
import { fields, type Read } from './answers.ts';
import { call, path } from './http.ts';

export const envelopes = shape.listOf(parseEnvelope);

/** An envelope as the JSON it is. */
export function envelopeJson(envelope: Envelope): Json {
  return envelope as unknown as Json;
}

const readService = fields({
  service: shape.text,
  emergency_number: shape.text,
  clinic_phone: shape.orNull(shape.text),
  time_zone: shape.orNull(shape.text),
  bundle: shape.orNull(shape.text),
  now: shape.time,
  limits: fields({ ciphertext: shape.integer(1), header: shape.integer(1) }),
});

export type Service = Read<typeof readService>;

const readSignedIn = fields({
  account: shape.id('acc'),
  clinic: shape.id('cln'),
  role: shape.oneOf(...ROLES),
  name: shape.text,
  language: shape.text,
  device: shape.id('dev'),
  session: shape.text,
  share: shape.bytes(32),
  vault: parseEnvelope,
  chain: envelopes,
});

/** What the server says after signing in or joining; the keys in it are verified against what the password opens. */
export type SignedIn = Read<typeof readSignedIn>;

const readVouched = fields({
  account: shape.id('acc'),
  role: shape.oneOf(...ROLES),
  card: shape.orNull(readCommittedText),
  chain: envelopes,
});

const readInvitationAnswer = fields({
  state: shape.oneOf('open', 'used', 'expired', 'cancelled'),
  founding: shape.flag,
  invitation: shape.orNull(parseEnvelope),
  card: shape.orNull(readCommittedText),
  founding_terms: shape.orNull(
    fields({ clinic: shape.id('cln'), name: shape.text, founder: shape.id('acc'), log_key: shape.text, origin: shape.text }),
  ),
  clinic: fields({ id: shape.id('cln'), name: shape.text, statements: envelopes }),
  inviter: shape.orNull(readVouched),
  teams: shape.listOf(
    fields({ team: shape.id('tea'), name: shape.text, statements: envelopes, members: shape.listOf(readVouched) }),
  ),
});

export type InvitationAnswer = Read<typeof readInvitationAnswer>;
export type FoundingTerms = NonNullable<InvitationAnswer['founding_terms']>;

const readChallenge = fields({ challenge: shape.encoded(32), kdf: readKdf });
const readPossession = fields({ ticket: shape.text, box: shape.bytes(1168) });

export function getService(): Promise<Service> {
  return call('GET', '/api/service', readService);
}

/** The clinic's chain: who the clinic is, in its own words, to be verified against a fingerprint from elsewhere. */
export async function getTrust(clinic: ClinicId): Promise<readonly Envelope[]> {
  return (await call('GET', path`/api/clinics/${clinic}/trust`, fields({ statements: envelopes }))).statements;
}

export function startSignIn(name: string, slot: SlotType): Promise<Read<typeof readChallenge>> {
  return call('POST', '/api/sign-in/start', readChallenge, { name, slot });
}

/** @throws ApiError `sign_in_failed`, `too_many_tries` */
export function signIn(name: string, proof: Envelope, deviceLabel: string): Promise<SignedIn> {
  return call('POST', '/api/sign-in', readSignedIn, { name, proof: envelopeJson(proof), device_label: deviceLabel, token: false });
}

/** @throws ApiError `invitation_unknown`, `invitation_expired`, `invitation_used`, `invitation_cancelled` */
export function getInvitation(invitation: InvitationId): Promise<InvitationAnswer> {
  return call('GET', path`/api/invitations/${invitation}`, readInvitationAnswer);
}

/** Asks for a nonce sealed to a key that is about to be registered. */
export function askPossession(invitation: InvitationId, sealingKey: string): Promise<Read<typeof readPossession>> {
  return call('POST', '/api/join/possession', readPossession, { invitation, sealing_key: sealingKey });
}

/** A document as it is stored: sealed, with its version. */
export interface StoredDocument {
  readonly version: number;
  /** b64u */
  readonly ciphertext: string;
}

export interface Joining {
  readonly invitation: InvitationId;
  readonly name: string;
  readonly ticket: string;
  readonly nonce: string;
  readonly key: Envelope;
  readonly vault: Envelope;
  readonly consent: Envelope | null;
  readonly documents: Readonly<Record<string, StoredDocument>>;
  readonly device: DeviceId;
  readonly deviceLabel: string;
  readonly language: string;
}

export interface Founding extends Joining {
  readonly clinic: Envelope;
  readonly invitationStatement: Envelope;
  readonly card: CommittedText;
}

function joiningJson({ deviceLabel, key, vault, consent, ...joining }: Joining): Record<string, Json> {
  const { invitation, name, ticket, nonce, documents, device, language } = joining;
  return {
    ...{ invitation, name, ticket, nonce, device, language, token: false },
    documents: documents as unknown as Json,
    device_label: deviceLabel,
    key: envelopeJson(key),
    vault: envelopeJson(vault),
    consent: consent && envelopeJson(consent),
  };
}

/** @throws ApiError `name_taken`, `invitation_used` and the other refusals of joining. */
export function join(joining: Joining): Promise<SignedIn> {
  return call('POST', '/api/join', readSignedIn, joiningJson(joining));
}

/** The first administrator's joining, with the clinic's own first statement. */
export function found(founding: Founding): Promise<SignedIn> {
  return call('POST', '/api/found', readSignedIn, {
    ...joiningJson(founding),
    clinic: envelopeJson(founding.clinic),
    invitation_statement: envelopeJson(founding.invitationStatement),
    card: { ...founding.card },
  });
}

