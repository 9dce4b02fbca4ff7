/**
 * An ask: somebody of the care team proposes to the patient, in a message, whom to let read (docs/protocol.md §6). It grants nothing: what counts is a
 * consent that the patient signs.
 */

import * as shape from './shape.ts';

const readConversation = shape.id('cnv');

/** The ask of these members. @throws ProtocolError `bad_members` */
export const readAsk = shape.where(
  shape.members({
    type: shape.oneOf('ask'),
    /** Why, in the asker's own words. */
    text: shape.textOfLength(1, 60_000),
    /** A team or a person; who that is, each reader's own verified directory says. */
    grantee: shape.id('tea', 'acc'),
    /** `all`, or the conversation that the message is in. */
    scope: (value: Parameters<typeof readConversation>[0]) => (value === 'all' ? 'all' : readConversation(value)),
    purpose: shape.oneOf('treatment', 'coordination', 'billing', 'complaint'),
    history: shape.oneOf('none', 'all', 'from'),
    from: shape.orNull(shape.time),
    until: shape.orNull(shape.time),
  }),
  ({ history, from }) => (history === 'from') === (from !== null),
  'from stands there if, and only if, history is from a date',
);

export type Ask = shape.Read<typeof readAsk>;
