/**
 * Dates and times as people say them: always with the weekday, in the reader's own time zone, and
 * in the clinic's as well wherever the two clocks differ at that instant.
 */
import { html, type TemplateResult } from 'lit';
import { currentLanguage, t } from './words.ts';

/** IANA names of the zone of the person who reads and of the clinic they read about. */
export interface Zones {
  readonly reader: string;
  readonly clinic: string;
}

interface Day {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly weekday: string;
}

/** The zone this browser says it is in. */
export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** "09:02", or "09:02 (10:02 at the clinic)" where the clocks differ. */
export function timeOfDay(at: Date, zones: Zones): string {
  const here = clock(at, zones.reader);
  return differ(at, zones) ? t('time.both', { here, there: clinicTime(at, zones) }) : here;
}

/** "Today", "Yesterday", else "Monday 10 March", with the year where it is another one. */
export function dayHeading(at: Date, now: Date, zones: Zones): string {
  const daysAgo = calendarDay(now, zones.reader) - calendarDay(at, zones.reader);
  if (daysAgo === 0) return t('time.today');
  if (daysAgo === 1) return t('time.yesterday');
  return longDay(at, now, zones);
}

/** "Monday 10 March", with the year where it is another one. */
export function longDay(at: Date, now: Date, zones: Zones): string {
  const date = dayIn(at, zones.reader, 'long');
  const key = date.year === dayIn(now, zones.reader, 'long').year ? 'time.day' : 'time.day_year';
  return t(key, { ...date });
}

/** "Mon 16:30"; "Mon 3 March 16:30" once it is more than six days away; both clocks where they differ. */
export function weekdayTime(at: Date, now: Date, zones: Zones): string {
  const date = dayIn(at, zones.reader, 'short');
  const time = timeOfDay(at, zones);
  const near = Math.abs(now.getTime() - at.getTime()) < 6 * DAY;
  return near ? t('time.weekday_time', { weekday: date.weekday, time }) : t('time.date_time', { ...date, time });
}

/** For lists: "10:05" today, "Fri" in the last six days, else "Fri 7 March". */
export function listTime(at: Date, now: Date, zones: Zones): string {
  if (sameDay(at, now, zones.reader)) return clock(at, zones.reader);
  const date = dayIn(at, zones.reader, 'short');
  return now.getTime() - at.getTime() < 6 * DAY ? date.weekday : t('time.day', { ...date });
}

/** Whether two instants fall on one calendar day in a zone. */
export function sameDay(a: Date, b: Date, zone: string): boolean {
  return calendarDay(a, zone) === calendarDay(b, zone);
}

/** A `time` element: what machines read is the instant, what people read is `words`. */
export function timeElement(at: Date, words: string): TemplateResult {
  return html`<time datetime=${at.toISOString()}>${words}</time>`;
}

const DAY = 86_400_000;

const calendarDays = new Map<string, WeakMap<Date, number>>();

/**
 * The calendar day in a zone, counted from 1 January 1970: days differ by one even where a clock changes between them.
 * A thread asks again for the same instants whenever it is drawn, so that each is worked out once.
 */
function calendarDay(at: Date, zone: string): number {
  const days = calendarDays.get(zone) ?? new WeakMap<Date, number>();
  calendarDays.set(zone, days);
  const known = days.get(at) ?? workOutCalendarDay(at, zone);
  days.set(at, known);
  return known;
}

function workOutCalendarDay(at: Date, zone: string): number {
  const parts = formatter('figures', zone, { day: 'numeric', month: 'numeric', year: 'numeric' }).formatToParts(at);
  const figure = (type: Intl.DateTimeFormatPartTypes): number => Number.parseInt(parts.find((part) => part.type === type)?.value ?? '', 10);
  return Date.UTC(figure('year'), figure('month') - 1, figure('day')) / DAY;
}

function locale(): string {
  return currentLanguage() === 'en' ? 'en-GB' : 'zh-CN';
}

function clock(at: Date, zone: string): string {
  return formatter('clock', zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
}

/** The clinic's clock; its weekday too where the day is another one there. */
function clinicTime(at: Date, zones: Zones): string {
  const time = clock(at, zones.clinic);
  if (calendarDay(at, zones.reader) === calendarDay(at, zones.clinic)) return time;
  return t('time.weekday_time', { weekday: dayIn(at, zones.clinic, 'short').weekday, time });
}

function differ(at: Date, zones: Zones): boolean {
  return clock(at, zones.reader) !== clock(at, zones.clinic) || calendarDay(at, zones.reader) !== calendarDay(at, zones.clinic);
}

function dayIn(at: Date, zone: string, weekday: 'long' | 'short'): Day {
  const month = currentLanguage() === 'en' ? 'long' : 'numeric';
  const parts = formatter(weekday, zone, { weekday, day: 'numeric', month, year: 'numeric' }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((p) => p.type === type)?.value ?? '';
  return { year: part('year'), month: part('month').replace(/月$/, ''), day: part('day'), weekday: part('weekday') };
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter costs about as much as drawing a message, so each is made once. */
function formatter(name: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale()} ${zone} ${name}`;
  const known = formatters.get(key) ?? new Intl.DateTimeFormat(locale(), { ...options, timeZone: zone });
  formatters.set(key, known);
  return known;
}
