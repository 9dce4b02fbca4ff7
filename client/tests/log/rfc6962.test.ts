import { expect } from 'chai';

import { verifyConsistency, verifyInclusion } from '../../src/log/proof.ts';
import { fromBase64, refusalOf, vectors } from '../protocol/publicVectors.ts';

interface Inclusion {
  readonly name: string;
  readonly wantErr: boolean;
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
  readonly proof: readonly string[] | null;
}

interface Consistency {
  readonly name: string;
  readonly wantErr: boolean;
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
  readonly proof: readonly string[] | null;
}

/** The one case on which we differ, and mean to: its 'roots' are 12 bytes, and it wants them accepted. */
const DIFFERS = 'additional/sizes-are-equal-one-and-proof-is-empty';

const cases = await vectors<{ inclusion: Inclusion[]; consistency: Consistency[] }>('rfc6962.json');

const decodeAll = (proof: readonly string[] | null) => (proof ?? []).map(fromBase64);

async function refusalOfInclusion(one: Inclusion): Promise<unknown> {
  const tree = { size: one.treeSize, root: fromBase64(one.root) };
  return refusalOf(verifyInclusion(decodeAll(one.proof), fromBase64(one.leafHash), one.leafIdx, tree));
}

async function refusalOfConsistency(one: Consistency): Promise<unknown> {
  const older = { size: one.size1, root: fromBase64(one.root1) };
  const newer = { size: one.size2, root: fromBase64(one.root2) };
  return refusalOf(verifyConsistency(decodeAll(one.proof), older, newer));
}

describe('RFC 6962 vectors', () => {
  it('are the 98 and 98 cases we account for, each under its own name', () => {
    expect(new Set(cases.inclusion.map(({ name }) => name)).size).to.equal(98);
    expect(new Set(cases.consistency.map(({ name }) => name)).size).to.equal(98);
    expect([cases.inclusion.length, cases.consistency.length]).to.deep.equal([98, 98]);
    expect(cases.consistency.filter(({ name }) => name === DIFFERS)).to.have.length(1);
  });

  for (const one of cases.inclusion) {
    it(`inclusion/${one.name}`, async () => {
      const refusal = await refusalOfInclusion(one);
      if (one.wantErr) expect(refusal).to.be.oneOf(['bad_proof', 'bad_hash']);
      else expect(refusal).to.equal(null);
    });
  }

  for (const one of cases.consistency.filter(({ name }) => name !== DIFFERS)) {
    it(`consistency/${one.name}`, async () => {
      const refusal = await refusalOfConsistency(one);
      if (one.wantErr) expect(refusal).to.be.oneOf(['bad_proof', 'bad_hash']);
      else expect(refusal).to.equal(null);
    });
  }

  for (const one of cases.consistency.filter(({ name }) => name === DIFFERS)) {
    it(`consistency/${one.name}, refused: its roots are no hashes`, async () => {
      expect(one.wantErr).to.equal(false);
      expect(await refusalOfConsistency(one)).to.equal('bad_hash');
    });
  }
});
