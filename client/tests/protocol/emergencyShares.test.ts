import { expect } from 'chai';

import {
  combineShares,
  makeEmergencyKey,
  openRelease,
  openShare,
  releaseShare,
  type NewEmergencyKey,
  type Share,
} from '../../src/protocol/emergencyShares.ts';
import { fromB64u, type Bytes } from '../../src/protocol/encoding.ts';
import { newId, type AccountId } from '../../src/protocol/ids.ts';
import { EMERGENCY_RELEASE, EMERGENCY_REQUEST, type EmergencyRequestBody } from '../../src/protocol/kinds/emergency.ts';
import { EMERGENCY_KEY } from '../../src/protocol/kinds/emergencyKey.ts';
import { sealingKeyOfSeed, type SealingKey } from '../../src/protocol/sealing.ts';
import type { Json } from '../../src/protocol/strictJson.ts';
import { fromHex, refusalOf, toHex, vectors } from './publicVectors.ts';

interface Case {
  readonly name: string;
  readonly error?: string;
  readonly seed_hex?: string;
}

interface ShareJson {
  readonly index: number;
  readonly value_hex: string;
}

interface Shares {
  readonly combined: readonly (Case & { key: Json; shares: readonly ShareJson[] })[];
  readonly custodian: readonly (Case & Partial<ShareJson> & { key: Json; custodian: AccountId; box: string })[];
  readonly requester: readonly (Case & Partial<ShareJson> & { request: Json; release: Json; box: string })[];
}

const shown = ({ index, value }: Share): ShareJson => ({ index, value_hex: toHex(value) });

function keyOf({ seed_hex: seed }: Case): Promise<SealingKey> {
  return sealingKeyOfSeed(fromHex(seed ?? ''));
}

/** Each case shows what it says, or is refused with its code. */
async function agree<C extends Case>(cases: readonly C[], show: (one: C) => Promise<object>): Promise<void> {
  expect(cases.some(({ error }) => error === undefined) && cases.some(({ error }) => error !== undefined)).to.equal(true);
  for (const one of cases) {
    if (one.error === undefined) expect(one, one.name).to.deep.include(await show(one));
    else expect(await refusalOf(show(one)), one.name).to.equal(one.error);
  }
}

describe('shares of an emergency key, as the shared vectors pin them', () => {
  let file: Shares;
  before(async () => { file = await vectors('ours/emergency_shares.json'); });

  it('combine, whichever client split them, to the key that the patient signed or to nothing', async () => {
    await agree(file.combined, async ({ key, shares, ...one }) => {
      const listed = shares.map(({ index, value_hex: value }) => ({ index, value: fromHex(value) }));
      const made = await combineShares(EMERGENCY_KEY.body(key), listed);
      expect(made.public.id, one.name).to.equal((await keyOf(one)).public.id);
      return {};
    });
  });

  it('open to their custodian, in their place alone', async () => {
    await agree(file.custodian, async ({ key, custodian, box, ...one }) =>
      shown(await openShare(EMERGENCY_KEY.body(key), custodian, await keyOf(one), fromB64u(box))),
    );
  });

  it('open to who asked, against the request alone', async () => {
    await agree(file.requester, async ({ request, release, box, ...one }) =>
      shown(await openRelease(EMERGENCY_REQUEST.body(request), EMERGENCY_RELEASE.body(release), await keyOf(one), fromB64u(box))),
    );
  });
});

describe('a new emergency key', () => {
  const accounts = [newId('acc'), newId('acc'), newId('acc')].sort();
  let own: Map<AccountId, SealingKey>;
  let made: NewEmergencyKey;
  before(async () => {
    own = new Map(await Promise.all(accounts.map(async (account, at) => [account, await seeded(at + 1)] as const)));
    const publicKeys = new Map([...own].map(([account, key]) => [account, key.public]));
    const custodians = { hash: 'A'.repeat(43), place: 2, time: '2026-11-27T00:00:00.000Z', keys: new Map([...publicKeys].map(([account, { id }]) => [account, id])) };
    made = await makeEmergencyKey(newId('cnv'), newId('emk'), custodians, publicKeys);
  });

  it('is one that its statement may say, sealed to every custodian', () => {
    const { shares, ...body } = made.body;
    expect(EMERGENCY_KEY.body({ ...body, shares: shares.map((share) => ({ ...share })) })).to.deep.equal(made.body);
    expect(shares.map(({ custodian }) => custodian)).to.deep.equal(accounts);
    expect(new Set(shares.map(({ index }) => index)).size).to.equal(3);
  });

  it('opens by any two shares, through the hands of who asked, and by none alone', async () => {
    const requester = await seeded(9);
    const request = await requestFor(requester);
    const released: Share[] = [];
    for (const [custodian, key] of own) {
      const share = await openShare(made.body, custodian, key, made.boxes.get(custodian) ?? new Uint8Array(0));
      const { body, box } = await releaseShare(request, 'B'.repeat(43), custodian, share, requester.public);
      released.push(await openRelease(request, body, requester, box));
    }
    for (const left of released) {
      const key = await combineShares(made.body, released.filter((share) => share !== left));
      expect(key.public.bytes).to.deep.equal(fromB64u(made.body.sealing_key));
      expect(await refusalOf(combineShares(made.body, [left]))).to.equal('wrong_commitment');
    }
  });

  it('is not released to another key than the request names', async () => {
    const request = await requestFor(await seeded(9));
    const share = { index: 1, value: new Uint8Array(32) };
    expect(await refusalOf(releaseShare(request, 'B'.repeat(43), newId('acc'), share, (await seeded(8)).public))).to.equal('wrong_box');
  });

  async function requestFor(requester: SealingKey): Promise<EmergencyRequestBody> {
    const { requester: cases } = await vectors<Shares>('ours/emergency_shares.json');
    const request = EMERGENCY_REQUEST.body(cases[0]?.request ?? null);
    return { ...request, emergency_key: made.body.emergency_key, key: requester.public.id };
  }
});

function seeded(byte: number): Promise<SealingKey> {
  const seed: Bytes = new Uint8Array(32).fill(byte);
  return sealingKeyOfSeed(seed);
}
