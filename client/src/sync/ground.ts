/** What the parts of the engine share: who is in, whose keys are whose, and the ways to the server. */

import type { ConversationId } from '../protocol/ids.ts';
import type { ControlReader } from './control-reader.ts';
import type { ControlWriter } from './control-writer.ts';
import type { DeviceSession } from './device-session.ts';
import type { Directory } from './directory.ts';
import type { EmergencyKeys } from './emergency-keys.ts';
import type { LiveLine } from './live-line.ts';
import type { Outbox } from './outbox.ts';
import type { CareTeams } from './teams.ts';
import type { Verifier } from './verifier.ts';
import type { Witness } from './witness.ts';

export interface Ground {
  readonly session: DeviceSession;
  readonly directory: Directory;
  readonly teams: CareTeams;
  readonly reader: ControlReader;
  readonly writer: ControlWriter;
  readonly emergencyKeys: EmergencyKeys;
  readonly verifier: Verifier;
  readonly witness: Witness;
  readonly outbox: Outbox;
  readonly live: LiveLine;
  /** Milliseconds by which this device's clock is ahead of the service's, as last heard; null before. */
  readonly clockAhead: () => number | null;
  /** This account has received and read so far: its own list knows before the server says it again. */
  readonly readTo: (conversation: ConversationId, delivered: number, read: number) => void;
  /** Whatever goes wrong that no single view can settle: an alarm, a session that has ended. */
  readonly trouble: (error: unknown) => void;
}
