/** Something that is fetched again and again, one round at a time: what is asked for while one runs is answered by one more. */
export class OneMoreRound {
  private running: Promise<void> | null = null;
  private again = false;

  constructor(private readonly round: () => Promise<void>) {}

  /** Begins a round, or has one more follow; done with the one that runs. */
  run(): Promise<void> {
    this.again = this.running !== null;
    this.running ??= this.round().finally(() => {
      this.running = null;
      if (this.again) void this.run();
    });
    return this.running;
  }
}
