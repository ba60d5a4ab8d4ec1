import type { VgicEvent } from '../../../spec/vgic/alphabet.ts';
import type { Projection } from '../equivalence.ts';
import { Inputs } from './inputs.ts';
import { pending, popcount, type Machine } from './machine.ts';
import { waiting } from './waiting.ts';

/** What a guest reads while it runs. */
const reads: ReadonlySet<VgicEvent['kind']> = new Set(['iar', 'aiar', 'hppir', 'rpr']);

/**
 * What the guests read from their CPU interfaces, until an acknowledge could have returned another interrupt of the same
 * priority, or an entry could have offered another one: which of them it is depends on the order of arrival.
 */
export class GuestTrace implements Projection {
  protected readonly machine: Machine;
  private readonly inputs: Inputs;
  private readonly read: string[] = [];
  private over = false;

  constructor(machine: Machine) {
    this.machine = machine;
    this.inputs = new Inputs(machine.config);
  }

  step(event: VgicEvent): void {
    this.inputs.follow(event);
    if (this.over) return;
    if (this.ends(event) || (event.kind === 'enter' && this.shows(event.vcpu) && this.crowded(event.vcpu))) {
      this.over = true;
      return;
    }
    if (!reads.has(event.kind) || !('vcpu' in event) || !this.shows(event.vcpu)) return;
    const { reply } = this.machine;
    if (event.kind !== 'rpr' && this.ties(event.vcpu, reply & 0x3ff)) this.over = true;
    else this.read.push(`${event.kind}${event.vcpu}:${reply}`);
  }

  result(): string {
    return this.read.join(' ');
  }

  /** Whether the rest of the sequence is not compared. */
  protected ends(_event: VgicEvent): boolean {
    return false;
  }

  /** Whether what a virtual CPU reads is compared. */
  protected shows(_v: number): boolean {
    return true;
  }

  /** Whether an interrupt has an equal that is offered to `v` or waits; if none was returned, whether any has. */
  private ties(v: number, intid: number): boolean {
    const { machine, inputs } = this;
    const p = machine.schedule.pcpu[v];
    const others: number[] = [];
    for (let n = 0; n < machine.config.nrLr; n++) {
      if (machine.state(p, n) === pending && machine.intid(p, n) !== intid) others.push(machine.priority(p, n));
    }
    if (intid >= 1020) return new Set(others).size < others.length;
    // The priority that it was offered with; the distributor may have another one by now.
    const n = machine.holding(p, intid);
    const priority = n < 0 ? inputs.priority(v, intid) : machine.priority(p, n);
    return [...others, ...waiting(machine, inputs, v).map((other) => inputs.priority(v, other))].includes(priority);
  }

  /** Whether one of several interrupts of the same priority got the last list register. */
  private crowded(v: number): boolean {
    const { machine, inputs } = this;
    const p = machine.schedule.pcpu[v];
    return waiting(machine, inputs, v).some((intid) => {
      for (let n = 0; n < machine.config.nrLr; n++) {
        if (machine.state(p, n) === pending && machine.priority(p, n) === inputs.priority(v, intid)) return true;
      }
      return false;
    });
  }

  /** List registers that it would take to offer all that is listed for `v`. */
  protected demand(v: number): number {
    return popcount(this.machine.software(v, 'listed')) + popcount(this.machine.software(v, 'sources'));
  }
}

/**
 * The same, until an SGI with further sources may have held back what is active: Linux lets that depend on the order of
 * the list.
 */
export class GuestTraceInAnyOrder extends GuestTrace {
  protected override ends(event: VgicEvent): boolean {
    if (event.kind !== 'enter') return false;
    return this.machine.software(event.vcpu, 'sources') !== 0 && this.machine.distributor(event.vcpu, 'active') !== 0;
  }
}
