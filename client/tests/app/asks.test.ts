import { expect } from 'chai';

import { Asks } from '../../src/app/asks.ts';
import type { People } from '../../src/app/people.ts';
import type { Ask } from '../../src/protocol/ask.ts';
import type { Decision } from '../../src/protocol/consentChain.ts';
import { newId } from '../../src/protocol/ids.ts';
import type { Header } from '../../src/protocol/message.ts';
import type { ReadableConversation } from '../../src/sync/control-reader.ts';
import type { Engine } from '../../src/sync/engine.ts';

const [PATIENT, NURSE, OTHER_PATIENT, STRANGER, CONVERSATION] = [newId('acc'), newId('acc'), newId('acc'), newId('acc'), newId('cnv')];
const roles = new Map([[NURSE, { role: 'nurse' }], [OTHER_PATIENT, { role: 'patient' }]]);
const people = { person: (id: string) => ({ id, name: `card of ${id}` }) } as unknown as People;
const directory = { known: (id: typeof NURSE) => roles.get(id) ?? null, loadAll: () => Promise.resolve(), consentsNow: () => null };
const engine = { directory, teams: { chains: new Map() }, session: { account: PATIENT } } as unknown as Engine;

const ask: Ask = { type: 'ask', text: 'May she?', grantee: NURSE, scope: CONVERSATION, purpose: 'treatment', history: 'none', from: null, until: null };
const header = { consent_head: 'two', conversation: CONVERSATION } as unknown as Header;
const terms = { consent: newId('cns'), patient: PATIENT, grantee: NURSE, scope: CONVERSATION, purpose: 'treatment', history: 'none', from: null };
const standing = { ...terms, not_before: '2026-01-01T00:00:00.000Z', until: null, may_open: false };

function decided(place: number, before: object | null, after: object | null): Decision {
  const did = after ? (before ? 'changed' : 'given') : 'revoked';
  return { place, hash: ['one', 'two', 'three', 'four'][place], time: '2020-01-01T00:00:00.000Z', did, consent: standing.consent, before, after } as unknown as Decision;
}

function state(decisions: readonly Decision[], part: Partial<Ask> = {}, declined = false, blocks: readonly object[] = []): string {
  const consents = { hashes: ['one', 'two', 'three', 'four'], decisions, blocks, choices: [], newer: [] };
  const read = { control: { patient: PATIENT }, surroundings: { consents } } as unknown as ReadableConversation;
  return new Asks(engine, people, () => undefined).of({ ...ask, ...part }, header, read, declined).state;
}

describe('how an ask stands', () => {
  it('is open until the patient decides, whatever anybody says', () => {
    expect(state([])).to.equal('open');
    expect(state([], {}, true)).to.equal('not_now');
    expect(state([], { until: '2020-01-01T00:00:00.000Z' })).to.equal('over');
  });

  it('is answered by a consent that follows what the asker had seen, by place and not by clocks', () => {
    expect(state([decided(1, null, standing)])).to.equal('open');
    expect(state([decided(2, null, standing)])).to.equal('let');
    expect(state([decided(2, null, standing)], {}, true)).to.equal('let');
  });

  it('is not answered by a consent to another conversation, to somebody else, or that was only narrowed', () => {
    expect(state([decided(2, null, { ...standing, scope: newId('cnv') })])).to.equal('open');
    expect(state([decided(2, null, { ...standing, grantee: STRANGER })])).to.equal('open');
    const narrowed = { ...standing, until: '2999-01-01T00:00:00.000Z' };
    expect(state([decided(1, null, standing), decided(2, standing, narrowed)])).to.equal('open');
    expect(state([decided(1, null, narrowed), decided(2, narrowed, standing)])).to.equal('let');
  });

  it('says so when what was agreed has ended', () => {
    expect(state([decided(2, null, standing), decided(3, standing, null)])).to.equal('ended');
  });

  it('is not answered by a consent to somebody whom the patient keeps from reading', () => {
    const block = { place: 3, account: NURSE, blocked: true };
    expect(state([decided(2, null, standing)], {}, false, [block])).to.equal('blocked');
    expect(state([decided(2, null, standing)], {}, false, [block, { ...block, blocked: false }])).to.equal('let');
  });

  it('cannot be answered for a patient, nor for an account or a team that the clinic does not know', () => {
    expect(state([], { grantee: OTHER_PATIENT })).to.equal('unknown');
    expect(state([], { grantee: newId('tea') })).to.equal('unknown');
    expect(state([], { grantee: STRANGER })).to.equal('looking');
  });
});
