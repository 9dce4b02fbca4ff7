import { expect } from 'chai';

import type { EmergenciesModel, EmergencyWish, Finding } from '../../src/views/models/emergencies.ts';
import type { EmergenciesPage } from '../../src/views/pages/emergencies-page.ts';
import { brandt } from '../gallery/factories.ts';
import { emergencies, emergencyActions, emergencyRow } from '../gallery/states/emergencies.ts';
import { find, mount, settled, type, unmountAll } from './mount.ts';

interface Shown {
  readonly page: EmergenciesPage;
  readonly asked: readonly string[];
  readonly press: (selector: string) => Promise<void>;
}

async function shown(part: Partial<EmergenciesModel>): Promise<Shown> {
  const asked: string[] = [];
  const actions = {
    ...emergencyActions,
    lookUp: (patient: string) => asked.push(`look up ${patient}`),
    ask: ({ conversation, reason, text, hours }: EmergencyWish) => asked.push([conversation, reason, text, hours].join()),
    release: (id: string) => asked.push(`release ${id}`),
    read: (id: string) => asked.push(`read ${id}`),
    close: (id: string, finding: Finding) => asked.push(`close ${id}: ${finding}`),
    acknowledgeKeys: (person: string) => asked.push(`acknowledge ${person}`),
  };
  const page = await mount('emergencies-page', { model: emergencies(part).model as EmergenciesModel, actions });
  const press = async (selector: string): Promise<void> => {
    find(page, selector).click();
    await settled(page);
  };
  return { page, asked, press };
}

const DEED = '.grant__do .btn';
const CONFIRM = 'dialog .btn--main';
const request = { patient: brandt(), conversations: [{ id: 'cnv_1', begunAt: new Date() }], custodians: [brandt()], working: false, trouble: null };

describe('the page of emergency access', () => {
  afterEach(unmountAll);

  it('asks before a share is released, and what is read needs no question', async () => {
    const release = await shown({ view: 'custodian', rows: [emergencyRow({ deed: 'release' })] });
    await release.press(DEED);
    expect(release.asked).to.deep.equal([]);
    await release.press(CONFIRM);
    expect(release.asked).to.deep.equal(['release eme_1']);
    const read = await shown({ rows: [emergencyRow({ deed: 'read', state: 'open' })] });
    await read.press(DEED);
    expect(read.asked).to.deep.equal(['read eme_1']);
  });

  it('closes with a finding and not without', async () => {
    const { asked, press } = await shown({ view: 'compliance', rows: [emergencyRow({ deed: 'close' })] });
    await press(DEED);
    await press(CONFIRM);
    expect(asked).to.deep.equal([]);
    await press('dialog input[value=avoidable]');
    await press(CONFIRM);
    expect(asked).to.deep.equal(['close eme_1: avoidable']);
  });

  it('asks with a conversation, a reason and words, and not without one of them', async () => {
    const { page, asked, press } = await shown({ asking: { step: 'request', ...request } });
    await press('emergency-request-form [type=submit]');
    expect(asked).to.deep.equal([]);
    await press('input[value=cnv_1]');
    await press('input[value=medicines]');
    type(find(page, '#emergency-text') as HTMLTextAreaElement, '  Which tablets?  ');
    await press('input[value="12"]');
    await press('emergency-request-form [type=submit]');
    expect(asked).to.deep.equal(['cnv_1,medicines,Which tablets?,12']);
  });

  it('looks for a patient by the number that colleagues read out', async () => {
    const { page, asked, press } = await shown({ asking: { step: 'patient', patients: [], working: false, trouble: null } });
    const field = find(page, '#emergency-number') as HTMLInputElement;
    type(field, 'nobody');
    await press('emergency-ask [type=submit]');
    expect(asked).to.deep.equal([]);
    type(field, ' 3a0F21 ');
    await press('emergency-ask [type=submit]');
    expect(asked).to.deep.equal(['look up 3a0F21']);
  });

  it('has somebody’s new keys checked before anything is sealed to them', async () => {
    const trouble = { why: 'new_keys', who: brandt() } as const;
    const { asked, press } = await shown({ asking: { step: 'request', ...request, trouble } });
    await press('.notice .btn');
    expect(asked).to.deep.equal(['acknowledge acc_brandt']);
  });

  it('offers nothing where the patient has not opted in', async () => {
    const { page } = await shown({ asking: { step: 'no_way', patient: brandt(), optedIn: false } });
    expect(page.querySelector('form')).to.equal(null);
    expect(find(page, '[role=alert]').textContent).to.contain('has not agreed to emergency access');
  });
});
