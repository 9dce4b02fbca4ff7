import { expect } from 'chai';

import { b64u, fromB64u, hkdfKey, hkdfWithInfo, randomBytes, utf8 } from '../../src/protocol/encoding.ts';
import { hash } from '../../src/protocol/shape.ts';
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

describe('a hash', () => {
  it('has one spelling: what is canonical base64url of 32 bytes, and nothing else', () => {
    const text = b64u(randomBytes(32));
    expect(hash(text)).to.equal(text);
    for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+') {
      const [written, decoded] = [`${text.slice(0, -1)}${last}`, refuses(() => fromB64u(`${text.slice(0, -1)}${last}`))];
      expect(refuses(() => hash(written)), written).to.equal(decoded);
    }
    for (const other of ['', text.slice(1), `A${text}`, `${text}\n`, text.replace(/^./, '+'), text.replace(/^./, 'é')]) expect(refuses(() => hash(other)), other).to.be.true;
  });
});

describe('UTF-8', () => {
  it('is the same for short texts, long ones, and whatever they hold', () => {
    for (const length of [0, 1, 127, 128, 129, 500]) {
      for (const sign of ['a', '\0', '\x7f', '\x80', 'é', '饭', '💊']) {
        const text = sign.repeat(length);
        expect(toHex(utf8(text))).to.equal(toHex(new TextEncoder().encode(text)));
      }
    }
  });
});

function refuses(work: () => unknown): boolean {
  try {
    work();
    return false;
  } catch {
    return true;
  }
}
