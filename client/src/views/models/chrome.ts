/** What frames a page: brand, places, lock, appearance, and whether there is a connection. */
import type { Language } from '../words.ts';
import type { Person } from './person.ts';

export type Face = 'patient' | 'staff';
export type Place = 'messages' | 'who_can_read' | 'inbox' | 'emergency' | 'clinic' | 'settings';

/** `system` follows the device. */
export type Theme = 'system' | 'light' | 'dark';
export type TextSize = 'normal' | 'large' | 'largest';
export type Contrast = 'system' | 'more';

export interface Appearance {
  readonly theme: Theme;
  readonly textSize: TextSize;
  readonly contrast: Contrast;
}

/** `reconnecting`: the device has a network and the server does not answer. */
export type Connection = 'online' | 'offline' | 'reconnecting';

/** Whom to call when it cannot wait; the numbers are the clinic's own settings. */
export interface Emergency {
  /** The number as people dial it: "112". */
  readonly number: string;
}

/** A short note that goes by itself; never the only way to act. */
export interface Toast {
  readonly id: string;
  readonly text: string;
  /** What taking it back is called: "Undo". Left out, there is nothing to take back. */
  readonly undo?: string;
}

export interface ChromeModel {
  readonly face: Face;
  /** The clinic's name, in whatever language the clinic writes it. */
  readonly clinicName: string;
  readonly me: Person;
  /** The place this page belongs to; the others are links. */
  readonly place: Place;
  readonly places: readonly Place[];
  /** Messages not read yet, shown at Messages or Inbox. */
  readonly unread: number;
  readonly connection: Connection;
  readonly emergency: Emergency;
  readonly appearance: Appearance;
  readonly toasts: readonly Toast[];
  /** Seconds until the page locks itself, while the person is being asked; null otherwise. */
  readonly locksIn: number | null;
}

export interface ChromeActions {
  lock(): void;
  /** The person is still there: start the idle time again. */
  stayOpen(): void;
  chooseAppearance(appearance: Appearance): void;
  chooseLanguage(language: Language): void;
  dismissToast(id: string): void;
  undoToast(id: string): void;
}
