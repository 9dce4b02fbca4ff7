/** That something has changed which this page did not do, and is to be fetched again by whoever shows it. */

import { Observable } from './observable.ts';

export class News extends Observable {
  /** Tells whoever watches. */
  heard(): void {
    this.changed();
  }
}
