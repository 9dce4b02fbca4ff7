import { AEAD_AES_128_GCM, AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, KDF_HKDF_SHA384, type KEMFactory } from 'hpke';
import * as noble from '@panva/hpke-noble';
import { MLKEM768X25519 } from '@noble/post-quantum/hybrid.js';
import { expect } from 'chai';

import { contextLines, randomBytes } from '../../src/protocol/encoding.ts';
import { BOX_LENGTH, importSealingPublicKey, openBox, seal, sealerFrom, sealingKeyOfSeed } from '../../src/protocol/sealing.ts';
import { fromHex, refusalOf, toHex, vectors } from './publicVectors.ts';

interface HpkeCase {
  kem_id: number;
  kdf_id: number;
  aead_id: number;
  info: string;
  skRm: string;
  pkRm: string;
  enc: string;
  encryptions: { aad: string; ct: string; pt: string }[];
  exports: { exporter_context: string; L: number; exported_value: string }[];
}

const KEMS: Record<number, KEMFactory> = {
  0x10: noble.KEM_DHKEM_P256_HKDF_SHA256,
  0x11: noble.KEM_DHKEM_P384_HKDF_SHA384,
  0x20: noble.KEM_DHKEM_X25519_HKDF_SHA256,
  0x21: noble.KEM_DHKEM_X448_HKDF_SHA512,
  0x40: noble.KEM_ML_KEM_512,
  0x41: noble.KEM_ML_KEM_768,
  0x42: noble.KEM_ML_KEM_1024,
  0x50: noble.KEM_MLKEM768_P256,
  0x51: noble.KEM_MLKEM1024_P384,
  0x647a: noble.KEM_MLKEM768_X25519,
};
const KDFS = {
  1: KDF_HKDF_SHA256,
  2: KDF_HKDF_SHA384,
  16: noble.KDF_SHAKE128,
  17: noble.KDF_SHAKE256,
  18: noble.KDF_TurboSHAKE128,
  19: noble.KDF_TurboSHAKE256,
};
const AEADS = { 1: AEAD_AES_128_GCM, 2: AEAD_AES_256_GCM, 3: noble.AEAD_ChaCha20Poly1305 };

function suiteOf(one: HpkeCase): CipherSuite {
  const [kem, kdf, aead] = [KEMS[one.kem_id], KDFS[one.kdf_id as keyof typeof KDFS], AEADS[one.aead_id as keyof typeof AEADS]];
  if (!kem) throw new Error(`no KEM ${one.kem_id}`);
  return new CipherSuite(kem, kdf, aead);
}

describe('HPKE', () => {
  it('opens every message of the hpke-pq suite', async () => {
    let opened = 0;
    const cases = await vectors<HpkeCase[]>('hpke-pq.json');
    for (const one of cases) {
      const suite = suiteOf(one);
      const key = await suite.DeserializePrivateKey(fromHex(one.skRm));
      const recipient = await suite.SetupRecipient(key, fromHex(one.enc), { info: fromHex(one.info) });
      for (const { aad, ct, pt } of one.encryptions) {
        expect(toHex(await recipient.Open(fromHex(ct), fromHex(aad)))).to.equal(pt);
        opened += 1;
      }
    }
    expect([cases.length, opened]).to.deep.equal([13, 130]);
  });

  it('is what both sources of the KEM make of it: what one seals the other opens', async () => {
    const [native, script] = [await sealerFrom('native'), await sealerFrom('script')];
    const seed = randomBytes(32);
    const published = await native.publicKeyOfSeed(seed);
    expect(toHex(await script.publicKeyOfSeed(seed))).to.equal(toHex(published));
    for (const [from, to] of [[native, script], [script, native]] as const) {
      const secret = randomBytes(32);
      const box = await from.suite.Seal(await from.suite.DeserializePublicKey(published), secret, { info: randomBytes(9).fill(7) });
      const opened = await to.suite.Open(await to.suite.DeserializePrivateKey(seed), box.encapsulatedSecret, box.ciphertext, {
        info: randomBytes(9).fill(7),
      });
      expect(toHex(opened)).to.equal(toHex(secret));
    }
  });
});

describe('X-Wing', () => {
  it('agrees with the draft: keys, encapsulation and shared secrets', async () => {
    const cases = await vectors<{ seed: string; eseed: string; ss: string; pk: string; ct: string }[]>('xwing-draft.json');
    const native = await sealerFrom('native');
    for (const one of cases) {
      const { publicKey, secretKey } = MLKEM768X25519.keygen(fromHex(one.seed));
      expect(toHex(publicKey)).to.equal(one.pk);
      expect(toHex(await native.publicKeyOfSeed(fromHex(one.seed)))).to.equal(one.pk);
      expect(toHex(MLKEM768X25519.decapsulate(fromHex(one.ct), secretKey))).to.equal(one.ss);
      const encapsulated = MLKEM768X25519.encapsulate(fromHex(one.pk), fromHex(one.eseed));
      expect([toHex(encapsulated.cipherText), toHex(encapsulated.sharedSecret)]).to.deep.equal([one.ct, one.ss]);
    }
    expect(cases.length).to.equal(3);
  });
});

describe('a box', () => {
  it('opens with its key for its purpose alone', async () => {
    const key = await sealingKeyOfSeed(randomBytes(32));
    const secret = randomBytes(32);
    const info = contextLines('between/v1/epoch-box', 'here');
    const box = await seal(key.public, info, secret);
    expect(box.length).to.equal(BOX_LENGTH);
    expect(toHex(await openBox(key, info, box))).to.equal(toHex(secret));
    expect(await refusalOf(openBox(key, contextLines('between/v1/team-box', 'here'), box))).to.equal('cannot_open');
    expect(await refusalOf(openBox(await sealingKeyOfSeed(randomBytes(32)), info, box))).to.equal('cannot_open');
    expect(await refusalOf(openBox(key, info, box.slice(1)))).to.equal('cannot_open');
    for (const at of [0, 1_087, 1_088, 1_119, 1_120, 1_167]) {
      const changed = box.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(await refusalOf(openBox(key, info, changed)), `byte ${at}`).to.equal('cannot_open');
    }
  });

  it('cannot be made for a key whose parts are not canonical or of small order', async () => {
    const good = (await sealingKeyOfSeed(randomBytes(32))).public.bytes;
    const unreduced = good.slice();
    unreduced.set([0xff, 0xff, 0xff]);
    const smallOrder = good.slice();
    smallOrder.fill(0, 1184);
    const nonCanonical = good.slice();
    nonCanonical.fill(0xff, 1184);
    for (const bytes of [unreduced, smallOrder, nonCanonical, good.slice(1)]) {
      expect(await refusalOf(importSealingPublicKey(bytes))).to.equal('weak_key');
    }
  });
});
