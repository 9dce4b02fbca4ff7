/** What anybody can check about this service, signed in or not. */
import type { Zones } from '../times.ts';
import type { ChromeActions, ChromeModel } from './chrome.ts';
import type { DoorActions, DoorModel } from './door.ts';

/** The newest signed state of the access log that this browser has seen and verified. */
export interface SeenCheckpoint {
  /** `host/log/cln_…` */
  readonly origin: string;
  /** How many entries it covers. */
  readonly size: number;
  /** Base64, as in the signed note. */
  readonly root: string;
  readonly seenAt: Date;
}

export interface ClinicTrust {
  readonly name: string;
  /** Six groups of five digits. */
  readonly code: readonly string[];
  /** The verifier key of the log, C2SP signed-note text. */
  readonly logKey: string;
}

export interface SecurityModel {
  /** Null while nobody is signed in: the page then stands in the door's frame. */
  readonly chrome: ChromeModel | null;
  readonly door: DoorModel;
  readonly now: Date;
  readonly zones: Zones;
  /** SHA-256 over every file of the client that this browser runs, hexadecimal; null where it cannot be read. */
  readonly bundle: string | null;
  /** Null where this browser knows no clinic yet. */
  readonly clinic: ClinicTrust | null;
  readonly checkpoint: SeenCheckpoint | null;
}

export interface SecurityActions {
  /** Null while nobody is signed in. */
  readonly chrome: ChromeActions | null;
  readonly door: DoorActions;
}
