/** A patient's consent: who may hold keys to what, from when, until when. */

import * as shape from '../shape.ts';
import { MAX_PAYLOAD_BYTES, type Kind } from '../statement.ts';

const readConversation = shape.id('cnv');

const readConsent = shape.where(
  shape.members({
    consent: shape.id('cns'),
    patient: shape.id('acc'),
    clinic: shape.id('cln'),
    /** A team or a person. */
    grantee: shape.id('tea', 'acc'),
    /** `all`, or one conversation. */
    scope: (value) => (value === 'all' ? 'all' : readConversation(value)),
    purpose: shape.oneOf('treatment'),
    history: shape.oneOf('none', 'all', 'from'),
    from: shape.orNull(shape.time),
    not_before: shape.time,
    until: shape.orNull(shape.time),
    /** Whether the grantee may start conversations. */
    may_open: shape.flag,
  }),
  (body) => (body.history === 'from') === (body.from !== null) && (body.until === null || body.until > body.not_before),
  'from stands there if history is from a date; a consent ends after it begins',
);

/** One consent, active from `not_before` until (not including) `until`. */
export type ConsentBody = shape.Read<typeof readConsent>;

export const CONSENT: Kind<ConsentBody> = {
  kind: 'consent',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readConsent,
  chain: (body) => `consent:${body.patient}`,
  mayStandAt: () => true,
};
