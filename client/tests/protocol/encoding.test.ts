import { expect } from 'chai';

import { b64u, fromB64u, hkdfKey, hkdfWithInfo, randomBytes } from '../../src/protocol/encoding.ts';
import { fromHex, refusalOf, toHex, vectors } from './publicVectors.ts';

interface HkdfFile {
  testGroups: { tests: { tcId: number; ikm: string; salt: string; info: string; size: number; okm: string; result: string }[] }[];
}

describe('HKDF', () => {
  it('agrees with Wycheproof', async () => {
    const counts = { valid: 0, invalid: 0 };
    for (const one of (await vectors<HkdfFile>('wycheproof_hkdf_sha256.json')).testGroups.flatMap((group) => group.tests)) {
      const derived = hkdfWithInfo(await hkdfKey(fromHex(one.ikm)), fromHex(one.salt), fromHex(one.info), one.size);
      if (one.result === 'valid') {
        expect(toHex(await derived), `tcId ${one.tcId}`).to.equal(one.okm);
        counts.valid += 1;
      } else {
        expect(await refusalOf(derived), `tcId ${one.tcId}`).not.to.equal(null);
        counts.invalid += 1;
      }
    }
    expect(counts).to.deep.equal({ valid: 83, invalid: 3 });
  });
});

describe('base64url', () => {
  it('gives back the bytes it wrote, at every length', () => {
    for (let length = 0; length < 100; length += 1) {
      const bytes = randomBytes(length);
      expect(toHex(fromB64u(b64u(bytes)))).to.equal(toHex(bytes));
    }
  });

  it('has one spelling for each byte string', () => {
    for (const text of ['A', 'AB', 'AAB', 'AA==', 'A A', 'AA\n', '+/+/', 'AAAAA', 'é', 'AA.A', '💊']) {
      expect(() => fromB64u(text), text).to.throw().with.property('code', 'malformed_base64');
    }
    expect(toHex(fromB64u('-_-_'))).to.equal('fbffbf');
  });
});
