import { expect } from 'chai';

import { begunAt, emergencyRow, type EmergencyViewer } from '../../src/app/emergency-rows.ts';
import type { People } from '../../src/app/people.ts';
import { newId } from '../../src/protocol/ids.ts';
import type { KnownEmergency } from '../../src/sync/emergencies.ts';

const [PATIENT, NURSE, ONE, OTHER, OFFICER] = [newId('acc'), newId('acc'), newId('acc'), newId('acc'), newId('acc')];
const people = { person: (id: string) => ({ id, name: id }) } as unknown as People;

function known(releases: readonly string[], closed = false): KnownEmergency {
  const request = { patient: PATIENT, requester: NURSE, reason: 'danger', until: '2026-11-27T14:00:00.000Z' };
  const released = releases.map((custodian, at) => ({ time: `2026-11-27T10:0${at}:00.000Z`, body: { custodian } }));
  const closing = closed ? { account: OFFICER, time: '2026-11-27T12:00:00.000Z', finding: 'misuse' } : null;
  const emergency = { id: newId('eme'), request, releases: released, closing };
  return { emergency, text: null, served: { requested: '2026-11-27T10:00:00.000Z' } } as unknown as KnownEmergency;
}

function seen(one: KnownEmergency, at: string, view: EmergencyViewer['view'], me = NURSE): string {
  const { state, deed } = emergencyRow(one, { view, people, me, now: new Date(`2026-11-27T${at}:00.000Z`) });
  return `${state} ${deed ?? 'nothing'}`;
}

describe('an emergency on the page', () => {
  it('can be read from the second release until its time is up', () => {
    expect(seen(known([ONE]), '11:00', 'care_staff')).to.equal('waiting nothing');
    expect(seen(known([ONE, OTHER]), '11:00', 'care_staff')).to.equal('open read');
    expect(seen(known([ONE, OTHER]), '14:00', 'care_staff')).to.equal('over nothing');
  });

  it('can be read no longer once compliance has closed it', () => {
    expect(seen(known([ONE, OTHER], true), '11:59', 'care_staff')).to.equal('open read');
    expect(seen(known([ONE, OTHER], true), '12:00', 'care_staff')).to.equal('over nothing');
    expect(seen(known([ONE], true), '12:00', 'custodian', OTHER)).to.equal('over nothing');
  });

  it('is released once by each custodian, while it waits', () => {
    expect(seen(known([]), '11:00', 'custodian', ONE)).to.equal('waiting release');
    expect(seen(known([ONE]), '11:00', 'custodian', ONE)).to.equal('waiting nothing');
    expect(seen(known([ONE]), '11:00', 'custodian', OTHER)).to.equal('waiting release');
    expect(seen(known([]), '14:00', 'custodian', ONE)).to.equal('over nothing');
  });

  it('is closed by compliance whatever became of it, once', () => {
    for (const one of [known([]), known([ONE, OTHER])]) expect(seen(one, '15:00', 'compliance')).to.equal('over close');
    expect(seen(known([ONE, OTHER], true), '15:00', 'compliance')).to.equal('over nothing');
  });

  it('says of a conversation when it was begun, from its number alone', () => {
    expect(begunAt(newId('cnv', Date.UTC(2026, 10, 12)))).to.deep.equal(new Date(Date.UTC(2026, 10, 12)));
  });
});
