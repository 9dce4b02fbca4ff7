/** Everything stops: what this browser remembers and what the service says cannot both be true. */

import { endSession } from '../api/self.ts';
import type { AlarmCause } from '../sync/alarm.ts';
import { isId } from '../protocol/ids.ts';
import type { Alarm } from '../views/models/alarm.ts';
import { AlarmPage } from '../views/pages/alarm-page.ts';
import { browserZone } from '../views/times.ts';
import type { App } from './app.ts';
import { doorActions, doorModel } from './door.ts';
import { toTheDoor } from './journey.ts';
import { idOf, initialsOf } from './people.ts';
import { saveFile } from './save-file.ts';
import { show, type Shell } from './shell.ts';

export async function showAlarm(shell: Shell, app: App | null, cause: AlarmCause): Promise<void> {
  const page = new AlarmPage();
  const noticedAt = new Date();
  const waiting = app ? (await app.engine.waiting()).length : 0;
  const zones = app?.zones ?? { reader: browserZone(), clinic: browserZone() };
  const draw = (): void => {
    const door = doorModel(shell, app?.engine.session.clinic.name ?? null);
    const facts = { clinicPhone: app?.clinicPhone ?? null, zones, noticedAt, waiting, now: new Date() };
    page.model = { ...door, ...facts, alarm: alarmModel(cause, app) };
  };
  page.actions = {
    ...doorActions(draw),
    saveReport: () => { saveReport(cause, noticedAt); },
    lock: () => void lock(app),
  };
  draw();
  show(shell, page);
}

function alarmModel(cause: AlarmCause, app: App | null): Alarm {
  if (cause.what === 'clinic_key_changed') {
    return { what: cause.what, remembered: cause.remembered.split(' '), served: cause.served.split(' ') };
  }
  if (cause.what !== 'chain_rolled_back') return cause;
  const { of } = cause;
  if (isId(of, 'acc') && app) return { what: cause.what, who: app.people.person(of) };
  const name = (isId(of, 'tea') ? app?.engine.teams.chains.get(of)?.name : null) ?? of;
  const who = { id: isId(of, 'acc') ? idOf(of) : of.slice(4), name, initials: initialsOf(name), shape: 'clinic', tone: 'plain' } as const;
  return { what: cause.what, who };
}

/** Both states and the time, for the clinic; no message, name or key. */
function saveReport(cause: AlarmCause, noticedAt: Date): void {
  const report = JSON.stringify({ service: location.origin, noticed: noticedAt.toISOString(), ...cause }, null, 2);
  saveFile('between-alarm.json', 'application/json', report);
}

async function lock(app: App | null): Promise<void> {
  if (app) {
    await app.lock();
    return;
  }
  await endSession('lock').catch(() => undefined);
  toTheDoor(null);
}
