import { expect } from 'chai';

import { around, carried, earlier, later, MOST, newest, type Span } from '../../src/views/parts/thread-window.ts';

const LENGTH = 10_000;
const size = ({ start, end }: Span): number => end - start;

describe('the window of a thread', () => {
  it('begins with the newest entries', () => {
    expect(newest(LENGTH).end).to.equal(LENGTH);
    expect(newest(3)).to.deep.equal({ start: 0, end: 3 });
    expect(newest(0)).to.deep.equal({ start: 0, end: 0 });
  });

  it('reaches the first entry and comes back, and never grows past its limit', () => {
    let span = newest(LENGTH);
    let moves = 0;
    for (; span.start > 0; moves += 1) {
      const next = earlier(span);
      expect(next.start).to.be.below(span.start);
      expect(next.end).to.be.above(span.start); // what was on the screen is still there
      expect(size(next)).to.be.at.most(MOST);
      span = next;
    }
    expect(moves).to.be.above(100);
    for (; span.end < LENGTH; span = later(span, LENGTH)) expect(size(later(span, LENGTH))).to.be.at.most(MOST);
    expect(span.end).to.equal(LENGTH);
  });

  it('holds an entry that is asked for, wherever it stands', () => {
    for (const index of [0, 1, 39, 40, 5_000, LENGTH - 1]) {
      const span = around(index, LENGTH);
      expect(span.start).to.be.at.most(index);
      expect(span.end).to.be.above(index);
      expect(span.end).to.be.at.most(LENGTH);
    }
  });

  it('keeps what it showed when older entries come before it', () => {
    expect(carried({ start: 10, end: 40 }, 50, 50, 100, false)).to.deep.equal({ start: 60, end: 90 });
  });

  it('leaves room to scroll up when older entries come before the first one it showed', () => {
    const span = carried({ start: 0, end: 50 }, 50, 50, 100, false);
    expect(span.start).to.be.within(0, 49);
    expect(span.end).to.equal(100);
    expect(carried({ start: 0, end: 50 }, 50, 3, 53, false)).to.deep.equal({ start: 0, end: 53 });
  });

  it('takes in what arrives, and lets go of the oldest only where the person is at the end', () => {
    expect(carried({ start: 0, end: 50 }, 50, 0, 51, true)).to.deep.equal({ start: 0, end: 51 });
    expect(carried({ start: 0, end: MOST }, MOST, 0, MOST + 5, true)).to.deep.equal({ start: 5, end: MOST + 5 });
    expect(carried({ start: 0, end: MOST }, MOST, 0, MOST + 5, false)).to.deep.equal({ start: 0, end: MOST });
    expect(carried({ start: 0, end: 40 }, 90, 0, 91, false)).to.deep.equal({ start: 0, end: 40 });
  });

  it('stays inside a list that has become shorter', () => {
    expect(carried({ start: 40, end: 50 }, 50, 0, 45, false)).to.deep.equal({ start: 40, end: 45 });
    expect(carried({ start: 40, end: 50 }, 50, 0, 10, true)).to.deep.equal({ start: 10, end: 10 });
  });
});
