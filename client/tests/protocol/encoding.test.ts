import { expect } from 'chai';

import { b64u, b64uInScript, fromB64u, fromB64uInScript, hkdfKey, hkdfWithInfo, randomBytes, utf8 } from '../../src/protocol/encoding.ts';
import type { ProtocolError } from '../../src/protocol/errors.ts';
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
  it('gives back the bytes it wrote, at every length, by the browser and by script', () => {
    for (let length = 0; length < 100; length += 1) {
      const bytes = randomBytes(length);
      expect(b64uInScript(bytes)).to.equal(b64u(bytes));
      expect(toHex(fromB64u(b64u(bytes)))).to.equal(toHex(bytes));
      expect(toHex(fromB64uInScript(b64u(bytes)))).to.equal(toHex(bytes));
    }
  });

  it('has one spelling for each byte string, by the browser and by script', () => {
    const other = ['A', 'AB', 'AAB', 'A=', 'AA==', 'AAA=', 'AAAA====', 'A A', 'AA\n', 'AAA\n', 'AAAA\n', '\nAAAA', ' AAA', 'A A A', 'AAAA  ', '+/+/', 'AAAAA', 'é', 'AA.A', '💊'];
    for (const text of other) {
      for (const read of [fromB64u, fromB64uInScript]) expect(() => read(text), text).to.throw().with.property('code', 'malformed_base64');
    }
    for (const read of [fromB64u, fromB64uInScript]) expect(toHex(read('-_-_'))).to.equal('fbffbf');
  });

  it('is refused or read alike by the browser and by script, whatever is put into a text', () => {
    for (let length = 0; length < 12; length += 1) {
      const text = b64u(randomBytes(length));
      for (let at = 0; at <= text.length; at += 1) {
        for (const put of ['', '=', '==', ' ', '\n', '\t\f', 'A', 'B', '-', '+', 'é']) {
          const altered = text.slice(0, at) + put + text.slice(at);
          expect(read(fromB64u, altered), altered).to.equal(read(fromB64uInScript, altered));
        }
      }
    }
  });
});

/** The bytes in hexadecimal, or the code of the refusal. */
function read(reader: (text: string) => Uint8Array, text: string): string {
  try {
    return toHex(reader(text));
  } catch (error) {
    return (error as ProtocolError).code;
  }
}

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
