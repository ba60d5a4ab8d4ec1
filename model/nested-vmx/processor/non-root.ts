import { match } from 'ts-pattern';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { externalInterrupt, isValid, nonMaskableInterrupt, plain } from '../events.ts';
import { control, type Machine } from '../machine.ts';
import { Part } from '../part.ts';
import type { Guest, Physical, Vmcs } from '../state.ts';
import type { Delivered } from './event-delivery.ts';
import type { Taken } from './priorities.ts';
import { plainExit, type VmExit } from './vm-exit.ts';

/** What became of a guest at a boundary. */
export interface AtBoundary extends Delivered {
  readonly physical: Physical;
}

/** The vector with which L0 interrupts itself; nobody is shown it. */
const ownVector = 0xec;

/**
 * The physical processor in VMX non-root operation, below L0: it runs 01 or 02 by the rules that the bare machine runs
 * L2 by. What waits at its pins is L0's; L0 has all of that exit.
 */
export class NonRoot extends Part {
  /** Whether VM entry refuses what L0 wants to inject. A right L0 never meets that. */
  refuses({ guest, entry }: Vmcs): boolean {
    if (!isValid(entry.information)) return false;
    const { core, controls } = guest;
    return !this.parts.quiet.entryChecks.injectionFits({ core, controls, entry });
  }

  /** VM entry of a VMCS that L0 has made. */
  enter({ guest, entry }: Vmcs, ofL2: boolean): Delivered {
    const evaluates = (guest.controls & control.virtualInterruptDelivery) !== 0;
    const rules = this.virtualInterrupts(ofL2);
    const virtual = evaluates ? rules.entry(guest.virtual, guest.controls) : guest.virtual;
    return this.parts.eventDelivery.inject({ ...guest, virtual }, entry);
  }

  /** What L0 arms and sends is no business of the clauses: they judge what L1 and L2 see of it. */
  private virtualInterrupts(ofL2: boolean): Part['parts']['virtualInterrupts'] {
    return (ofL2 ? this.parts : this.parts.quiet).virtualInterrupts;
  }

  choose(guest: Guest, physical: Physical, machine: Machine): Taken | undefined {
    const { core, controls, mtf, timer, virtual } = guest;
    const situation = {
      core,
      controls,
      mtf,
      timer,
      recognized: virtual.recognized,
      sipi: false,
      init: false,
      nmi: physical.nmi,
      interrupt: physical.interrupt || physical.notification ? ownVector : 0,
    };
    return this.parts.quiet.boundary.choose(situation, machine);
  }

  act(guest: Guest, physical: Physical, taken: Taken, ofL2: boolean): AtBoundary {
    const exit = (reason: number, change: Partial<VmExit> = {}): AtBoundary => ({
      guest,
      physical,
      exit: { ...plainExit(reason), ...change },
    });
    return match(taken)
      .with('mtf', () => exit(exitReasons.monitorTrapFlag))
      .with('timer', () => exit(exitReasons.preemptionTimer))
      .with('nmi-window', () => exit(exitReasons.nmiWindow))
      .with('interrupt-window', () => exit(exitReasons.interruptWindow))
      .with('nmi-exit', () => ({
        ...exit(exitReasons.exceptionOrNmi, { information: nonMaskableInterrupt }),
        physical: { ...physical, nmi: false },
      }))
      .with('virtual-interrupt', () => ({ ...this.deliverVirtual(guest, ofL2), physical }))
      .with('interrupt-exit', () => this.interrupt(guest, physical))
      .with('sipi', 'init', 'nmi-delivery', 'interrupt-delivery', () => ({ guest, physical }))
      .exhaustive();
  }

  private deliverVirtual(guest: Guest, ofL2: boolean): Delivered {
    const virtual = this.virtualInterrupts(ofL2).deliver(guest.virtual);
    return this.parts.eventDelivery.deliver({ ...guest, virtual }, plain(externalInterrupt(guest.virtual.rvi)));
  }

  /**
   * The notification for L1's descriptor came between two instructions, and is processed before the boundary looks at
   * virtual interrupts; where blocking holds it off, there is nothing that these could do either. While L2 runs it is an
   * interrupt like any other.
   */
  notified(guest: Guest, physical: Physical, machine: Machine): AtBoundary | undefined {
    if (!physical.notification || (guest.controls & control.postedInterrupts) === 0) return undefined;
    if (this.parts.quiet.interruptibility.holdsOffInterruptExit(guest.core, machine)) return undefined;
    const virtual = this.parts.quiet.virtualInterrupts.process(guest.virtual, guest.controls);
    return { guest: { ...guest, virtual }, physical: { ...physical, notification: false } };
  }

  /** An interrupt of L0's own. */
  private interrupt(guest: Guest, physical: Physical): AtBoundary {
    return {
      guest,
      physical: { ...physical, interrupt: false, notification: false },
      exit: { ...plainExit(exitReasons.externalInterrupt), information: externalInterrupt(ownVector) },
    };
  }
}
