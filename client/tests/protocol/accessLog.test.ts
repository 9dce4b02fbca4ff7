import { expect } from 'chai';

import { parseEntry, parseFrame } from '../../src/protocol/accessLog.ts';
import { b64u, sha256, utf8 } from '../../src/protocol/encoding.ts';
import { ProtocolError } from '../../src/protocol/errors.ts';

/** As `messenger/protocol/access_log.py` writes them. */
const ID = '01890a5dac96774bbcceb302099a805';
const BODY =
  `{"id":"evt_${ID}7","clinic":"cln_${ID}7","time":"2026-11-27T10:00:00.000Z","actor":"acc_${ID}7","on_behalf":null,` +
  `"action":"emergency:requested","object":"eme_${ID}7","subject":"acc_${ID}8","conversation":"cnv_${ID}7","outcome":"done",` +
  `"reason":"danger","statement":"${'A'.repeat(43)}","automatic":false,"detail":null,"nonce":"${'A'.repeat(43)}"}`;
const HASH = 'li4Vx4eMFI9HUuBuFtX7lDTavZgegCQKwsSh_ekYjUs';
const FRAME = `between-frame/v1\n7\nacc_${ID}8\n3 ${'A'.repeat(43)}\n${HASH}\n`;

function codeOf(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'read';
}

describe('an entry of the access log', () => {
  it('says what was done about what, by which statement', () => {
    const { action, object, statement } = parseEntry(utf8(BODY));
    expect({ action, object, statement }).to.deep.equal({ action: 'emergency:requested', object: `eme_${ID}7`, statement: 'A'.repeat(43) });
  });

  it('has all its members and no other', () => {
    for (const other of [BODY.replace('"automatic":false,', ''), BODY.replace('{', '{"more":1,'), BODY.replace('evt_', 'eme_')]) {
      expect(codeOf(() => parseEntry(utf8(other)))).to.equal('bad_members');
    }
  });
});

describe('a frame', () => {
  it('says where its entry stands, and the hash of it', async () => {
    const { index, bodyHash } = parseFrame(utf8(FRAME));
    expect(index).to.equal(7);
    expect(b64u(bodyHash)).to.equal(b64u(await sha256(utf8(BODY))));
  });

  it('is five lines and nothing else', () => {
    const others = [`${FRAME}\n`, FRAME.replace('v1', 'v2'), FRAME.replace('\n7', '\n07'), FRAME.replace('\n3 ', '\n0 '), FRAME.replace('acc_', 'eme_')];
    for (const other of others) expect(codeOf(() => parseFrame(utf8(other)))).to.equal('malformed_lines');
    expect(codeOf(() => parseFrame(utf8(FRAME.replace(HASH, HASH.slice(1)))))).to.equal('bad_members');
  });
});
