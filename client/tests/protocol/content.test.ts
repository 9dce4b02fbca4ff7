import { expect } from 'chai';

import { COBBLESTONE_256, contentKey, decrypt, encrypt, expansionLabel, type Instantiation } from '../../src/protocol/content.ts';
import { randomBytes, sha256, utf8, type Bytes } from '../../src/protocol/encoding.ts';
import { fromBase64, fromHex, refusalOf, toHex, vectors } from './publicVectors.ts';

interface ChunkedCase {
  name: string;
  aead: string;
  expect: 'success' | 'failure';
  key: string;
  context: string;
  ciphertext: string | null;
  compressed?: boolean;
  payload_sha256?: string;
  payload_length?: number;
}

interface GcmFile {
  testGroups: { keySize: number; ivSize: number; tagSize: number; tests: GcmCase[] }[];
}

interface GcmCase {
  tcId: number;
  key: string;
  iv: string;
  aad: string;
  msg: string;
  ct: string;
  tag: string;
  result: 'valid' | 'invalid';
}

/** The suite's files use SHA-256; SHA-512 is held by the vectors that both our clients share. */
const INSTANTIATIONS: Record<string, Instantiation> = {
  AEAD_AES_128_GCM: { hash: 'SHA-256', hashLength: 32, label: expansionLabel('AEAD_AES_128_GCM'), keyLength: 16 },
  AEAD_AES_256_GCM: { hash: 'SHA-256', hashLength: 32, label: expansionLabel('AEAD_AES_256_GCM'), keyLength: 32 },
};

async function inflate(bytes: Bytes): Promise<Bytes> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function ciphertextOf(one: ChunkedCase): Promise<Bytes> {
  const bytes = fromBase64(one.ciphertext ?? '');
  return one.compressed ? inflate(bytes) : bytes;
}

async function open(one: ChunkedCase, instantiation: Instantiation): Promise<Bytes> {
  return decrypt(await contentKey(fromHex(one.key), instantiation), utf8(one.context), await ciphertextOf(one));
}

describe('content encryption', () => {
  it('opens and refuses the cases of the chunked-encryption suite', async () => {
    const cases = (await vectors<{ vectors: ChunkedCase[] }>('c2sp_chunked_encryption.json')).vectors;
    const counts = { opened: 0, refused: 0, notExpressible: 0 };
    for (const one of cases) {
      const instantiation = INSTANTIATIONS[one.aead];
      if (!instantiation) {
        // WebCrypto has no ChaCha20-Poly1305, and no place of the protocol uses it.
        expect(one.name).to.match(/^chacha20poly1305_/);
        counts.notExpressible += 1;
      } else if (one.expect === 'success') {
        const payload = await open(one, instantiation);
        expect(payload.length, one.name).to.equal(one.payload_length);
        expect(toHex(await sha256(payload)), one.name).to.equal(one.payload_sha256);
        counts.opened += 1;
      } else {
        expect(await refusalOf(open(one, instantiation)), one.name).to.be.oneOf(['cannot_decrypt', 'malformed_key']);
        counts.refused += 1;
      }
    }
    expect(counts).to.deep.equal({ opened: 18, refused: 50, notExpressible: 34 });
  });

  it('gives back what it encrypted, at every length around a chunk', async () => {
    const key = await contentKey(randomBytes(32));
    for (const length of [0, 1, 16_383, 16_384, 16_385, 32_768, 60_000]) {
      const content = randomBytes(60_000).slice(0, length);
      const ciphertext = await encrypt(key, utf8('a place'), content);
      expect(ciphertext.length).to.equal(56 + length + 16 * (Math.floor(length / 16_384) + 1));
      expect(toHex(await decrypt(key, utf8('a place'), ciphertext))).to.equal(toHex(content));
    }
  });

  it('refuses every flipped bit, another place and another key', async () => {
    const key = await contentKey(randomBytes(32));
    const ciphertext = await encrypt(key, utf8('here'), utf8('a plan'));
    for (let bit = 0; bit < ciphertext.length * 8; bit += 1) {
      const changed = ciphertext.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(await refusalOf(decrypt(key, utf8('here'), changed)), `bit ${bit}`).to.equal('cannot_decrypt');
    }
    expect(await refusalOf(decrypt(key, utf8('there'), ciphertext))).to.equal('cannot_decrypt');
    expect(await refusalOf(decrypt(await contentKey(randomBytes(32)), utf8('here'), ciphertext))).to.equal('cannot_decrypt');
  });

  it('never makes one ciphertext twice', async () => {
    const key = await contentKey(randomBytes(32), COBBLESTONE_256);
    const [one, other] = [await encrypt(key, utf8(''), utf8('same')), await encrypt(key, utf8(''), utf8('same'))];
    expect(toHex(one)).not.to.equal(toHex(other));
  });
});

describe('AES-GCM of this browser', () => {
  it('agrees with Wycheproof', async () => {
    const { testGroups } = await vectors<GcmFile>('wycheproof_aes_gcm.json');
    const counts = { valid: 0, invalid: 0, notExpressible: 0 };
    for (const group of testGroups) {
      for (const one of group.tests) {
        if (group.keySize === 192) {
          // Chromium's WebCrypto has no 192-bit AES, and no place of the protocol uses it.
          counts.notExpressible += 1;
          continue;
        }
        const key = await crypto.subtle.importKey('raw', fromHex(one.key), 'AES-GCM', false, ['decrypt']);
        const algorithm = { name: 'AES-GCM', iv: fromHex(one.iv), additionalData: fromHex(one.aad), tagLength: group.tagSize };
        const opened = await crypto.subtle.decrypt(algorithm, key, fromHex(one.ct + one.tag)).then(
          (content) => toHex(new Uint8Array(content)),
          () => null,
        );
        expect(opened, `tcId ${one.tcId}`).to.equal(one.result === 'valid' ? one.msg : null);
        counts[one.result] += 1;
      }
    }
    expect(counts).to.deep.equal({ valid: 155, invalid: 58, notExpressible: 103 });
  });
});
