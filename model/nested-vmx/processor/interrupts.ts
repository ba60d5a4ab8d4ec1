import { lineVector, picVector } from '../../../spec/nested-vmx/universe.ts';
import type { LocalApic } from '../../local-apic/index.ts';
import { universe } from '../machine.ts';
import { Part } from '../part.ts';
import type { Chips } from '../state.ts';

/** The chips after an EOI, and the vector that went to the I/O APIC, 0 if none. */
export interface Completed {
  readonly chips: Chips;
  readonly broadcast: number;
}

/** Where interrupts for L1's processor come from: the 8259, the I/O APIC, and its local APIC. */
export class Interrupts extends Part {
  /** "Acceptance of an interrupt sets its bit in IRR, whichever level runs, and does nothing else by itself" */
  accept(apic: LocalApic, vector: number, level: boolean): LocalApic {
    const { localApic } = this.parts;
    return localApic.withTrigger(localApic.withPending(apic, vector), vector, level);
  }

  /** The vector that the processor would get now, 0 if none. */
  source({ pic, apic }: Pick<Chips, 'pic' | 'apic'>): number {
    if (this.picIsTaken(pic, apic)) return picVector;
    return this.parts.localApic.deliverable(apic);
  }

  /** "taken whatever TPR and ISR say"; "the vector of the 8259 is taken" where both have one */
  picIsTaken(pic: boolean, apic: LocalApic): boolean {
    if (!pic) return false;
    this.cite('pic-bypasses-the-local-apic');
    if (apic.irr !== 0) this.cite('pic-goes-before-the-local-apic');
    return true;
  }

  /** The chips after they were asked for the vector. */
  acknowledge(chips: Chips, vector: number): Chips {
    if (vector === picVector) return this.acknowledgePic(chips);
    return { ...chips, apic: this.parts.localApic.acknowledge(chips.apic, vector) };
  }

  /** "then it asserts no more"; "leaves IRR and ISR as they are" */
  acknowledgePic(chips: Chips): Chips {
    this.cite('pic-is-acknowledged-once');
    return { ...chips, pic: false };
  }

  /** "A line that the 8259 takes back before it was acknowledged causes neither exit nor delivery." */
  withdraw(chips: Chips): Chips {
    this.cite('withdrawn-pic-interrupt-is-gone');
    return { ...chips, pic: false };
  }

  /** The line of the I/O APIC. */
  drive(chips: Chips, high: boolean): Chips {
    const driven = { ...chips, line: high };
    return high ? this.sendLine(driven) : driven;
  }

  sendLine(chips: Chips): Chips {
    if (!chips.line || this.waitsForEoi(chips)) return chips;
    return { ...chips, apic: this.accept(chips.apic, lineVector, true), remoteIrr: true };
  }

  /** "sends no second interrupt while remote IRR is 1" */
  waitsForEoi({ remoteIrr }: Chips): boolean {
    if (remoteIrr) this.cite('unacknowledged-level-is-sent-once');
    return remoteIrr;
  }

  eoi(chips: Chips): Completed {
    const { localApic } = this.parts;
    if (chips.apic.isr === 0) return { chips, broadcast: 0 };
    const vector = localApic.completes(chips.apic.isr);
    return this.broadcast({ ...chips, apic: localApic.complete(chips.apic, vector) }, vector);
  }

  /** "goes to the I/O APIC, which sends the interrupt again if the line is still high" */
  broadcast(chips: Chips, vector: number): Completed {
    if (!this.parts.localApic.broadcasts(chips.apic, vector)) return { chips, broadcast: 0 };
    const told = vector === lineVector ? this.sendLine({ ...chips, remoteIrr: false }) : chips;
    return { chips: told, broadcast: universe.only(vector) };
  }
}
