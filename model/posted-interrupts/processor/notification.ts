import type { VectorSet } from '../../local-apic/index.ts';
import { universe } from '../machine.ts';
import { Part } from '../part.ts';
import type { Guest } from '../state.ts';

/** Posted-interrupt processing: the processor takes what is posted. */
export class Notification extends Part {
  /** All of it, uninterrupted. */
  process(guest: Guest): Guest {
    this.cite('notification-moves-pir-into-virr');
    return this.evaluate(this.take(guest));
  }

  /** The transfer alone. */
  take(guest: Guest): Guest {
    return this.merge(this.clearOn(guest), guest.descriptor.pir);
  }

  /** "The processor clears ON before it reads PIR." */
  clearOn(guest: Guest): Guest {
    this.cite('notification-clears-on-before-pir');
    if (guest.descriptor.pir === 0) this.cite('empty-notification-is-harmless');
    return guest.descriptor.on ? { ...guest, descriptor: { ...guest.descriptor, on: false } } : guest;
  }

  /** Moves some of PIR into VIRR, in one access: "No other agent reads or writes a word of PIR between" */
  merge(guest: Guest, vectors: VectorSet): Guest {
    this.cite('merge-takes-each-word-at-once');
    const { apic, virtual, descriptor } = guest;
    const found = descriptor.pir & vectors;
    const irr = apic.irr | found;
    const rvi = this.raisedRvi(virtual.rvi, found, irr);
    if (found === 0 && rvi === virtual.rvi) return guest;
    const pir = descriptor.pir & ~vectors;
    return { ...guest, apic: { ...apic, irr }, virtual: { ...virtual, rvi }, descriptor: { ...descriptor, pir } };
  }

  /** "the maximum of its old value and the highest bit that was found in PIR"; `irr` does not count. */
  raisedRvi(rvi: number, found: VectorSet, irr: VectorSet): number {
    this.cite('notification-raises-rvi');
    const raised = Math.max(rvi, universe.max(found));
    if (universe.max(irr) > raised) this.cite('rvi-after-posting-ignores-virr');
    return raised;
  }

  /** "ends with an evaluation of pending virtual interrupts" */
  evaluate(guest: Guest): Guest {
    this.cite('notification-evaluates');
    return this.parts.virtualInterrupts.evaluate(guest);
  }
}
