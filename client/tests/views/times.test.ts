import { expect } from 'chai';

import { dayHeading, listTime, sameDay, timeOfDay, weekdayTime, type Zones } from '../../src/views/times.ts';
import { speak } from '../../src/views/words.ts';

const london: Zones = { reader: 'Europe/London', clinic: 'Europe/London' };
const away: Zones = { reader: 'Asia/Shanghai', clinic: 'Europe/London' };
const now = new Date('2025-03-11T10:51:00Z');

describe('times', () => {
  beforeEach(() => speak('en'));
  after(() => speak('en'));

  it('says one clock where reader and clinic share it', () => {
    expect(timeOfDay(new Date('2025-03-11T09:02:00Z'), london)).to.equal('09:02');
  });

  it('says both clocks where they differ', () => {
    expect(timeOfDay(new Date('2025-03-11T09:02:00Z'), away)).to.equal('17:02 (09:02 at the clinic)');
  });

  it('says the weekday of the clinic too where it is another day there', () => {
    expect(timeOfDay(new Date('2025-03-10T22:30:00Z'), away)).to.equal('06:30 (Mon 22:30 at the clinic)');
  });

  it('says both clocks on the days on which only one of two places has changed its clock', () => {
    const zones: Zones = { reader: 'America/New_York', clinic: 'Europe/London' };
    expect(timeOfDay(new Date('2025-03-08T12:00:00Z'), zones)).to.equal('07:00 (12:00 at the clinic)');
    expect(timeOfDay(new Date('2025-03-10T12:00:00Z'), zones)).to.equal('08:00 (12:00 at the clinic)');
  });

  it('knows half-hour zones', () => {
    expect(timeOfDay(now, { reader: 'Asia/Kolkata', clinic: 'Asia/Kolkata' })).to.equal('16:21');
  });

  it("counts days by the reader's calendar", () => {
    const late = new Date('2025-03-10T23:30:00Z');
    expect(dayHeading(late, now, london)).to.equal('Yesterday');
    expect(dayHeading(late, now, away)).to.equal('Today');
    expect(sameDay(late, now, 'Europe/London')).to.equal(false);
    expect(sameDay(late, now, 'Asia/Shanghai')).to.equal(true);
  });

  it('finds yesterday on the day after the clocks went forward', () => {
    const night = new Date('2025-03-30T23:30:00Z');
    expect(dayHeading(new Date('2025-03-30T12:00:00Z'), night, london)).to.equal('Yesterday');
  });

  it('carries the weekday in every date, and the year where it is another one', () => {
    expect(dayHeading(new Date('2025-03-03T09:00:00Z'), now, london)).to.equal('Monday 3 March');
    expect(dayHeading(new Date('2024-12-27T09:00:00Z'), now, london)).to.equal('Friday 27 December 2024');
    expect(weekdayTime(new Date('2025-03-10T16:30:00Z'), now, london)).to.equal('Mon 16:30');
    expect(weekdayTime(new Date('2025-02-03T16:30:00Z'), now, london)).to.equal('Mon 3 February 16:30');
  });

  it('is as short in lists as it can be told apart', () => {
    expect(listTime(new Date('2025-03-11T10:05:00Z'), now, london)).to.equal('10:05');
    expect(listTime(new Date('2025-03-07T10:05:00Z'), now, london)).to.equal('Fri');
    expect(listTime(new Date('2025-02-28T10:05:00Z'), now, london)).to.equal('Fri 28 February');
  });

  it('writes Chinese dates as Chinese people do', async () => {
    await speak('zh-Hans');
    expect(dayHeading(new Date('2025-03-03T09:00:00Z'), now, london)).to.equal('3月3日 星期一');
    expect(weekdayTime(new Date('2025-03-10T16:30:00Z'), now, london)).to.equal('周一 16:30');
    expect(timeOfDay(now, away)).to.equal('18:51（诊所时间 10:51）');
  });
});
