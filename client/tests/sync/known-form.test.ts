/** What this device keeps of conversations that it has verified. */

import { expect } from 'chai';

import { verifyControlChain, type Surroundings } from '../../src/protocol/controlChain.ts';
import type { AccountId, ConversationId } from '../../src/protocol/ids.ts';
import { parseStrictJson, writeJson, type Json, type JsonObject } from '../../src/protocol/strictJson.ts';
import { knownJson, readKnownJson, type KnownConversation } from '../../src/sync/known-form.ts';
import { vectors } from '../protocol/publicVectors.ts';
import { envelopesOf, surroundingsOf, verifiedWorld, type Around, type WorldJson } from '../protocol/world.ts';

interface Case extends Around {
  name: string;
  statements: Json[];
  error?: string;
}

interface File {
  conversation: ConversationId;
  patient: AccountId;
}

function kept(known: KnownConversation): JsonObject {
  return parseStrictJson(writeJson(knownJson(known))) as JsonObject;
}

describe('what is known of a conversation', () => {
  const known: KnownConversation[] = [];
  before(async () => {
    const { conversation, patient, chains } = await vectors<File & { chains: Case[] }>('ours/control_chains.json');
    const world = await verifiedWorld((await vectors<{ world: WorldJson }>('ours/chains.json')).world);
    const emergency = await vectors<File & { control_chains: Case[]; world: WorldJson }>('ours/emergency.json');
    const alarmed = await verifiedWorld(emergency.world);
    const sets = new Map(alarmed.clinic.custodianSets.map((set) => [set.hash, set]));
    const around = async (one: Case): Promise<Surroundings> => ({
      ...(await surroundingsOf(alarmed, emergency.patient, one)),
      emergency: { sets, running: null, used: [] },
    });
    const secrets = new Map([[1, new Uint8Array(32).fill(7)]]);
    const take = async (one: Case, id: ConversationId, by: Promise<Surroundings>): Promise<void> => {
      if (one.error === undefined) known.push({ control: await verifyControlChain(envelopesOf(one.statements), id, await by), secrets, name: one.name });
    };
    for (const one of chains) await take(one, conversation, surroundingsOf(world, patient, one));
    for (const one of emergency.control_chains) await take(one, emergency.conversation, around(one));
  });

  it('is the same after it was kept, unless a newer version wrote there', async () => {
    expect(known.length).to.be.greaterThan(10);
    for (const one of known.filter(({ control }) => control.newer.length === 0)) {
      expect(await readKnownJson(kept(one)), one.name ?? '').to.deep.equal(one);
    }
  });

  it('is nothing where it was kept under other rules, or is not whole', async () => {
    const [one] = known;
    if (!one) throw new Error('nothing is known');
    const without = Object.fromEntries(Object.entries(kept(one)).filter(([member]) => member !== 'hashes'));
    expect(await readKnownJson({ ...kept(one), rules: 2 })).to.equal(null);
    expect(await readKnownJson(without)).to.equal(null);
  });
});
