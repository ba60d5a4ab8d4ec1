import { highest, insert, remove, vectorSet } from './vector-set.ts';

/** Priority class of a vector or of a priority register: bits 7:4. */
export const classOf = (value: number): number => value >>> 4;

/** The registers of a local APIC that concern fixed interrupts; with APICv, its virtual-APIC page. */
export class LocalApic {
  readonly irr = vectorSet();
  readonly isr = vectorSet();
  /** Trigger mode: level. */
  readonly tmr = vectorSet();
  tpr = 0;
  /** By software, in SVR. */
  enabled = true;

  /** Nothing pending, nothing in service, nothing masked. */
  reset(): void {
    this.irr.fill(0);
    this.isr.fill(0);
    this.tmr.fill(0);
    this.tpr = 0;
    this.enabled = true;
  }

  /**
   * "PPR is TPR where the class of TPR is greater than that of the highest vector in service, and that class with a low
   * half of 0 where it is less." Where both are of one class the manual lets the low half be that of TPR, or 0.
   */
  ppr(zeroOnTie: boolean): number {
    const inService = highest(this.isr);
    const { tpr } = this;
    if (classOf(tpr) < classOf(inService)) return inService & 0xf0;
    return zeroOnTie && inService !== 0 && classOf(tpr) === classOf(inService) ? tpr & 0xf0 : tpr;
  }

  /** The highest pending vector if its class is above that of PPR, else 0. */
  deliverable(): number {
    const vector = highest(this.irr);
    if (vector === 0) return 0;
    const wanted = classOf(vector);
    return wanted > classOf(this.tpr) && wanted > classOf(highest(this.isr)) ? vector : 0;
  }

  /** "Acceptance by software sets TMR for a level-triggered interrupt and clears it for an edge-triggered one." */
  setTrigger(vector: number, level: boolean): void {
    if (level) insert(this.tmr, vector);
    else remove(this.tmr, vector);
  }

  /** Moves a vector from IRR to ISR. */
  acknowledge(vector: number): void {
    remove(this.irr, vector);
    insert(this.isr, vector);
  }

  /** EOI: "clears the highest bit of ISR, whatever handler writes it". Returns the vector, 0 if none was in service. */
  endOfInterrupt(): number {
    const vector = highest(this.isr);
    if (vector !== 0) remove(this.isr, vector);
    return vector;
  }
}
