import { expect } from 'chai';

import type { ServedMessage } from '../../src/api/conversations.ts';
import { Verifier } from '../../src/sync/verifier.ts';
import { vectors } from '../protocol/publicVectors.ts';
import { readingOf, type ReadingJson } from '../protocol/world.ts';

interface MessageFile {
  readonly reading: ReadingJson;
  readonly verdicts: readonly { readonly name: string; readonly message: Omit<ServedMessage, 'sequence' | 'received'>; readonly verdict: string }[];
}

describe('the verifying workers', () => {
  let file: MessageFile;
  let served: readonly ServedMessage[];
  let verifier: Verifier;

  beforeEach(async () => {
    file = await vectors<MessageFile>('ours/messages.json');
    served = file.verdicts.map(({ message }, at) => ({ ...message, sequence: at + 1, received: file.reading.now }));
    verifier = new Verifier(2);
    verifier.prepare(file.reading.conversation, await readingOf(file.reading));
  });

  afterEach(() => { verifier.stop(); });

  async function verdicts(messages: readonly ServedMessage[]): Promise<readonly string[]> {
    return (await verifier.judge(file.reading.conversation, messages)).map((verdict) => (verdict.verified ? 'verified' : verdict.reason));
  }

  it('give each message the verdict of the shared vectors, in the order in which they were asked', async () => {
    expect(await verdicts(served)).to.deep.equal(file.verdicts.map(({ verdict }) => verdict));
    expect(await verdicts(served.toReversed())).to.deep.equal(file.verdicts.map(({ verdict }) => verdict).toReversed());
  });

  it('judge a message again that comes back altered under the number of one that was verified', async () => {
    const at = file.verdicts.findIndex(({ verdict }) => verdict === 'verified');
    const [good, other] = [served[at], served.find(({ signature }) => signature !== served[at]?.signature)];
    if (!good || !other) throw new Error('the vectors hold two messages');
    expect(await verdicts([good])).to.deep.equal(['verified']);
    expect(await verdicts([{ ...good, signature: other.signature }])).to.deep.equal(['bad_signature']);
    expect(await verdicts([good])).to.deep.equal(['verified']);
  });

  it('are not asked again for what was verified, and are for everything else', async () => {
    const before = await verifier.judge(file.reading.conversation, served);
    const after = await verifier.judge(file.reading.conversation, served);
    expect(before.some(({ verified }) => verified) && before.some(({ verified }) => !verified)).to.be.true;
    before.forEach((verdict, at) => { expect(after[at] === verdict, file.verdicts[at]?.name).to.equal(verdict.verified); });
  });

  it('are asked nothing for no messages, and say nothing of a conversation that was not prepared', async () => {
    expect(await verdicts([])).to.deep.equal([]);
    const other = verifier.judge('cnv_019cadc69a807005b62ef1275c1b2272', served.slice(0, 1));
    expect(await other.then(() => null, (error: unknown) => (error as Error).message)).to.equal('the verifying worker failed');
  });
});
