import { expect } from 'chai';

import { fromB64u, textOf } from '../../src/protocol/encoding.ts';
import { signingKeyOfText, type SigningPublicKey } from '../../src/protocol/keys.ts';
import { KINDS } from '../../src/protocol/kinds/index.ts';
import { parseEnvelope, payloadType, verify, type Envelope, type Kind, type Statement } from '../../src/protocol/statement.ts';
import { writeJson, type Json } from '../../src/protocol/strictJson.ts';
import { refusalOf, vectors } from './publicVectors.ts';

interface StatementCase {
  name: string;
  kind: string;
  keys: Record<string, string>;
  envelope: Json;
  hash?: string;
  payload?: Json;
  error?: string;
}

function kindNamed(name: string): Kind<object> {
  const found = KINDS.find(({ kind }) => kind === name);
  if (!found) throw new Error(`no kind ${name}`);
  return found as unknown as Kind<object>;
}

async function keysOf(one: StatementCase): Promise<Record<string, SigningPublicKey>> {
  const imported = Object.entries(one.keys).map(async ([by, key]) => [by, await signingKeyOfText(key)] as const);
  return Object.fromEntries(await Promise.all(imported));
}

async function verified(one: StatementCase, kind: string = one.kind): Promise<Statement<object>> {
  return verify(parseEnvelope(one.envelope), kindNamed(kind), await keysOf(one));
}

describe('statements, as the shared vectors pin them', () => {
  let file: { verified: StatementCase[]; refused: StatementCase[] };
  before(async () => {
    file = await vectors('ours/statements.json');
  });

  it('of every kind verify, and say what was signed', async () => {
    expect(file.verified.map(({ kind }) => kind)).to.deep.equal(KINDS.map(({ kind }) => kind));
    for (const one of file.verified) {
      const statement = await verified(one);
      expect(statement.hash, one.name).to.equal(one.hash);
      const payload = textOf(fromB64u(statement.envelope.payload));
      expect(JSON.parse(payload), one.name).to.deep.equal(one.payload);
      const { v, kind, chain, sequence, previous, time, signer } = statement.header;
      const { account, key } = signer;
      const again = { v, kind, chain, sequence, previous, time, signer: { account, key }, body: statement.body as Json };
      expect(textOf(writeJson(again)), `${one.name}: written by this client`).to.equal(payload);
    }
  });

  it('with a fault are refused for the first fault met', async () => {
    expect(file.refused).not.to.be.empty;
    for (const one of file.refused) expect(await refusalOf(verified(one)), one.name).to.equal(one.error);
  });

  it('stand in no other kind’s place, under their own type or under the other’s', async () => {
    for (const one of file.verified) {
      for (const { kind } of KINDS.filter((other) => other.kind !== one.kind)) {
        const pair = `${one.kind} in the place of ${kind}`;
        expect(await refusalOf(verified(one, kind)), pair).to.equal('wrong_type');
        const disguised = { ...(one.envelope as unknown as Envelope), type: payloadType(kind) };
        const refusal = await refusalOf(verified({ ...one, envelope: disguised as unknown as Json }, kind));
        // A vault may be larger than others, and so may be too large for their place before its signature is looked at.
        expect(refusal, `${pair}, disguised`).to.be.oneOf(['bad_signature', 'statement_too_large']);
      }
    }
  });

  it('with any bit of payload or signature flipped do not verify', async () => {
    const [one] = file.verified;
    if (!one) throw new Error('no statement');
    const envelope = parseEnvelope(one.envelope);
    const bytes = fromB64u(envelope.payload);
    for (let at = 0; at < bytes.length; at += 7) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      const payload = btoa(String.fromCharCode(...changed)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
      expect(await refusalOf(verify({ ...envelope, payload }, kindNamed(one.kind), await keysOf(one)))).to.equal('bad_signature');
    }
  });
});
