/** The pin document in use: kept on this device at once, and sealed on the server soon after. */

import { getDocument, putDocument } from '../api/self.ts';
import { ApiError, Unreachable } from '../api/http.ts';
import type { Database } from '../keystore/database.ts';
import type { SealedStore } from '../keystore/sealed-store.ts';
import { remember, survivorOf } from '../keystore/survivors.ts';
import { alone } from '../keystore/tabs.ts';
import { openDocument, sealDocument } from '../protocol/documents.ts';
import { b64u, fromB64u, sha256, type Bytes } from '../protocol/encoding.ts';
import type { AccountId } from '../protocol/ids.ts';
import { parsePins, pinsJson, type PinDocument } from '../protocol/pins.ts';
import type { JsonObject } from '../protocol/strictJson.ts';
import { Alarm } from './alarm.ts';
import { mergePins } from './merge-pins.ts';

/** Long enough that reading a few conversations is one write, short enough that little is lost with a device. */
const SAVE_AFTER = 4_000;
const TRIES = 3;

/** Whose pins they are and where they lie. */
export interface PinPlace {
  readonly database: Database;
  readonly store: SealedStore;
  readonly label: string;
  readonly account: AccountId;
  /** 32 bytes. */
  readonly master: Bytes;
}

interface KeptPins extends JsonObject {
  readonly version: number;
  readonly pins: JsonObject;
  /** Changed here since that version was stored on the server. */
  readonly unsaved: boolean;
}

export class Pins {
  private timer: ReturnType<typeof setTimeout> | null = null;

  private constructor(
    private readonly place: PinPlace,
    private version: number,
    private document: PinDocument,
  ) {}

  /**
   * The pins, from the server and this device together; without a connection, this device's.
   *
   * @throws Alarm `vault_rolled_back` when the server has none or an older one than this device has seen.
   */
  static async load(place: PinPlace): Promise<Pins> {
    return alone(place.label, 'pins', async () => {
      const kept = await place.store.get<KeptPins>('documents', 'pins');
      const pins = kept && new Pins(place, kept.version, parsePins(kept.pins));
      try {
        const served = await Pins.fetch(place);
        if (!pins || served.version > pins.version) return await served.keep(kept, pins);
        return pins;
      } catch (error) {
        if (error instanceof Unreachable && pins) return pins;
        throw error;
      }
    });
  }

  private static async fetch(place: PinPlace): Promise<Pins> {
    const stored = await getDocument('pins');
    const seen = (await survivorOf(place.database, place.label)).pins;
    if (!stored || stored.version < (seen?.version ?? 0)) throw new Alarm({ what: 'vault_rolled_back' });
    const ciphertext = fromB64u(stored.ciphertext);
    const hash = b64u(await sha256(ciphertext));
    if (seen?.version === stored.version && seen.hash !== hash) throw new Alarm({ what: 'vault_rolled_back' });
    const { account, master } = place;
    const json = await openDocument(master, { account, name: 'pins', version: stored.version }, ciphertext);
    await remember(place.database, place.label, { pins: { version: stored.version, hash } });
    return new Pins(place, stored.version, parsePins(json));
  }

  get now(): PinDocument {
    return this.document;
  }

  /**
   * Changes the pins, on this device at once; other tabs' changes are taken in first. `later` leaves it at that until the next change that is stored, or
   * {@link save}.
   */
  async change(edit: (pins: PinDocument) => PinDocument, store: 'soon' | 'later' = 'soon'): Promise<void> {
    await alone(this.place.label, 'pins', async () => {
      await this.takeIn();
      const edited = edit(this.document);
      if (JSON.stringify(edited) === JSON.stringify(this.document)) return;
      this.document = edited;
      await this.write(true);
      if (store === 'soon') this.saveSoon();
    });
  }

  /** Another tab of this device changed them. */
  async refresh(): Promise<void> {
    await alone(this.place.label, 'pins', () => this.takeIn());
  }

  /** Stores what is unsaved on the server, now. */
  async save(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    await alone(this.place.label, 'pins', async () => {
      await this.takeIn();
      const kept = await this.place.store.get<KeptPins>('documents', 'pins');
      if (kept?.unsaved) await this.put(TRIES);
    });
  }

  private async put(tries: number): Promise<void> {
    const { account, master, database, label } = this.place;
    const version = this.version + 1;
    const ciphertext = await sealDocument(master, { account, name: 'pins', version }, pinsJson(this.document));
    try {
      await putDocument('pins', { version, ciphertext: b64u(ciphertext) });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'document_moved' || tries === 0) throw error;
      const served = await Pins.fetch(this.place);
      this.version = served.version;
      this.document = mergePins(this.document, served.document);
      await this.put(tries - 1);
      return;
    }
    this.version = version;
    await this.write(false);
    await remember(database, label, { pins: { version, hash: b64u(await sha256(ciphertext)) } });
  }

  private async keep(kept: KeptPins | null, local: Pins | null): Promise<Pins> {
    if (local && kept?.unsaved) {
      this.document = mergePins(local.document, this.document);
      this.saveSoon();
    }
    await this.write(kept?.unsaved ?? false);
    return this;
  }

  private async takeIn(): Promise<void> {
    const kept = await this.place.store.get<KeptPins>('documents', 'pins');
    if (!kept) return;
    this.version = Math.max(this.version, kept.version);
    this.document = mergePins(parsePins(kept.pins), this.document);
  }

  private async write(unsaved: boolean): Promise<void> {
    const value: KeptPins = { version: this.version, pins: pinsJson(this.document), unsaved };
    await this.place.store.write({ store: 'documents', name: 'pins', value });
  }

  private saveSoon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      // Without a connection it stays unsaved on this device, and the next change or start saves it.
      this.save().catch(() => undefined);
    }, SAVE_AFTER);
  }
}
