import { expect } from 'chai';

import { openCheckpoint } from '../../src/log/checkpoint.ts';
import { VerifierKey } from '../../src/log/note.ts';
import { judgeCheckpoint, type Judgement } from '../../src/log/witness.ts';
import { fromBase64, vectors } from '../protocol/publicVectors.ts';
import { encodedNote, type NoteMember } from './notes.ts';

type Case = NoteMember & { name: string; remembered: string | null; proof: string[]; judgement: string };

const table = await vectors<{ log_key: string; cases: Case[] }>('ours/witness.json');
const logKey = await VerifierKey.parse(table.log_key);

const codeOf = (judgement: Judgement) => (judgement.verdict === 'alarm' ? judgement.alarm : judgement.verdict);

describe('the witness', () => {
  for (const one of table.cases) {
    it(`concludes ${one.judgement}: ${one.name}`, async () => {
      const remembered = one.remembered === null ? null : await openCheckpoint(one.remembered, logKey);
      const judgement = await judgeCheckpoint(remembered, encodedNote(one), one.proof.map(fromBase64), logKey);
      expect(codeOf(judgement)).to.equal(one.judgement);
      if (judgement.verdict !== 'alarm') expect(judgement.checkpoint).to.deep.equal(await openCheckpoint(encodedNote(one), logKey));
    });
  }

  it('takes a checkpoint remembered of another log for no measure of this one', async () => {
    const { remembered = null } = table.cases.find(({ name }) => name === 'the same checkpoint again') ?? {};
    const { checkpoint, note } = await openCheckpoint(remembered ?? '', logKey);
    const ofAnother = { checkpoint: { ...checkpoint, origin: 'other.example/log' }, note };
    const judgement = await judgeCheckpoint(ofAnother, remembered ?? '', [], logKey);
    expect(judgement).to.deep.equal({ verdict: 'alarm', alarm: 'wrong_origin' });
  });

  it('is asked for every judgement that there is', () => {
    expect([...new Set(table.cases.map(({ judgement }) => judgement))].sort()).to.deep.equal([
      'accepted',
      'bad_proof',
      'bad_signature',
      'fork',
      'malformed',
      'smaller_tree',
      'stale',
      'wrong_origin',
    ]);
  });
});
