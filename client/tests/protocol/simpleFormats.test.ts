import { argon2id } from 'hash-wasm';
import { expect } from 'chai';

import { contentKey, decrypt } from '../../src/protocol/content.ts';
import { b64u, contextLines, fromB64u, hkdf, labelledHash, pae, parseTime, u32be, type Bytes } from '../../src/protocol/encoding.ts';
import { idOf, parseId, timeOfId, type IdType } from '../../src/protocol/ids.ts';
import { importSigningPublicKey, sign, signingKeyOfSeed, verifies } from '../../src/protocol/keys.ts';
import { pad, padme, unpad } from '../../src/protocol/padding.ts';
import { ARGON2, checkParameters, normalisePassword, passwordSecrets, recoverySecrets } from '../../src/protocol/password.ts';
import { readRecoveryCode, writeRecoveryCode } from '../../src/protocol/recoveryCode.ts';
import { clinicCode, safetyCode, sharedCode } from '../../src/protocol/safetyCode.ts';
import * as sealing from '../../src/protocol/sealing.ts';
import { parseStrictJson, writeJson } from '../../src/protocol/strictJson.ts';
import { fromHex, refusalOf, toHex, vectors, vectorText } from './publicVectors.ts';

type Case = Readonly<Record<string, string>>;

/** Runs a check on each case of a list that must not be empty, naming the case that fails. */
async function eachOf<C extends object>(cases: readonly C[], check: (one: C) => Promise<void> | void): Promise<void> {
  expect(cases).not.to.be.empty;
  for (const one of cases) {
    try {
      await check(one);
    } catch (error) {
      throw new Error(`${JSON.stringify(one).slice(0, 200)}: ${String(error)}`, { cause: error });
    }
  }
}

function refusal(run: () => unknown): Promise<unknown> {
  return refusalOf(Promise.resolve().then(run));
}

describe('encoding, as the shared vectors pin it', () => {
  let file: {
    b64u: Case[];
    b64u_refused: Case[];
    labelled_hash: { label: string; parts_hex: string[]; hash: string }[];
    derive: { key_hex: string; salt_hex: string; label: string; length: number; out_hex: string }[];
    pae: Case[];
    lines: { lines: string[]; bytes_hex: string }[];
    lines_refused: { lines: string[]; error: string }[];
    u32be: { number: number; bytes_hex: string }[];
    time: Case[];
    time_refused: Case[];
  };
  before(async () => {
    file = await vectors('ours/encoding.json');
  });

  it('base64url', async () => {
    await eachOf(file.b64u, ({ bytes_hex = '', text = '' }) => {
      expect(b64u(fromHex(bytes_hex))).to.equal(text);
      expect(toHex(fromB64u(text))).to.equal(bytes_hex);
    });
    await eachOf(file.b64u_refused, async ({ text = '', error }) => {
      expect(await refusal(() => fromB64u(text))).to.equal(error);
    });
  });

  it('labelled hashes and derived keys', async () => {
    await eachOf(file.labelled_hash, async (one) => {
      expect(b64u(await labelledHash(one.label, ...one.parts_hex.map(fromHex)))).to.equal(one.hash);
    });
    await eachOf(file.derive, async (one) => {
      expect(toHex(await hkdf(fromHex(one.key_hex), fromHex(one.salt_hex), one.label, one.length))).to.equal(one.out_hex);
    });
  });

  it('the pre-authentication encoding, lines and numbers', async () => {
    await eachOf(file.pae, (one) => {
      expect(toHex(pae(one['type'] ?? '', fromHex(one['payload_hex'] ?? '')))).to.equal(one['bytes_hex']);
    });
    await eachOf(file.lines, (one) => {
      expect(toHex(contextLines(...one.lines))).to.equal(one.bytes_hex);
    });
    await eachOf(file.lines_refused, async (one) => {
      expect(await refusal(() => contextLines(...one.lines))).to.equal(one.error);
    });
    await eachOf(file.u32be, (one) => {
      expect(toHex(u32be(one.number))).to.equal(one.bytes_hex);
    });
    expect(await refusal(() => u32be(2 ** 32))).to.equal('malformed_number');
  });

  it('times', async () => {
    await eachOf(file.time, ({ text = '' }) => {
      expect(parseTime(text).toISOString()).to.equal(text);
    });
    await eachOf(file.time_refused, async ({ text = '', error }) => {
      expect(await refusal(() => parseTime(text))).to.equal(error);
    });
  });
});

describe('ids, as the shared vectors pin them', () => {
  it('are made and refused', async () => {
    const file = await vectors<{
      made: { type: IdType; milliseconds: number; random_hex: string; id: string }[];
      refused: { text: string; types: IdType[]; error: string }[];
    }>('ours/ids.json');
    await eachOf(file.made, (one) => {
      expect(idOf(one.type, one.milliseconds, fromHex(one.random_hex))).to.equal(one.id);
      expect(timeOfId(parseId(one.id, one.type))).to.equal(one.milliseconds);
    });
    await eachOf(file.refused, async (one) => {
      expect(await refusal(() => parseId(one.text, ...one.types))).to.equal(one.error);
    });
  });
});

describe('strict JSON, as the shared vectors pin it', () => {
  it('is read, written and refused', async () => {
    const file = await vectors<{ accepted: Case[]; refused: Case[] }>('ours/strict_json.json');
    await eachOf(file.accepted, (one) => {
      expect(toHex(writeJson(parseStrictJson(fromHex(one['input_hex'] ?? ''))))).to.equal(one['written_hex']);
    });
    await eachOf(file.refused, async (one) => {
      expect(await refusal(() => parseStrictJson(fromHex(one['input_hex'] ?? '')))).to.equal(one['error']);
    });
  });
});

describe('padding, as the shared vectors pin it', () => {
  it('is added, taken off and refused', async () => {
    const file = await vectors<{ padme: { length: number; padded: number }[]; padded: Case[]; refused: Case[] }>('ours/padding.json');
    await eachOf(file.padme, (one) => {
      expect(padme(one.length)).to.equal(one.padded);
    });
    await eachOf(file.padded, ({ content_hex = '', padded_hex = '' }) => {
      expect(toHex(pad(fromHex(content_hex)))).to.equal(padded_hex);
      expect(toHex(unpad(fromHex(padded_hex)))).to.equal(content_hex);
    });
    await eachOf(file.refused, async (one) => {
      expect(await refusal(() => unpad(fromHex(one['padded_hex'] ?? '')))).to.equal(one['error']);
    });
  });
});

describe('keys, as the shared vectors pin them', () => {
  let file: Record<'signing' | 'signing_refused' | 'signature_refused' | 'sealing' | 'sealing_refused', Case[]>;
  before(async () => {
    file = await vectors('ours/keys.json');
  });

  it('sign', async () => {
    await eachOf(file.signing, async ({ seed_hex = '', public_hex, id, message_hex = '', signature_hex = '' }) => {
      const key = await signingKeyOfSeed(fromHex(seed_hex));
      expect([toHex(key.public.bytes), key.public.id]).to.deep.equal([public_hex, id]);
      expect(toHex(await sign(key, fromHex(message_hex)))).to.equal(signature_hex);
    });
    await eachOf(file.signing_refused, async (one) => {
      expect(await refusalOf(importSigningPublicKey(fromHex(one['public_hex'] ?? '')))).to.equal(one['error']);
    });
    await eachOf(file.signature_refused, async ({ public_hex = '', message_hex = '', signature_hex = '' }) => {
      const key = await importSigningPublicKey(fromHex(public_hex));
      expect(await verifies(key, fromHex(message_hex), fromHex(signature_hex))).to.equal(false);
    });
  });

  it('are sealed to', async () => {
    await eachOf(file.sealing, async ({ seed_hex = '', public_hex, id }) => {
      const key = await sealing.sealingKeyOfSeed(fromHex(seed_hex));
      expect([toHex(key.public.bytes), key.public.id]).to.deep.equal([public_hex, id]);
    });
    await eachOf(file.sealing_refused, async (one) => {
      expect(await refusalOf(sealing.importSealingPublicKey(fromHex(one['public_hex'] ?? '')))).to.equal(one['error']);
    });
  });
});

describe('boxes, as the shared vectors pin them', () => {
  it('open for their purpose alone', async () => {
    const file = await vectors<{ opened: Case[]; refused: Case[]; infos: Record<string, string> }>('ours/sealing.json');
    const open = async ({ seed_hex = '', info_hex = '', box = '' }: Case): Promise<Bytes> =>
      sealing.openBox(await sealing.sealingKeyOfSeed(fromHex(seed_hex)), fromHex(info_hex), fromB64u(box));
    await eachOf(file.opened, async (one) => {
      expect(toHex(await open(one))).to.equal(one['secret_hex']);
    });
    await eachOf(file.refused, async (one) => {
      expect(await refusalOf(open(one))).to.equal(one['error']);
    });
    const infos = {
      'epoch-box': sealing.epochBoxInfo,
      'history-box': sealing.historyBoxInfo,
      'team-box': sealing.teamBoxInfo,
      'clinic-key-box': sealing.clinicKeyBoxInfo,
      'profile-box': sealing.profileBoxInfo,
      possession: sealing.possessionInfo,
    } as unknown as Record<string, (...lines: string[]) => Bytes>;
    await eachOf(Object.entries(file.infos), ([purpose, text]) => {
      expect(new TextDecoder().decode(infos[purpose]?.(...text.split('\n').slice(1)))).to.equal(text);
    });
  });
});

describe('content, as the shared vectors pin it', () => {
  it('opens under its key in its place alone', async () => {
    const file = await vectors<{ opened: Case[]; refused: Case[] }>('ours/content.json');
    const open = async ({ key_hex = '', context_hex = '', ciphertext = '' }: Case): Promise<Bytes> =>
      decrypt(await contentKey(fromHex(key_hex)), fromHex(context_hex), fromB64u(ciphertext));
    await eachOf(file.opened, async (one) => {
      expect(toHex(await open(one))).to.equal(one['plaintext_hex']);
    });
    await eachOf(file.refused, async (one) => {
      expect(await refusalOf(open(one))).to.equal(one['error']);
    });
  });
});

async function argon2idHere(password: Bytes, salt: Bytes): Promise<Bytes> {
  const { m, t, p, hashLength } = ARGON2;
  const hash = await argon2id({ password, salt, memorySize: m, iterations: t, parallelism: p, hashLength, outputType: 'binary' });
  return hash.slice();
}

describe('passwords and codes, as the shared vectors pin them', () => {
  it('passwords and recovery codes become two keys', async () => {
    const file = await vectors<{
      password: Case[];
      recovery: Case[];
      parameters_refused: { m: number; t: number; p: number; salt_bytes: number; error: string }[];
      refused: Case[];
    }>('ours/password.json');
    const shown = ({ signIn, slotKey }: Awaited<ReturnType<typeof recoverySecrets>>): object => ({
      sign_in_public_hex: toHex(signIn.public.bytes),
      slot_key_hex: toHex(slotKey),
    });
    await eachOf(file.password, async ({ password = '', salt_hex = '', sign_in_public_hex, slot_key_hex }) => {
      const parameters = { name: 'argon2id', ...ARGON2, salt: fromHex(salt_hex) } as const;
      const secrets = await passwordSecrets(password, parameters, argon2idHere);
      expect(shown(secrets)).to.deep.equal({ sign_in_public_hex, slot_key_hex });
    });
    await eachOf(file.recovery, async ({ secret_hex = '', salt_hex = '', sign_in_public_hex, slot_key_hex }) => {
      const secrets = await recoverySecrets(fromHex(secret_hex), { name: 'hkdf', salt: fromHex(salt_hex) });
      expect(shown(secrets)).to.deep.equal({ sign_in_public_hex, slot_key_hex });
    });
    await eachOf(file.parameters_refused, async ({ m, t, p, salt_bytes, error }) => {
      expect(await refusal(() => { checkParameters({ name: 'argon2id', m, t, p, salt: new Uint8Array(salt_bytes) }); })).to.equal(error);
    });
    await eachOf(file.refused, async ({ password = '', error }) => {
      expect(await refusal(() => normalisePassword(password))).to.equal(error);
    });
  });

  it('recovery codes are written, read and refused', async () => {
    const file = await vectors<{ written: Case[]; read: Case[]; refused: Case[] }>('ours/recovery_code.json');
    await eachOf(file.written, async ({ secret_hex = '', code }) => {
      expect(await writeRecoveryCode(fromHex(secret_hex))).to.equal(code);
    });
    await eachOf(file.read, async ({ text = '', secret_hex }) => {
      expect(toHex(await readRecoveryCode(text))).to.equal(secret_hex);
    });
    await eachOf(file.refused, async ({ text = '', error }) => {
      expect(await refusalOf(readRecoveryCode(text))).to.equal(error);
    });
  });

  it('safety codes', async () => {
    const file = await vectors<{
      accounts: { owner: string; signing_key_hex: string; sealing_key: string; code: string[] }[];
      shared: string[];
      clinic: { clinic: string; signing_key_hex: string; code: string[] };
    }>('ours/safety_code.json');
    await eachOf(file.accounts, async (one) => {
      expect(await safetyCode(one.owner, fromHex(one.signing_key_hex), one.sealing_key)).to.deep.equal(one.code);
    });
    const [one, other] = file.accounts.map((account) => account.code);
    expect(sharedCode(one ?? [], other ?? [])).to.deep.equal(file.shared);
    expect(sharedCode(other ?? [], one ?? [])).to.deep.equal(file.shared);
    expect(await clinicCode(file.clinic.clinic, fromHex(file.clinic.signing_key_hex))).to.deep.equal(file.clinic.code);
  });
});

describe('Argon2id', () => {
  it('agrees with RFC 9106', async () => {
    const counts = { agreed: 0, notExpressible: [] as string[] };
    for (const block of (await vectorText('rfc9106_argon2id.txt')).split('COUNT = ').slice(1)) {
      const field = (name: string): string => new RegExp(`^${name} = ?(.*)$`, 'm').exec(block)?.[1] ?? '';
      // hash-wasm takes no associated data and no empty password; the protocol uses neither.
      if (field('ad') !== '' || field('pass') === '') {
        counts.notExpressible.push(block.split('\n', 1)[0] ?? '');
        continue;
      }
      const hash = await argon2id({
        password: fromHex(field('pass')),
        salt: fromHex(field('salt')),
        iterations: Number(field('iter')),
        parallelism: Number(field('lanes')),
        memorySize: Number(field('memcost')),
        hashLength: Number(field('length')),
      });
      expect(hash).to.equal(field('output'));
      counts.agreed += 1;
    }
    expect(counts).to.deep.equal({ agreed: 4, notExpressible: ['0', '1'] });
  });
});
