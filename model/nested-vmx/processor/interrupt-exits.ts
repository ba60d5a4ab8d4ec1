import { notificationVector, picVector } from '../../../spec/nested-vmx/universe.ts';
import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { externalInterrupt } from '../events.ts';
import { control } from '../machine.ts';
import { Part } from '../part.ts';
import type { Chips, Core } from '../state.ts';
import { plainExit, type VmExit } from './vm-exit.ts';

/** What an external interrupt does to L2, by the controls of L1. */
export class InterruptExits extends Part {
  /** "If the highest pending vector is not above PPR of L1 and the 8259 does not assert, L2 does not exit" */
  source(chips: Pick<Chips, 'pic' | 'apic'>): number {
    const vector = this.parts.interrupts.source(chips);
    if (vector === 0 && chips.apic.irr !== 0) this.cite('hidden-interrupt-makes-no-exit');
    return vector;
  }

  /** "L1's notification vector that is deliverable while L2 runs with 'process posted interrupts'" */
  isProcessed(vector: number, controls: number): boolean {
    if ((controls & control.postedInterrupts) === 0) return false;
    if (vector !== notificationVector) {
      this.cite('other-vectors-exit');
      return false;
    }
    this.cite('notification-is-processed-without-exit');
    this.cite('notification-obeys-l1-priority');
    return true;
  }

  /** "leaves IRR without entering ISR" */
  consume(chips: Chips): Chips {
    const { localApic } = this.parts;
    const { apic } = chips;
    return { ...chips, apic: { ...apic, irr: localApic.vectors.without(apic.irr, notificationVector) } };
  }

  /** The exit with reason 1. */
  exit(vector: number, controls: number, core: Core): VmExit {
    if (!core.interruptFlag) this.cite('l2-if-does-not-block-the-exit');
    if (core.activity === activityStates.hlt) this.cite('interrupt-exits-from-hlt');
    return { ...plainExit(exitReasons.externalInterrupt), information: this.information(vector, controls) };
  }

  information(vector: number, controls: number): number {
    return this.acknowledges(controls) ? this.acknowledgedInformation(vector) : this.unacknowledgedInformation();
  }

  acknowledges(controls: number): boolean {
    return (controls & control.acknowledgeInterrupt) !== 0;
  }

  /** "a valid interruption information of type 0 with the deliverable vector" */
  acknowledgedInformation(vector: number): number {
    this.cite('acknowledged-exit-tells-the-vector');
    return externalInterrupt(vector);
  }

  /** "an interruption information that is not valid" */
  unacknowledgedInformation(): number {
    this.cite('exit-without-acknowledge-tells-no-vector');
    return 0;
  }

  /** The chips after the exit. */
  chipsAfterExit(chips: Chips, vector: number, controls: number): Chips {
    return this.acknowledges(controls) ? this.acknowledge(chips, vector) : this.leave(chips);
  }

  /** "clears its bit in IRR and sets it in ISR of L1, in the same step" */
  acknowledge(chips: Chips, vector: number): Chips {
    if (vector !== picVector) this.cite('acknowledged-exit-moves-irr-to-isr');
    this.cite('acknowledge-belongs-to-l1');
    return this.parts.interrupts.acknowledge(chips, vector);
  }

  /** "changes neither IRR nor ISR, nor the line of the 8259" */
  leave(chips: Chips): Chips {
    this.cite('exit-without-acknowledge-leaves-it-pending');
    return chips;
  }

  /** The chips after the acknowledge for a delivery through the IDT of L2: "IRR to ISR of L1 once". */
  acknowledgeForL2(chips: Chips, vector: number): Chips {
    this.cite('direct-interrupt-goes-through-the-idt-of-l2');
    this.cite('direct-interrupt-is-acknowledged-once');
    this.cite('acknowledge-belongs-to-l1');
    return this.parts.interrupts.acknowledge(chips, vector);
  }

  /** The chips after the acknowledge for a delivery through the IDT of L1. */
  acknowledgeForL1(chips: Chips, vector: number): Chips {
    this.cite('l1-takes-it-when-it-opens');
    this.cite('vector-is-chosen-when-it-is-taken');
    if (vector === notificationVector) this.cite('notification-waits-in-irr');
    return this.parts.interrupts.acknowledge(chips, vector);
  }
}
