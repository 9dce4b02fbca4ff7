import { expect } from 'chai';

import { protocolTerms } from '../../src/app/grants-model.ts';
import type { ConsentBody } from '../../src/protocol/kinds/consent.ts';
import type { Terms } from '../../src/views/models/who-can-read.ts';

const terms: Terms = { scope: 'all', purpose: 'treatment', history: 'none', from: '', until: '', mayOpen: false };

const agreed = {
  ...{ consent: 'cns_019cadc69a807005b62ef1275c1b2272', scope: 'all', purpose: 'treatment', history: 'from', may_open: true },
  ...{ from: '2025-03-01T08:15:00.250Z', not_before: '2025-03-02T09:00:00.000Z', until: '2025-04-01T10:30:00.500Z' },
} as unknown as ConsentBody;

// Chromium runs these tests in London; summer time begins there on 30 March 2025.
describe('what a form says, as the protocol says it', () => {
  it('begins as it is given, goes back to the first instant of a day and ends with the last', () => {
    const given = protocolTerms({ ...terms, history: 'from', from: '2025-03-03', until: '2025-03-30' }, undefined);
    expect(given).to.deep.include({ not_before: null, history: 'from', from: '2025-03-03T00:00:00.000Z', until: '2025-03-30T23:00:00.000Z' });
  });

  it('keeps the exact instants of days that were not touched', () => {
    const form: Terms = { ...terms, history: 'from', from: '2025-03-01', until: '2025-04-01', mayOpen: true };
    const { not_before, from, until } = protocolTerms(form, agreed);
    expect([not_before, from, until]).to.deep.equal([agreed.not_before, agreed.from, agreed.until]);
    expect(protocolTerms({ ...form, until: '2025-04-02' }, agreed).until).to.equal('2025-04-02T23:00:00.000Z');
  });

  it('names no day where none is agreed', () => {
    expect(protocolTerms({ ...terms, history: 'all', from: '2025-03-03' }, agreed)).to.deep.include({ history: 'all', from: null, until: null });
  });
});
