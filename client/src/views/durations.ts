/** How long something has lasted, in one unit: "5 mins", "18 hrs", "3 days". */
import { currentLanguage } from './words.ts';

const MINUTE = 60_000;

/** The time between two instants in the largest unit that says it well; never less than zero minutes. */
export function lasted(from: Date, to: Date): string {
  const minutes = Math.max(0, Math.floor((to.getTime() - from.getTime()) / MINUTE));
  if (minutes < 60) return inUnit(minutes, 'minute');
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? inUnit(hours, 'hour') : inUnit(Math.floor(hours / 24), 'day');
}

/** A whole number of minutes, said in full: "15 minutes", "1 hour". */
export function minutesLong(minutes: number): string {
  return minutes % 60 === 0 ? inUnit(minutes / 60, 'hour', 'long') : inUnit(minutes, 'minute', 'long');
}

function inUnit(count: number, unit: 'minute' | 'hour' | 'day', unitDisplay: 'short' | 'long' = 'short'): string {
  const locale = currentLanguage() === 'en' ? 'en-GB' : 'zh-CN';
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay }).format(count);
}
