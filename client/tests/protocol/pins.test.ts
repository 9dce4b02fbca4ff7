import { expect } from 'chai';

import type { AccountChain } from '../../src/protocol/accountChain.ts';
import { checkPinnedHead, judgeAccount, pinAccount } from '../../src/protocol/pins.ts';
import { refusalOf, vectors } from './publicVectors.ts';
import { verifiedWorld, type WorldJson } from './world.ts';

describe('what was pinned of an account', () => {
  let chain: AccountChain;
  before(async () => {
    const { world } = await vectors<{ world: WorldJson }>('ours/chains.json');
    const [first] = (await verifiedWorld(world)).chains.values();
    if (!first) throw new Error('a world without accounts');
    chain = first;
  });

  const judged = (pinned: AccountChain, served: AccountChain): Promise<string> =>
    Promise.resolve().then(() => judgeAccount(pinAccount(pinned, false), served));

  it('is the same while the chain is, and new before', async () => {
    expect(judgeAccount(undefined, chain)).to.equal('new');
    expect(await judged(chain, chain)).to.equal('same');
  });

  it('is a changed key when the chain went on to another', async () => {
    const next = { ...chain.current, version: chain.current.version + 1 };
    const longer = { ...chain, current: next, hashes: [...chain.hashes, 'A'.repeat(43)] };
    expect(await judged(chain, longer)).to.equal('key_changed');
  });

  it('is rolled back when the chain no longer holds what stood in it', async () => {
    const longer = { ...chain, hashes: [...chain.hashes, 'A'.repeat(43)] };
    expect(await refusalOf(judged(longer, chain))).to.equal('rolled_back');
    expect(await refusalOf(Promise.resolve().then(() => { checkPinnedHead('B'.repeat(43), chain.hashes); }))).to.equal('rolled_back');
  });
});
