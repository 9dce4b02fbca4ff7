/** Reading in an emergency: two shares combined, the conversation verified, and only what that key opens (docs/protocol.md §5). */

import { getEmergencyMessages, openEmergency, type Escrowed } from '../api/emergencies.ts';
import type { ServedMessage } from '../api/conversations.ts';
import { contentKey, type ContentKey } from '../protocol/content.ts';
import { linkOf, verifyControlChain, type ControlChain, type Surroundings } from '../protocol/controlChain.ts';
import { openedAt } from '../protocol/emergencyChain.ts';
import { combineShares, openRelease } from '../protocol/emergencyShares.ts';
import { b64u, formatTime, fromB64u, randomBytes } from '../protocol/encoding.ts';
import { openEpoch } from '../protocol/epoch.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { isId } from '../protocol/ids.ts';
import { OPEN } from '../protocol/kinds/access.ts';
import { parseHeader } from '../protocol/message.ts';
import { checkPinnedHead } from '../protocol/pins.ts';
import type { SealingKey } from '../protocol/sealing.ts';
import { makeStatement, peekSigner } from '../protocol/statement.ts';
import type { ReadableConversation } from './control-reader.ts';
import { currentKeys, sealingKeyWithId } from './device-session.ts';
import type { KnownEmergency } from './emergencies.ts';
import { emergencyStateOf } from './emergency-state.ts';
import type { Ground } from './ground.ts';
import { Thread } from './thread.ts';

type ReadingGround = Pick<Ground, 'session' | 'directory' | 'teams' | 'verifier'>;

/** A conversation as an emergency key opens it: nothing is followed live, nothing can be written. */
export interface EscrowedConversation {
  readonly readable: ReadableConversation;
  readonly thread: Thread;
}

/**
 * Opens the conversation that an emergency is about, on the record, and fetches what of it is sealed to the emergency key.
 *
 * @throws ApiError `emergency_over`; ProtocolError `wrong_commitment` and what verifying refuses; Alarm, Unreachable
 */
export async function readEmergency(ground: ReadingGround, known: KnownEmergency): Promise<EscrowedConversation> {
  const { session, teams, verifier } = ground;
  const own = await emergencyPrivateKey(ground, known);
  const { conversation } = known.emergency.request;
  const body = { account: session.account, device: session.device, conversation, purpose: 'read', nonce: b64u(randomBytes(32)) } as const;
  const place = { account: session.account, time: formatTime(new Date()), sequence: null, previous: null };
  const id = known.emergency.id;
  const served = await openEmergency(id, await makeStatement(OPEN, body, { self: currentKeys(session).signing }, place));
  const messages = [...served.messages];
  await teams.load();
  const readable = await read(ground, known, own, served);
  for (let first = messages[0]; first && first.sequence > 1; ) {
    const older = (await getEmergencyMessages(id, first.sequence)).messages;
    messages.unshift(...older);
    first = older[0];
  }
  await loadSenders(ground, messages);
  const { control, surroundings, epochKeys } = readable;
  const reading = { control, consents: surroundings.consents, teams: surroundings.teams, accounts: ground.directory.all(), epochKeys };
  verifier.prepare(conversation, { ...reading, now: formatTime(new Date()) });
  const thread = new Thread();
  thread.closedEpochs = readable.closedEpochs;
  thread.take(messages, await verifier.judge(conversation, messages));
  return { readable, thread };
}

/** The emergency key of two released shares. @throws ProtocolError `no_key` with fewer, `wrong_commitment` where they do not make it */
async function emergencyPrivateKey({ session }: ReadingGround, { emergency, key, served }: KnownEmergency): Promise<SealingKey> {
  const { request, releases } = emergency;
  const own = sealingKeyWithId(session, request.key);
  if (!own || openedAt(emergency) === null) throw new ProtocolError('no_key', 'two custodians have not released');
  const shares = releases.map(async ({ body }) => {
    const box = served.release_boxes[body.custodian];
    if (!box) throw new ProtocolError('wrong_box', 'a share that was released and is not served');
    return openRelease(request, body, own, box);
  });
  return combineShares(key, await Promise.all(shares));
}

async function read(ground: ReadingGround, { emergency, key }: KnownEmergency, own: SealingKey, served: Escrowed): Promise<ReadableConversation> {
  const { session, directory } = ground;
  const { conversation, patient } = emergency.request;
  const surroundings = await surroundingsOf(ground, emergency.request.patient, served);
  const control = await verifyControlChain(served.control.statements, conversation, surroundings);
  if (control.patient !== patient) throw new ProtocolError('wrong_emergency_key', "another patient's conversation");
  checkPinnedHead(session.pins.now.conversations[conversation]?.head, control.hashes);
  const epochKeys = await openBoxes(control, key.emergency_key, own, served);
  const listed = control.links.filter(({ epoch }) => epoch.readers.some(({ reader }) => reader === key.emergency_key));
  const closed = control.links.filter((link) => !listed.includes(link)).map(({ epoch }) => epoch.number);
  return { control, surroundings: { ...surroundings, accounts: directory.known }, epochKeys, closedEpochs: new Set(closed), name: null };
}

async function surroundingsOf({ directory, teams }: ReadingGround, patient: KnownEmergency['served']['patient'], served: Escrowed): Promise<Surroundings> {
  const consents = await directory.takeConsents(patient, served.consents);
  const signers = served.control.statements.flatMap((statement) => peekSigner(statement).account ?? []);
  const grantees = consents.decisions.flatMap(({ after }) => after?.grantee ?? []).filter((grantee) => isId(grantee, 'acc'));
  await directory.loadAll([...signers, ...grantees]);
  const { emergency } = served.control;
  const surroundings = { consents, teams: teams.chains, accounts: directory.known };
  return emergency ? { ...surroundings, emergency: await emergencyStateOf(directory.clinic, emergency) } : surroundings;
}

async function openBoxes(control: ControlChain, emergencyKey: string, own: SealingKey, served: Escrowed): Promise<ReadonlyMap<number, ContentKey>> {
  const opened = new Map<number, ContentKey>();
  for (const { epoch, reader, box } of served.control.boxes) {
    const link = linkOf(control, epoch);
    if (!link || reader !== emergencyKey) continue;
    try {
      opened.set(epoch, await contentKey(await openEpoch(control.conversation, link.epoch, reader, own, box)));
    } catch (error) {
      // A box that does not open, or holds another key than its statement commits to: what it covers waits for its key.
      if (!(error instanceof ProtocolError)) throw error;
    }
  }
  return opened;
}

async function loadSenders({ directory }: ReadingGround, messages: readonly ServedMessage[]): Promise<void> {
  const senders = messages.flatMap(({ header }) => {
    try {
      return [parseHeader(fromB64u(header)).sender];
    } catch {
      return [];
    }
  });
  await directory.loadAll(senders.filter((sender) => !directory.known(sender)));
}
