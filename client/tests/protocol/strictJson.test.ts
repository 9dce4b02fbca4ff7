import { expect } from 'chai';

import { parseStrictJson, writeJson } from '../../src/protocol/strictJson.ts';
import { fromHex, refusalOf, toHex, vectors } from './publicVectors.ts';

interface StrictJsonFile {
  readonly accepted: readonly { readonly written_hex: string }[];
  readonly refused: readonly { readonly input_hex: string; readonly why: string; readonly error: string }[];
}

/** The same text with white space around it, which the browser's own parser is not trusted with. */
function spaced(hex: string): Uint8Array {
  return fromHex(`20${hex}20`);
}

describe("strict JSON, by the browser's parser and by our own", () => {
  it('has the same values', async () => {
    const { accepted } = await vectors<StrictJsonFile>('ours/strict_json.json');
    for (const { written_hex } of accepted) {
      for (const bytes of [fromHex(written_hex), spaced(written_hex)]) expect(toHex(writeJson(parseStrictJson(bytes)))).to.equal(written_hex);
    }
  });

  it('is refused for the same reasons', async () => {
    const { refused } = await vectors<StrictJsonFile>('ours/strict_json.json');
    for (const { input_hex, why, error } of refused) {
      for (const bytes of [fromHex(input_hex), spaced(input_hex)]) {
        expect(await refusalOf(Promise.resolve().then(() => parseStrictJson(bytes))), why).to.equal(error);
      }
    }
  });
});
