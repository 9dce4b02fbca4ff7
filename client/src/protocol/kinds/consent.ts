/** A patient's consent: who may hold keys to what, from when, until when; how it changes, and how it ends. */

import * as shape from '../shape.ts';
import { MAX_PAYLOAD_BYTES, type Kind } from '../statement.ts';

const readConversation = shape.id('cnv');

/** What a consent says and a change may say anew: all of it but the two parties. */
const TERMS = {
  /** `all`, or one conversation. */
  scope: (value: Parameters<typeof readConversation>[0]) => (value === 'all' ? 'all' : readConversation(value)),
  purpose: shape.oneOf('treatment', 'coordination', 'billing', 'complaint'),
  history: shape.oneOf('none', 'all', 'from'),
  from: shape.orNull(shape.time),
  not_before: shape.time,
  until: shape.orNull(shape.time),
  /** Whether the grantee may start conversations. */
  may_open: shape.flag,
};

interface Shaped {
  readonly history: string;
  readonly from: string | null;
  readonly not_before: string;
  readonly until: string | null;
}

function fits(body: Shaped): boolean {
  return (body.history === 'from') === (body.from !== null) && (body.until === null || body.until > body.not_before);
}

const UNFIT = 'from stands there if history is from a date; a consent ends after it begins';

const readConsent = shape.where(
  shape.members({
    consent: shape.id('cns'),
    patient: shape.id('acc'),
    clinic: shape.id('cln'),
    /** A team or a person. */
    grantee: shape.id('tea', 'acc'),
    ...TERMS,
  }),
  fits,
  UNFIT,
);

/** One consent, active from `not_before` until (not including) `until`; also a consent as later changes left it. */
export type ConsentBody = shape.Read<typeof readConsent>;

export const CONSENT: Kind<ConsentBody> = {
  kind: 'consent',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readConsent,
  chain: (body) => `consent:${body.patient}`,
  mayStandAt: () => true,
};

const readChange = shape.where(shape.members({ consent: shape.id('cns'), patient: shape.id('acc'), ...TERMS }), fits, UNFIT);

/** The terms of a consent from this statement on, all of them, in place of those before. */
export type ConsentChangeBody = shape.Read<typeof readChange>;

export const CONSENT_CHANGE: Kind<ConsentChangeBody> = {
  kind: 'consent-change',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readChange,
  chain: (body) => `consent:${body.patient}`,
  mayStandAt: (sequence) => sequence > 0,
};

const readRevocation = shape.members({ consent: shape.id('cns'), patient: shape.id('acc') });

/** From this statement on the consent counts for nothing, whatever its times. */
export type ConsentRevocationBody = shape.Read<typeof readRevocation>;

export const CONSENT_REVOCATION: Kind<ConsentRevocationBody> = {
  kind: 'consent-revocation',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readRevocation,
  chain: (body) => `consent:${body.patient}`,
  mayStandAt: (sequence) => sequence > 0,
};
