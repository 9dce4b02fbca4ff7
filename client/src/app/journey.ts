/** Where a person wanted to go before they had to sign in, and why they are at the door again. Addresses and closed codes, in this tab alone. */

const RETURN = 'between:return';
const ENDED = 'between:ended';

export type Ended = 'signed_out' | 'revoked' | 'expired';

/** To the door, remembering where the person was; not of who has signed out, after whom somebody else may come. */
export function toTheDoor(ended: Ended | null): void {
  if (ended === 'signed_out') sessionStorage.removeItem(RETURN);
  else sessionStorage.setItem(RETURN, location.pathname);
  if (ended) sessionStorage.setItem(ENDED, ended);
  location.replace('/sign-in');
}

/** Why the person is at the door again; said once. */
export function whyEnded(): Ended | null {
  const ended = sessionStorage.getItem(ENDED) as Ended | null;
  sessionStorage.removeItem(ENDED);
  return ended;
}

const PLACES = /^\/(?:home|inbox|clinic|settings|conversations\/cnv_[0-9a-f]{32})$/;

/** In, to where the person wanted to go: a path of ours or the first page. */
export function onward(): void {
  const wanted = sessionStorage.getItem(RETURN) ?? '';
  sessionStorage.removeItem(RETURN);
  location.replace(PLACES.test(wanted) ? wanted : '/home');
}
