/** A verified control chain as this device keeps it: parsed, not judged again (docs/adr/0015). */

import type { ControlChain } from '../protocol/controlChain.ts';
import type { EmergencyKey } from '../protocol/emergencyKey.ts';
import { b64u, fromB64u, type Bytes } from '../protocol/encoding.ts';
import { ProtocolError } from '../protocol/errors.ts';
import type { AccountId } from '../protocol/ids.ts';
import { readEpoch } from '../protocol/kinds/conversation.ts';
import { EMERGENCY_KEY } from '../protocol/kinds/emergencyKey.ts';
import { importSealingPublicKey } from '../protocol/sealing.ts';
import * as shape from '../protocol/shape.ts';
import type { Json } from '../protocol/strictJson.ts';

/** Raised whenever a client would judge a control chain otherwise than before: what was known is then verified again. */
const RULES = 1;

/** A conversation as far as it was verified, the 32-byte epoch keys that this person could open, and its name. */
export interface KnownConversation {
  readonly control: ControlChain;
  readonly secrets: ReadonlyMap<number, Bytes>;
  readonly name: string | null;
}

const readLink = shape.members({
  epoch: readEpoch,
  time: shape.time,
  signer: shape.id('acc'),
  consentHead: shape.hash,
  place: shape.integer(0),
});

const readGrant = shape.members({
  statement: shape.hash,
  place: shape.integer(0),
  time: shape.time,
  signer: shape.id('acc'),
  consent: shape.id('cns'),
  reader: shape.id('acc', 'tea'),
  key: shape.hash,
  boxes: shape.mapOf(shape.hash),
});

const readEmergencyKey = shape.members({ statement: shape.hash, place: shape.integer(0), body: EMERGENCY_KEY.body });

const readKnown = shape.members({
  rules: shape.integer(1),
  conversation: shape.id('cnv'),
  clinic: shape.id('cln'),
  patient: shape.id('acc'),
  links: shape.listOf(readLink),
  name: shape.orNull(shape.members({ statement: shape.hash, epoch: shape.integer(1), ciphertext: shape.hash })),
  history: shape.listOf(readGrant),
  emergencyKeys: shape.listOf(readEmergencyKey),
  /** The statement of the emergency key that stands. */
  emergency: shape.orNull(shape.hash),
  hashes: shape.listOf(shape.hash),
  signers: shape.mapOf(shape.integer(1)),
  secrets: shape.mapOf(shape.bytes(32)),
  shownName: shape.orNull(shape.text),
});

/** To be kept; not where a newer version wrote, for that version reads it otherwise: `newer` is not written. */
export function knownJson({ control, secrets, name: shownName }: KnownConversation): Json {
  const { conversation, clinic, patient, links, name, history, emergencyKeys, emergency, hashes, signers } = control;
  return {
    rules: RULES,
    ...{ conversation, clinic, patient, links, name, hashes, shownName },
    history: history.map((grant) => ({ ...grant, boxes: Object.fromEntries(grant.boxes) })),
    emergencyKeys: emergencyKeys.map(({ statement, place, body }) => ({ statement, place, body })),
    emergency: emergency?.statement ?? null,
    signers: Object.fromEntries(signers),
    secrets: Object.fromEntries([...secrets].map(([epoch, secret]) => [epoch, b64u(secret)])),
  } as unknown as Json;
}

/** What was kept; null where it was kept under other rules or by another version, and has to be verified anew. */
export async function readKnownJson(kept: Json): Promise<KnownConversation | null> {
  try {
    const { rules, secrets, shownName, ...known } = readKnown(kept);
    const [head, running] = [known.hashes.at(-1), known.links.at(-1)];
    if (rules !== RULES || head === undefined || !running) return null;
    const emergencyKeys = await Promise.all(known.emergencyKeys.map(imported));
    const emergency = emergencyKeys.find(({ statement }) => statement === known.emergency) ?? null;
    const history = known.history.map((grant) => ({ ...grant, boxes: byEpoch(grant.boxes) }));
    const signers = new Map(Object.entries(known.signers) as [AccountId, number][]);
    return { control: { ...known, head, running, history, emergencyKeys, emergency, signers, newer: [] }, secrets: byEpoch(secrets), name: shownName };
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  }
}

async function imported(key: shape.Read<typeof readEmergencyKey>): Promise<EmergencyKey> {
  return { ...key, sealing: await importSealingPublicKey(fromB64u(key.body.sealing_key)) };
}

function byEpoch<T>(map: Readonly<Record<string, T>>): ReadonlyMap<number, T> {
  return new Map(Object.entries(map).map(([epoch, value]) => [Number(epoch), value]));
}
