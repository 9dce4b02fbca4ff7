import { expect } from 'chai';

import { openCheckpoint, parseCheckpoint } from '../../src/log/checkpoint.ts';
import { parseNote, VerifierKey, verifyNote } from '../../src/log/note.ts';
import { fromBase64, refusalOf, toHex, vectors } from '../protocol/publicVectors.ts';
import { encodedNote, type NoteMember } from './notes.ts';

type Accepted = NoteMember & { name: string; origin: string; size: number; root: string; extensions: string[] };
type Refused = NoteMember & { name: string; code: string };

interface Table {
  readonly log_key: string;
  readonly accepted: Accepted[];
  readonly refused: Refused[];
  readonly verifier_keys: { accepted: Record<string, string>; refused: Record<string, string> };
}

interface CctvCase {
  readonly key: string;
  readonly flags: string[] | null;
}

/** The example in the documentation of golang.org/x/mod/sumdb/note. */
const PETER_NEUMANN = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const GO_NOTE = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;

const table = await vectors<Table>('ours/checkpoints.json');
const logKey = await VerifierKey.parse(table.log_key);

describe('checkpoints', () => {
  for (const one of table.accepted) {
    it(`are read: ${one.name}`, async () => {
      const { checkpoint } = await openCheckpoint(encodedNote(one), logKey);
      expect({ ...checkpoint, root: toHex(checkpoint.root) }).to.deep.equal({
        origin: one.origin,
        size: one.size,
        root: toHex(fromBase64(one.root)),
        extensions: one.extensions,
      });
    });
  }

  for (const one of table.refused) {
    it(`are refused as ${one.code}: ${one.name}`, async () => {
      expect(await refusalOf(openCheckpoint(encodedNote(one), logKey))).to.equal(one.code);
    });
  }

  it('are read from a JSON string as from bytes, and a lone surrogate is refused', async () => {
    const [valid] = table.accepted;
    const text = valid?.note ?? '';
    expect((await openCheckpoint(text, logKey)).checkpoint.size).to.equal(valid?.size);
    expect(await refusalOf(openCheckpoint(text.replace('clinic', 'cli\ud800nic'), logKey))).to.equal('malformed_note');
  });

  it('of more than a million bytes are refused', async () => {
    const text = table.accepted[0]?.note?.replace('\n\n', `\n${'x'.repeat(1_000_000)}\n\n`) ?? '';
    expect(await refusalOf(openCheckpoint(text, logKey))).to.equal('malformed_note');
  });
});

describe("a checkpoint's text", () => {
  it('ends in a newline', async () => {
    const text = parseNote(table.accepted[0]?.note ?? '').text;
    expect(await refusalOf(parseCheckpoint(`${text}an extension\n`))).to.equal(null);
    expect(await refusalOf(parseCheckpoint(`${text}an extension`))).to.equal('malformed_checkpoint');
  });
});

describe('notes', () => {
  it("of Go's documentation verify, and do not once they are changed", async () => {
    const key = await VerifierKey.parse(PETER_NEUMANN);
    expect(await refusalOf(verifyNote(parseNote(GO_NOTE), key))).to.equal(null);
    expect(await refusalOf(verifyNote(parseNote(GO_NOTE.replace('answer', 'Answer')), key))).to.equal('bad_signature');
  });
});

describe('verifier keys', () => {
  for (const [name, text] of Object.entries(table.verifier_keys.accepted)) {
    it(`are trusted: ${name}`, async () => {
      expect(`${(await VerifierKey.parse(text)).name}+${(await VerifierKey.parse(text)).keyId}+`).to.satisfy(
        (start: string) => text.startsWith(start),
      );
    });
  }

  for (const [name, text] of Object.entries(table.verifier_keys.refused)) {
    it(`are refused: ${name}`, async () => {
      expect(await refusalOf(VerifierKey.parse(text))).to.equal('bad_verifier_key');
    });
  }

  it('are refused whose name holds a lone surrogate', async () => {
    expect(await refusalOf(VerifierKey.parse(PETER_NEUMANN.replace('N', '\ud800')))).to.equal('bad_verifier_key');
  });

  it('are refused exactly when the point is of small order or not canonical', async () => {
    const flagsOf = new Map((await vectors<CctvCase[]>('cctv_ed25519.json')).map(({ key, flags }) => [key, flags ?? []]));
    const counts = { refused: 0, trusted: 0 };
    for (const [key, flags] of flagsOf) {
      const isWeak = flags.includes('low_order_A') || flags.includes('non_canonical_A');
      expect(await refusalOf(VerifierKey.parse(await verifierKeyText(key))), key).to.equal(isWeak ? 'bad_verifier_key' : null);
      counts[isWeak ? 'refused' : 'trusted'] += 1;
    }
    expect(counts).to.deep.equal({ refused: 14, trusted: 8 });
  });
});

/** A well-formed verifier key with its right id, of any 32 bytes in hex. */
async function verifierKeyText(publicKey: string): Promise<string> {
  const key = Uint8Array.from(`01${publicKey}`.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  const id = await crypto.subtle.digest('SHA-256', Uint8Array.of(...new TextEncoder().encode('log.example\n'), ...key));
  return `log.example+${toHex(new Uint8Array(id).subarray(0, 4))}+${btoa(String.fromCharCode(...key))}`;
}
