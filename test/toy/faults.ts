import { ToyController } from './implementation.ts';

/** An exit ends the active state. */
class ClearsActiveOnExit extends ToyController {
  protected override exit(): boolean {
    this.active = -1;
    return super.exit();
  }
}

/** An acknowledge finds nothing while the toy latches: every second flip heals it. */
class IgnoresAckWhileLatching extends ToyController {
  protected override best(): number {
    return this.latching ? -1 : super.best();
  }
}

/** Every third entry loses what is latched. */
class LosesLatchAtThirdEntry extends ToyController {
  private entries = 0;
  override reset(config: Parameters<ToyController['reset']>[0]): void {
    this.entries = 0;
    super.reset(config);
  }
  protected override enter(): boolean {
    if (++this.entries % 3 === 0) this.latched.fill(false);
    return super.enter();
  }
}

/** A line loses its latch when it is lowered while another line is active. */
class LosesLatchUnderActive extends ToyController {
  protected override lower(line: number): boolean {
    if (this.active >= 0 && this.active !== line) this.latched[line] = false;
    return super.lower(line);
  }
}

/** The third line cannot be lowered. */
class ThirdLineSticks extends ToyController {
  protected override lower(line: number): boolean {
    return line === 2 || super.lower(line);
  }
}

/** Takes the middle of three pending lines first. */
class TakesMiddleLine extends ToyController {
  protected override best(): number {
    const all = [0, 1, 2].every((line) => this.high[line] !== undefined && this.pending(line));
    return all ? 1 : super.best();
  }
}

/** Plays a completion of nothing. */
class CompletesNothing extends ToyController {
  protected override play(event: Parameters<ToyController['play']>[0]): boolean {
    return event.kind === 'eoi' && this.running ? this.eoi() : super.play(event);
  }
}

/** A fault of the toy and the fewest events that show it, by hand. */
export const faults = {
  'clears-active-on-exit': { make: () => new ClearsActiveOnExit(), events: 5, clause: 'toy/exit-keeps' },
  'ignores-ack-while-latching': { make: () => new IgnoresAckWhileLatching(), events: 5, clause: 'toy/ack-in-order' },
  'loses-latch-at-third-entry': { make: () => new LosesLatchAtThirdEntry(), events: 8, clause: 'toy/entry-runs' },
  'loses-latch-under-active': { make: () => new LosesLatchUnderActive(), events: 7, clause: 'toy/latch-holds' },
  'third-line-sticks': { make: () => new ThirdLineSticks(), events: 2, clause: 'toy/lower-takes-back' },
  'takes-middle-line': { make: () => new TakesMiddleLine(), events: 6, clause: 'toy/ack-in-order' },
  'completes-nothing': { make: () => new CompletesNothing(), events: 2, clause: 'toy/precondition' },
} as const;
