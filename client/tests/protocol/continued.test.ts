/** Control chains that are gone on from what was verified of them before. */

import { expect } from 'chai';

import { continueControlChain, verifyControlChain, type ControlChain, type Surroundings } from '../../src/protocol/controlChain.ts';
import type { AccountId, ConversationId } from '../../src/protocol/ids.ts';
import type { Json } from '../../src/protocol/strictJson.ts';
import { refusalOf, vectors } from './publicVectors.ts';
import { envelopesOf, surroundingsOf, verifiedWorld, type Around, type World, type WorldJson } from './world.ts';

interface ControlCase extends Around {
  name: string;
  statements: Json[];
  error?: string;
}

describe('control chains that are continued', () => {
  let file: { conversation: ConversationId; patient: AccountId; chains: ControlCase[] };
  let world: World;
  before(async () => {
    file = await vectors('ours/control_chains.json');
    world = await verifiedWorld((await vectors<{ world: WorldJson }>('ours/chains.json')).world);
  });

  function surroundings(one: ControlCase): Promise<Surroundings> {
    return surroundingsOf(world, file.patient, one);
  }

  async function verified(one: ControlCase): Promise<ControlChain> {
    return verifyControlChain(envelopesOf(one.statements), file.conversation, await surroundings(one));
  }

  it('are judged after any place as from their beginning', async () => {
    for (const one of file.chains) {
      const [statements, around] = [envelopesOf(one.statements), await surroundings(one)];
      const judged = async (cut: number): Promise<ControlChain> =>
        continueControlChain(await verifyControlChain(statements.slice(0, cut), file.conversation, around), statements.slice(cut), around);
      for (let cut = 1; cut <= statements.length; cut += 1) {
        if (one.error === undefined) expect(await judged(cut), `${one.name}, after ${cut}`).to.deep.equal(await verified(one));
        else expect(await refusalOf(judged(cut)), `${one.name}, after ${cut}`).to.equal(one.error);
      }
    }
  });

  it('follow nothing that is not their own, or that was judged by other consents', async () => {
    const long = file.chains.filter(({ error }) => error === undefined).reduce((one, other) => (one.statements.length > other.statements.length ? one : other));
    const [statements, around, chain] = [envelopesOf(long.statements), await surroundings(long), await verified(long)];
    expect(await refusalOf(continueControlChain(chain, statements, around))).to.equal('wrong_type');
    expect(await refusalOf(continueControlChain(chain, statements.slice(-1), around))).to.equal('broken_chain');
    const other = { ...around.consents, hashes: [...around.consents.hashes].reverse().slice(1) };
    expect(await refusalOf(continueControlChain(chain, [], { ...around, consents: other }))).to.equal('unknown_consent_head');
    const toms = { ...around.consents, patient: [...world.chains.keys()].find((account) => account !== file.patient) ?? file.patient };
    expect(await refusalOf(continueControlChain(chain, [], { ...around, consents: toms }))).to.equal('wrong_patient');
  });
});
