/** Where a person wanted to go before they had to sign in, and why they are at the door again. Addresses and closed codes, in this tab alone. */

import type { Ended } from '../views/models/door.ts';

const RETURN = 'between:return';
const ENDED = 'between:ended';
const IDLE_MINUTES = 'between:idle';

/** To the door, remembering where the person was; not of who has signed out, after whom somebody else may come. */
export function toTheDoor(ended: Ended | null): void {
  if (ended === 'signed_out') sessionStorage.removeItem(RETURN);
  else sessionStorage.setItem(RETURN, location.pathname);
  if (ended) sessionStorage.setItem(ENDED, ended);
  location.replace('/sign-in');
}

/** To the lock, after so many minutes without use. */
export function toTheLock(idleMinutes: number | null): void {
  if (idleMinutes !== null) sessionStorage.setItem(IDLE_MINUTES, String(idleMinutes));
  toTheDoor(null);
}

/** Why the person is at the door or the lock again, until `forgetWhy`: on the way from one to the other it must not get lost. */
export function whyEnded(): Ended | null {
  return sessionStorage.getItem(ENDED) as Ended | null;
}

/** After how many minutes without use it locked; null when that is not why. */
export function whyLocked(): number | null {
  const minutes = Number(sessionStorage.getItem(IDLE_MINUTES));
  return minutes > 0 ? minutes : null;
}

/** It has been said. */
export function forgetWhy(): void {
  sessionStorage.removeItem(ENDED);
  sessionStorage.removeItem(IDLE_MINUTES);
}

const PLACES = /^\/(?:home|who-can-read|inbox|clinic|settings|conversations\/cnv_[0-9a-f]{32})$/;

/** In, to where the person wanted to go: a path of ours or the first page. */
export function onward(): void {
  const wanted = sessionStorage.getItem(RETURN) ?? '';
  sessionStorage.removeItem(RETURN);
  location.replace(PLACES.test(wanted) ? wanted : '/home');
}
