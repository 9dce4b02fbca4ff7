import { expect } from 'chai';

import { termsToShow } from '../../src/protocol/consentChain.ts';
import { contentKey } from '../../src/protocol/content.ts';
import type { ServedMessage } from '../../src/api/conversations.ts';
import { verifyControlChain, type ControlChain, type Surroundings } from '../../src/protocol/controlChain.ts';
import { continuity, type Finding, type Place } from '../../src/protocol/deviceChain.ts';
import { fromB64u } from '../../src/protocol/encoding.ts';
import { decryptName, encryptName, makeEpoch, openEpoch } from '../../src/protocol/epoch.ts';
import type { AccountId, ConversationId, TeamId } from '../../src/protocol/ids.ts';
import { signingKeyOfSeed } from '../../src/protocol/keys.ts';
import { CONSENT, type ConsentBody } from '../../src/protocol/kinds/consent.ts';
import { members } from '../../src/protocol/members.ts';
import {
  hashIfSignedBy,
  messageHash,
  parseHeader,
  parseMessage,
  parseServedMessage,
  readBody,
  writeMessage,
  type Body,
  type Message,
} from '../../src/protocol/message.ts';
import { rotationDue } from '../../src/protocol/rotation.ts';
import { sealingKeyOfSeed } from '../../src/protocol/sealing.ts';
import type { Json } from '../../src/protocol/strictJson.ts';
import { judge, type Reading, type Verdict } from '../../src/protocol/verdict.ts';
import { Thread } from '../../src/sync/thread.ts';
import { fromHex, refusalOf, toHex, vectors } from './publicVectors.ts';
import { envelopesOf, surroundingsOf, verifiedWorld, type Around, type World, type WorldJson } from './world.ts';

interface ControlCase extends Around {
  name: string;
  statements: Json[];
  head?: string;
  epochs?: string[][];
  name_of?: { epoch: number; ciphertext: string } | null;
  error?: string;
  now?: string;
  reason?: string | null;
}

interface MessageFile {
  reading: Around & {
    conversation: ConversationId;
    patient: AccountId;
    control: Json[];
    epoch_keys_hex: Record<string, string>;
    now: string;
  };
  verdicts: { name: string; message: Json; verdict: string; body: Body | null }[];
}

interface WrittenCase {
  name: string;
  header: Json;
  body: Body;
  epoch_key_hex: string;
  signing_seed_hex: string;
  message: Json;
  hash: string;
  ciphertext_bytes: number;
}

let world: World;
let teamId: TeamId;

before(async () => {
  const file = await vectors<{ world: WorldJson }>('ours/chains.json');
  world = await verifiedWorld(file.world);
  teamId = Object.keys(file.world.teams)[0] as TeamId;
});

async function surroundings(patient: AccountId, around: Around): Promise<Surroundings> {
  return surroundingsOf(world, patient, around);
}

describe('control chains, as the shared vectors pin them', () => {
  let file: { conversation: ConversationId; patient: AccountId; chains: ControlCase[]; rotation: ControlCase[] };
  before(async () => {
    file = await vectors('ours/control_chains.json');
  });

  async function verified(one: ControlCase): Promise<ControlChain> {
    return verifyControlChain(envelopesOf(one.statements), file.conversation, await surroundings(file.patient, one));
  }

  it('are accepted with their readers, or refused', async () => {
    const counts = { accepted: 0, refused: 0 };
    for (const one of file.chains) {
      if (one.error !== undefined) {
        expect(await refusalOf(verified(one)), one.name).to.equal(one.error);
        counts.refused += 1;
        continue;
      }
      const chain = await verified(one);
      const shown = {
        head: chain.head,
        epochs: chain.links.map(({ epoch }) => epoch.readers.map(({ reader }) => reader)),
        name_of: chain.name && { epoch: chain.name.epoch, ciphertext: chain.name.ciphertext },
      };
      expect(shown, one.name).to.deep.equal({ head: one.head, epochs: one.epochs, name_of: one.name_of });
      counts.accepted += 1;
    }
    expect(Math.min(counts.accepted, counts.refused)).to.be.greaterThan(5);
  });

  it('cannot be left once a newer version decided: nobody can say who reads', async () => {
    const before = 'before a newer version wrote into the consents';
    const one = file.chains.find(({ name }) => name === before);
    if (!one) throw new Error(`no case called ${before}`);
    const [chain, around] = [await verified(one), await surroundings(file.patient, one)];
    expect(await refusalOf(Promise.resolve().then(() => rotationDue(chain, around, chain.running.time)))).to.equal('newer_version');
    expect(termsToShow(around.consents)).to.deep.equal([]);
  });

  it('must be left for a new epoch', async () => {
    expect(file.rotation).not.to.be.empty;
    for (const one of file.rotation) {
      const around = await surroundings(file.patient, one);
      expect(rotationDue(await verified(one), around, one.now ?? ''), one.name).to.equal(one.reason);
    }
  });
});

describe('readers, as the shared vectors pin them', () => {
  it('are the patient and whom active consents name', async () => {
    const file = await vectors<{
      patient: AccountId;
      cases: { name: string; consents: Json[]; conversation: ConversationId; at: string; members: string[] }[];
    }>('ours/members.json');
    expect(file.cases).not.to.be.empty;
    for (const one of file.cases) {
      const consents: ConsentBody[] = one.consents.map((consent) => CONSENT.body(consent));
      expect(members(file.patient, consents, one.conversation, one.at), one.name).to.deep.equal(one.members);
    }
  });
});

describe('messages, as the shared vectors pin them', () => {
  async function reading({ reading: served }: MessageFile): Promise<Reading> {
    const around = await surroundings(served.patient, served);
    const control = await verifyControlChain(envelopesOf(served.control), served.conversation, around);
    const keys = Object.entries(served.epoch_keys_hex).map(async ([number, key]) => [Number(number), await contentKey(fromHex(key))] as const);
    return { ...around, control, now: served.now, epochKeys: new Map(await Promise.all(keys)) };
  }

  it('are written and read as they travel', async () => {
    const files = await Promise.all(['ours/messages.json', 'ours/asks.json'].map((name) => vectors<{ written: WrittenCase[] }>(name)));
    const written = files.flatMap((file) => file.written);
    expect(files.map((file) => file.written.length)).not.to.include(0);
    for (const one of written) {
      const sent = await parseMessage(one.message);
      const [key, signing] = [await contentKey(fromHex(one.epoch_key_hex)), await signingKeyOfSeed(fromHex(one.signing_seed_hex))];
      const header = parseHeader(sent.header);
      expect({ ...header }, one.name).to.deep.equal(one.header);
      expect([await messageHash(sent), await hashIfSignedBy(sent, signing.public)], one.name).to.deep.equal([one.hash, one.hash]);
      expect({ ...(await readBody(sent, header, key)) }, one.name).to.deep.equal(one.body);
      const again: Message = await writeMessage(header, one.body, key, signing);
      expect(toHex(again.header), one.name).to.equal(toHex(sent.header));
      expect(again.ciphertext?.length, one.name).to.equal(one.ciphertext_bytes);
    }
  });

  it('with a malformed header are refused', async () => {
    const file = await vectors<{ header_refused: { name: string; header: string; error: string }[] }>('ours/messages.json');
    expect(file.header_refused).not.to.be.empty;
    for (const one of file.header_refused) {
      const parsed = Promise.resolve().then(() => parseHeader(fromB64u(one.header)));
      expect(await refusalOf(parsed), one.name).to.equal(one.error);
    }
  });

  for (const name of ['messages', 'asks', 'messages_after_theft']) {
    it(`get the verdict that ${name}.json says`, async () => {
      const file = await vectors<MessageFile>(`ours/${name}.json`);
      const around = await reading(file);
      expect(file.verdicts).not.to.be.empty;
      for (const one of file.verdicts) {
        const verdict = await judge(await parseServedMessage(one.message), around);
        expect(verdict.verified ? 'verified' : verdict.reason, one.name).to.equal(one.verdict);
        if (verdict.verified) expect({ ...verdict.body }, one.name).to.deep.equal(one.body);
      }
    });
  }

  it('in a thread in which a consent is revoked get the verdicts that messages_after_revocation.json says', async () => {
    interface Line extends ServedMessage {
      readonly name: string;
      readonly message: Pick<ServedMessage, 'header' | 'ciphertext' | 'ciphertext_hash' | 'signature'>;
      readonly alone: string;
      readonly verdict: string;
    }
    const file = await vectors<MessageFile & { thread: Line[] }>('ours/messages_after_revocation.json');
    const around = await reading(file);
    const said = (verdict: Verdict | undefined): string | undefined => (verdict?.verified ? 'verified' : verdict?.reason);
    const verdicts = await Promise.all(file.thread.map(async ({ message }) => judge(await parseServedMessage({ ...message }), around)));
    const thread = new Thread();
    thread.take(file.thread.map(({ message, sequence, received }) => ({ ...message, sequence, received })), verdicts);
    expect(file.thread).not.to.be.empty;
    file.thread.forEach(({ name, alone, verdict }, at) => {
      expect([said(verdicts[at]), said(thread.messages[at]?.verdict)], name).to.deep.equal([alone, verdict]);
    });
  });

  it('with a bit flipped anywhere are never verified', async () => {
    const file = await vectors<MessageFile>('ours/messages.json');
    const [around, good] = [await reading(file), file.verdicts.find(({ verdict }) => verdict === 'verified')];
    const message = await parseServedMessage(good?.message ?? null);
    for (const part of ['header', 'ciphertext', 'signature'] as const) {
      const bytes = message[part] ?? new Uint8Array(0);
      for (let at = 0; at < bytes.length; at += 3) {
        const changed = bytes.slice();
        changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
        const parts = { ...message, [part]: changed };
        const b64 = (of: Uint8Array | null): string | null =>
          of && btoa(String.fromCharCode(...of)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
        const served = { header: b64(parts.header), ciphertext: b64(parts.ciphertext), ciphertext_hash: null, signature: b64(parts.signature) };
        const verdict = await judge(await parseServedMessage(served), around);
        expect(verdict.verified, `${part} ${at}`).to.equal(false);
      }
    }
  });

  it('that carry a body of a newer type say so', async () => {
    const key = await contentKey(fromHex('07'.repeat(32)));
    const { written } = await vectors<{ written: WrittenCase[] }>('ours/messages.json');
    const header = parseHeader((await parseMessage(written[0]?.message ?? null)).header);
    const signing = await signingKeyOfSeed(fromHex('09'.repeat(32)));
    const newer = { type: 'poll', text: 'x' } as unknown as Body;
    expect(await refusalOf(readBody(await writeMessage(header, newer, key, signing), header, key))).to.equal('newer_version');
  });
});

describe('continuity, as the shared vectors pin it', () => {
  it('finds what was dropped, moved, repeated and forked', async () => {
    interface PlaceJson {
      sequence: number;
      id: string;
      hash: string;
      epoch: number;
      withdrawals: number | null;
      sender: string;
      device: string;
      device_sequence: number;
      device_previous: string | null;
    }
    const file = await vectors<{
      cases: { name: string; whole: boolean; sequences: number[]; places: PlaceJson[]; findings: Finding[] }[];
    }>('ours/continuity.json');
    expect(file.cases).not.to.be.empty;
    for (const one of file.cases) {
      const places: Place[] = one.places.map(({ device_sequence, device_previous, ...place }) => ({
        ...place,
        deviceSequence: device_sequence,
        devicePrevious: device_previous,
      }));
      expect(continuity(places, one.sequences, one.whole), one.name).to.deep.equal(one.findings);
    }
  });
});

describe('an epoch', () => {
  it('reaches each reader, says its name, and no box opens for another', async () => {
    const [peggy, team] = [await sealingKeyOfSeed(fromHex('01'.repeat(32))), await sealingKeyOfSeed(fromHex('02'.repeat(32)))];
    const file = await vectors<{ conversation: ConversationId; patient: AccountId }>('ours/control_chains.json');
    const made = await makeEpoch(file.conversation, 3, new Map([[teamId, team.public], [file.patient, peggy.public]]));
    const box = made.boxes.get(file.patient) ?? new Uint8Array(0);
    expect(toHex(await openEpoch(file.conversation, made.epoch, file.patient, peggy, box))).to.equal(toHex(made.key));
    expect(await refusalOf(openEpoch(file.conversation, made.epoch, file.patient, team, box))).to.equal('wrong_box');
    expect(await refusalOf(openEpoch(file.conversation, made.epoch, teamId, team, box))).to.equal('wrong_box');
    const lied = { ...made.epoch, commitment: 'A'.repeat(43) };
    expect(await refusalOf(openEpoch(file.conversation, lied, file.patient, peggy, box))).to.equal('cannot_open');

    const key = await contentKey(made.key);
    const ciphertext = await encryptName(key, file.conversation, 3, '复诊 – knee');
    expect(await decryptName(key, file.conversation, 3, ciphertext)).to.equal('复诊 – knee');
    expect(await refusalOf(decryptName(key, file.conversation, 4, ciphertext))).to.equal('cannot_decrypt');
    expect(await refusalOf(encryptName(key, file.conversation, 3, ''))).to.equal('bad_members');
  });
});
