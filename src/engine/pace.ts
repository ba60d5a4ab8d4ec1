/** Milliseconds of work between two rests, and between two reports of progress. */
const workPeriod = 40;
const reportPeriod = 100;

/** Lets the event loop have its turn, so that signals, timers and displays work while a campaign computes. */
export class Pace {
  private readonly started = performance.now();
  private readonly signal: AbortSignal | undefined;
  private readonly tell: () => void;
  private rested = performance.now();
  private reported = performance.now();

  constructor(signal: AbortSignal | undefined, tell: () => void) {
    this.signal = signal;
    this.tell = tell;
  }

  /** Whether the campaign was told to stop. */
  get interrupted(): boolean {
    return this.signal?.aborted ?? false;
  }

  /** Seconds since the start. */
  seconds(): number {
    return (performance.now() - this.started) / 1000;
  }

  /** Rests if it is time to; whether the campaign was told to stop. */
  async rest(): Promise<boolean> {
    const now = performance.now();
    if (now - this.rested < workPeriod) return this.interrupted;
    if (now - this.reported >= reportPeriod) this.report();
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    this.rested = performance.now();
    return this.interrupted;
  }

  /** Tells where the campaign stands. */
  report(): void {
    this.reported = performance.now();
    this.tell();
  }
}
