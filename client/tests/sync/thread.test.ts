import { expect } from 'chai';

import type { ServedMessage } from '../../src/api/conversations.ts';
import type { Header } from '../../src/protocol/message.ts';
import type { Verdict } from '../../src/protocol/verdict.ts';
import { Thread } from '../../src/sync/thread.ts';

/** A message of one device at a number of the conversation, in an epoch. */
interface Written {
  readonly sequence: number;
  readonly epoch: number;
  readonly device?: number;
}

const SENDER = 'acc_019cadc69a807005b62ef1275c1b2272';

function header({ sequence, epoch, device }: Written): Header {
  const made: Partial<Header> = {
    ...{ id: `msg_${String(sequence).padStart(32, '0')}`, epoch, sender: SENDER, device: `dev_${'0'.repeat(32)}` },
    ...{ device_sequence: device ?? sequence, device_previous: null, corrects: null, takes_back: null },
  };
  return made as Header;
}

function verdict(written: Written): Verdict {
  const body = { type: 'text', text: 'a word' } as const;
  return { verified: true, header: header(written), body, hash: `hash of ${written.sequence}`, withdrawals: 0 };
}

function threadOf(messages: readonly Written[], closed: readonly number[]): Thread {
  const thread = new Thread();
  thread.closedEpochs = new Set(closed);
  thread.take(messages.map(({ sequence }) => ({ sequence, received: '2025-03-11T10:00:00Z' }) as ServedMessage), messages.map(verdict));
  return thread;
}

function said(thread: Thread): readonly (readonly [number, number, readonly string[]])[] {
  return thread.messages.map(({ sequence, closedBefore, findings }) => [sequence, closedBefore, findings.map(({ code }) => code)] as const);
}

describe('a thread of which epochs are closed to who reads it', () => {
  const messages = [
    { sequence: 1, epoch: 1 },
    { sequence: 5, epoch: 3 },
  ];

  it('says that what was written in them was not this person’s to read, and calls none of it missing', () => {
    expect(said(threadOf(messages, [2]))).to.deep.equal([
      [1, 0, []],
      [5, 3, []],
    ]);
  });

  it('calls missing what was written in epochs that are open', () => {
    expect(said(threadOf(messages, []))).to.deep.equal([
      [1, 0, []],
      [5, 0, ['hole', 'missing']],
    ]);
    expect(said(threadOf(messages, [4]))).to.deep.equal(said(threadOf(messages, [])));
  });

  it('calls missing what a server leaves out of one epoch, whatever lies before it', () => {
    const within = [
      { sequence: 3, epoch: 3 },
      { sequence: 6, epoch: 3 },
    ];
    expect(said(threadOf(within, [1, 2]))[1]).to.deep.equal([6, 0, ['hole', 'missing']]);
  });

  it('says it again when an epoch is opened and what stands in it comes', () => {
    const thread = threadOf(messages, [2]);
    thread.closedEpochs = new Set();
    const opened = [2, 3, 4].map((sequence) => ({ sequence, epoch: 2 }));
    thread.take(opened.map(({ sequence }) => ({ sequence, received: '2025-03-11T10:00:00Z' }) as ServedMessage), opened.map(verdict));
    expect(said(thread).map(([, closedBefore, findings]) => [closedBefore, findings])).to.deep.equal(Array.from({ length: 5 }, () => [0, []]));
  });
});
