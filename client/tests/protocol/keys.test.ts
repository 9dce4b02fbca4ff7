import { expect } from 'chai';

import { randomBytes, utf8 } from '../../src/protocol/encoding.ts';
import { importSigningPublicKey, sign, signingKeyOfSeed, verifies } from '../../src/protocol/keys.ts';
import { fromHex, refusalOf, toHex, vectors } from './publicVectors.ts';

interface CctvCase {
  number: number;
  key: string;
  sig: string;
  msg: string;
  flags: string[] | null;
}

interface EddsaFile {
  testGroups: { publicKey: { pk: string }; tests: { tcId: number; msg: string; sig: string; result: string }[] }[];
}

/** What a verifier without cofactor must see in a signature by a key that passed the import checks. */
const REFUSING_FLAGS = ['low_order_residue', 'non_canonical_R', 'reencoded_k'];

describe('signing keys', () => {
  it('refuse small-order and non-canonical keys of the CCTV suite, and judge the rest as RFC 8032 without cofactor', async () => {
    const counts = { weakKeys: 0, refused: 0, verified: 0 };
    for (const one of await vectors<CctvCase[]>('cctv_ed25519.json')) {
      const flags = one.flags ?? [];
      if (flags.includes('low_order_A') || flags.includes('non_canonical_A')) {
        expect(await refusalOf(importSigningPublicKey(fromHex(one.key))), `case ${one.number}`).to.equal('weak_key');
        counts.weakKeys += 1;
        continue;
      }
      const verified = await verifies(await importSigningPublicKey(fromHex(one.key)), utf8(one.msg), fromHex(one.sig));
      expect(verified, `case ${one.number}`).to.equal(!flags.some((flag) => REFUSING_FLAGS.includes(flag)));
      counts[verified ? 'verified' : 'refused'] += 1;
    }
    expect(counts).to.deep.equal({ weakKeys: 526, refused: 302, verified: 86 });
  });

  it('verify exactly the valid signatures of Wycheproof', async () => {
    const counts = { valid: 0, invalid: 0 };
    for (const group of (await vectors<EddsaFile>('wycheproof_ed25519.json')).testGroups) {
      const key = await importSigningPublicKey(fromHex(group.publicKey.pk));
      for (const one of group.tests) {
        const verified = await verifies(key, fromHex(one.msg), fromHex(one.sig));
        expect(verified, `tcId ${one.tcId}`).to.equal(one.result === 'valid');
        counts[verified ? 'valid' : 'invalid'] += 1;
      }
    }
    expect(counts).to.deep.equal({ valid: 88, invalid: 63 });
  });

  it('refuse a key that is no point of the curve, and one of another length', async () => {
    expect(await refusalOf(importSigningPublicKey(fromHex('02'.padEnd(64, '0'))))).to.equal('weak_key');
    expect(await refusalOf(importSigningPublicKey(randomBytes(31)))).to.equal('weak_key');
    expect(await refusalOf(signingKeyOfSeed(randomBytes(33)))).to.equal('malformed_seed');
  });

  it('derive the public half of RFC 8032 test 1 and sign as it does', async () => {
    const key = await signingKeyOfSeed(fromHex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'));
    expect(toHex(key.public.bytes)).to.equal('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
    expect(toHex(await sign(key, utf8('')))).to.equal(
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    );
    expect(key.handle.extractable).to.equal(false);
  });
});
