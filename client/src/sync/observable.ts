/** Something that changes and whoever watches it. */

export class Observable {
  /** How often it has changed. */
  changes = 0;
  private readonly watchers = new Set<() => void>();
  private announced = false;

  /** Calls `watcher` after changes, several at once as one. Gives back how to stop. */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => { this.watchers.delete(watcher); };
  }

  protected changed(): void {
    this.changes += 1;
    if (this.announced) return;
    this.announced = true;
    queueMicrotask(() => {
      this.announced = false;
      for (const watcher of [...this.watchers]) watcher();
    });
  }
}
