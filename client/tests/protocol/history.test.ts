import { expect } from 'chai';

import { verifyControlChain, type ControlChain } from '../../src/protocol/controlChain.ts';
import { fromB64u } from '../../src/protocol/encoding.ts';
import { makeEpoch } from '../../src/protocol/epoch.ts';
import { makeHistory, openHistory, type HistoryGrant } from '../../src/protocol/history.ts';
import { historyDue } from '../../src/protocol/historyDue.ts';
import { newId, type AccountId, type ConversationId } from '../../src/protocol/ids.ts';
import { CONVERSATION_HISTORY, type ConversationHistoryBody, type Epoch } from '../../src/protocol/kinds/conversation.ts';
import { sealingKeyOfSeed } from '../../src/protocol/sealing.ts';
import type { Json } from '../../src/protocol/strictJson.ts';
import { fromHex, refusalOf, toHex, vectors } from './publicVectors.ts';
import { envelopesOf, surroundingsOf, verifiedWorld, type Around, type World, type WorldJson } from './world.ts';

interface Served extends Around {
  name: string;
  statements: Json[];
}

interface File {
  conversation: ConversationId;
  patient: AccountId;
  chains: (Served & { head?: string; history?: Json[]; error?: string })[];
  due: (Served & { now: string; due: Json[] })[];
  boxes: { name: string; body: Json; epoch: Epoch; seed_hex: string; box: string; key_hex?: string; error?: string }[];
}

function opened({ boxes, ...grant }: HistoryGrant): object {
  return { ...grant, epochs: [...boxes].map(([number, box]) => ({ number, box })) };
}

function granted({ consent, reader, key, epochs }: ConversationHistoryBody): Pick<HistoryGrant, 'consent' | 'reader' | 'key' | 'boxes'> {
  return { consent, reader, key, boxes: new Map(epochs.map(({ number, box }) => [number, box])) };
}

describe('history, as the shared vectors pin it', () => {
  let file: File;
  let world: World;
  before(async () => {
    file = await vectors('ours/history.json');
    world = await verifiedWorld((await vectors<{ world: WorldJson }>('ours/chains.json')).world);
  });

  async function verified(one: Served): Promise<ControlChain> {
    return verifyControlChain(envelopesOf(one.statements), file.conversation, await surroundingsOf(world, file.patient, one));
  }

  it('is opened as far as a consent goes, or refused', async () => {
    const counts = { accepted: 0, refused: 0 };
    for (const one of file.chains) {
      if (one.error !== undefined) {
        expect(await refusalOf(verified(one)), one.name).to.equal(one.error);
        counts.refused += 1;
        continue;
      }
      const chain = await verified(one);
      expect({ head: chain.head, history: chain.history.map(opened) }, one.name).to.deep.equal({ head: one.head, history: one.history });
      counts.accepted += 1;
    }
    expect(Math.min(counts.accepted, counts.refused)).to.be.greaterThan(5);
  });

  it('is due to whom it was not opened yet', async () => {
    expect(file.due).not.to.be.empty;
    for (const one of file.due) {
      const { consents, teams } = await surroundingsOf(world, file.patient, one);
      expect(historyDue(await verified(one), consents, teams, one.now), one.name).to.deep.equal(one.due);
    }
  });

  it('reaches its reader in a box, and no other box opens', async () => {
    expect(file.boxes).not.to.be.empty;
    for (const one of file.boxes) {
      const key = await sealingKeyOfSeed(fromHex(one.seed_hex));
      const opening = openHistory(file.conversation, granted(CONVERSATION_HISTORY.body(one.body)), one.epoch, key, fromB64u(one.box));
      if (one.error !== undefined) expect(await refusalOf(opening), one.name).to.equal(one.error);
      else expect(toHex(await opening), one.name).to.equal(one.key_hex);
    }
  });

  it('made here opens each epoch for its reader alone', async () => {
    const [peggy, nurse] = [await sealingKeyOfSeed(fromHex('01'.repeat(32))), await sealingKeyOfSeed(fromHex('02'.repeat(32)))];
    const readers = new Map([[file.patient, peggy.public]]);
    const [second, first] = [await makeEpoch(file.conversation, 2, readers), await makeEpoch(file.conversation, 1, readers)];
    const made = await makeHistory(file.conversation, newId('cns'), newId('acc'), nurse.public, [second, first]);
    const [grant, box] = [granted(made.body), (number: number) => made.boxes.get(number) ?? new Uint8Array(0)];
    expect(made.body.epochs.map(({ number }) => number)).to.deep.equal([1, 2]);
    for (const { epoch, key } of [first, second]) {
      expect(toHex(await openHistory(file.conversation, grant, epoch, nurse, box(epoch.number)))).to.equal(toHex(key));
    }
    expect(await refusalOf(openHistory(file.conversation, grant, first.epoch, peggy, box(1)))).to.equal('wrong_box');
    expect(await refusalOf(openHistory(file.conversation, grant, second.epoch, nurse, box(1)))).to.equal('wrong_box');
    expect(await refusalOf(openHistory(file.conversation, grant, first.epoch, nurse, box(2)))).to.equal('wrong_box');
  });
});
