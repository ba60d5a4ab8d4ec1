import { universe } from '../machine.ts';
import { Part } from '../part.ts';
import type { IoApic as Registers, PostedInterruptsState as State } from '../state.ts';

const withIoApic = (state: State, change: Partial<Registers>): State => ({
  ...state,
  ioapic: { ...state.ioapic, ...change },
});

/** The I/O APIC, with level-triggered inputs alone. */
export class IoApic extends Part {
  isHigh({ ioapic }: State, line: number): boolean {
    return (ioapic.level & (1 << line)) !== 0;
  }

  drive(state: State, line: number, high: boolean, from: number): State {
    const { level } = state.ioapic;
    if (!high) return withIoApic(state, { level: level & ~(1 << line) });
    return this.sendLine(withIoApic(state, { level: level | (1 << line) }), line, from);
  }

  /** Sends a line that is high: "no second interrupt while remote IRR is 1" */
  sendLine(state: State, line: number, from: number): State {
    if (!this.isHigh(state, line)) return state;
    if (this.waitsForEoi(state, line)) return state;
    const { target, vector } = state.machine.lines[line];
    const { acceptance, localApic } = this.parts;
    if (localApic.refuses(state.vcpus[target].apic, vector)) return state;
    const sent = acceptance.accept(state, target, vector, true, from);
    return withIoApic(sent, { remoteIrr: sent.ioapic.remoteIrr | (1 << line) });
  }

  waitsForEoi({ ioapic }: State, line: number): boolean {
    this.cite('asserted-level-is-sent-once');
    return (ioapic.remoteIrr & (1 << line)) !== 0;
  }

  /** Sends each line that is routed to virtual CPU `v`, ascending. */
  sendLinesOf(state: State, v: number, from: number): State {
    return state.machine.lines.reduce(
      (next, { target }, line) => (target === v ? this.sendLine(next, line, from) : next),
      state,
    );
  }

  /** The EOI of a vector: "clears remote IRR there" */
  broadcast(state: State, vector: number, from: number): State {
    const { effects } = state;
    const told = { ...state, effects: { ...effects, broadcast: universe.with(effects.broadcast, vector) } };
    return state.machine.lines.reduce(
      (next, line, n) => (line.vector === vector ? this.completeLine(next, n, from) : next),
      told,
    );
  }

  completeLine(state: State, line: number, from: number): State {
    const { remoteIrr } = state.ioapic;
    if ((remoteIrr & (1 << line)) === 0) return state;
    return this.sendAgain(withIoApic(state, { remoteIrr: remoteIrr & ~(1 << line) }), line, from);
  }

  /** "A line that is still high when its remote IRR is cleared is sent again." */
  sendAgain(state: State, line: number, from: number): State {
    this.cite('asserted-level-returns-after-eoi');
    return this.sendLine(state, line, from);
  }
}
