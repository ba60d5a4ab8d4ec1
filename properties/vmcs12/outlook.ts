import { Skip } from '../../spec/contract.ts';
import type { Vmcs12Event } from '../../spec/vmcs12/alphabet.ts';
import type { Vmcs12Configuration } from '../../spec/vmcs12/configuration.ts';
import type { VmcsFieldName } from '../../spec/vmcs12/fields.ts';
import type { ControlBit } from '../../spec/vmcs12/universe.ts';
import { bits, has, outcomes, read, Vmcs12Model, type Vmcs12State } from '../../model/vmcs12/index.ts';

const model = new Vmcs12Model();
const enter: Vmcs12Event = { kind: 'enter', by: 'right' };

/** What VMLAUNCH or VMRESUME would come to. */
export type EntryOutcome = 'enters' | 'exitsAtOnce' | 'fails' | 'failsLate' | 'open';

/** The state after an event; where the architecture leaves a choice, one of them; `undefined` if it is skipped. */
export function stepped(state: Vmcs12State, event: Vmcs12Event): Vmcs12State | undefined {
  const next = model.step(state, event);
  if (next instanceof Skip) return undefined;
  return Array.isArray(next) ? (next[0] as Vmcs12State) : (next as Vmcs12State);
}

/** The machine without L0 beside a sequence: what guide and variants need to know. Events of L0 change none of it. */
export class Outlook {
  state: Vmcs12State;
  private entryOf: Vmcs12State | undefined;
  private entryOutcome: EntryOutcome = 'open';

  constructor(config: Vmcs12Configuration) {
    this.state = start(config);
  }

  reset(config: Vmcs12Configuration): void {
    this.state = start(config);
  }

  /** Plays an event of L1, L2 or outside; `false` if it is skipped. */
  play(event: Vmcs12Event): boolean {
    const next = stepped(this.state, event);
    if (next === undefined) return false;
    this.state = next;
    return true;
  }

  get runsL2(): boolean {
    return this.state.platform.level === 2;
  }

  /** Slot of the current VMCS, -1 without one. */
  get current(): number {
    return this.state.platform.current;
  }

  /** What an entry now would come to. */
  get entry(): EntryOutcome {
    if (this.entryOf !== this.state) {
      this.entryOf = this.state;
      this.entryOutcome = entryFrom(this.state);
    }
    return this.entryOutcome;
  }

  field(name: VmcsFieldName): number {
    const { platform, vmcss } = this.state;
    return platform.current < 0 ? 0 : read(vmcss[platform.current]!, name);
  }

  has(control: ControlBit): boolean {
    const { platform, vmcss } = this.state;
    return platform.current >= 0 && has(vmcss[platform.current]!, control);
  }

  get isActive(): boolean {
    return this.state.l2.activity === 0;
  }

  get isLongMode(): boolean {
    return (this.state.l2.efer & bits.efer.lma) !== 0;
  }
}

const start = (config: Vmcs12Configuration): Vmcs12State => model.initial({ ...config, profile: 'bare' });

/** What an entry would come to in a state in which L1 runs. */
export function entryFrom(state: Vmcs12State): EntryOutcome {
  switch (stepped(state, enter)?.step.outcome) {
    case outcomes.entered:
      return 'enters';
    case outcomes.exited:
      return 'exitsAtOnce';
    case outcomes.entryFailed:
      return 'failsLate';
    case undefined:
      return 'open';
    default:
      return 'fails';
  }
}
