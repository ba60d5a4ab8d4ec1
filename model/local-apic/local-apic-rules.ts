import type { Cite } from '../../spec/contract.ts';
import type { LocalApic, PprOnTie } from './local-apic.ts';
import { classOf, type VectorSet, type VectorUniverse } from './vector-universe.ts';

/** Names of the clauses that decide here; a system whose clauses have other names translates them. */
export type LocalApicClause =
  | 'highest-vector-is-delivered-first'
  | 'delivery-compares-classes'
  | 'ppr-is-the-greater-of-tpr-and-isr'
  | 'ppr-low-half-on-a-tie'
  | 'tpr-15-masks-everything'
  | 'illegal-vectors-are-not-accepted'
  | 'acceptance-sets-irr'
  | 'pending-vector-absorbs-another'
  | 'one-pending-while-one-in-service'
  | 'delivery-moves-irr-to-isr'
  | 'equal-class-waits-for-eoi'
  | 'higher-class-nests'
  | 'eoi-clears-the-highest-in-service'
  | 'eoi-without-service-does-nothing'
  | 'level-eoi-is-broadcast'
  | 'tmr-follows-the-acceptance'
  | 'disabled-apic-accepts-nothing'
  | 'disabled-apic-keeps-what-is-pending';

/**
 * What a local APIC does, whoever it belongs to: acceptance, priority, delivery, completion. Stateless; each rule is a
 * method of its own and is called through the instance, so that a subclass can change exactly one.
 */
export class LocalApicRules {
  readonly vectors: VectorUniverse;
  private readonly decides: Cite<LocalApicClause>;

  constructor(cite: Cite<LocalApicClause>, vectors: VectorUniverse) {
    this.decides = cite;
    this.vectors = vectors;
  }

  // Acceptance.

  /** Whether a fixed interrupt does not become pending at all. */
  refuses(apic: LocalApic, vector: number): boolean {
    return this.isIllegal(vector) || this.isRefusedWhenDisabled(apic);
  }

  /** "A vector from 0 to 15 is an error and never becomes pending." */
  isIllegal(vector: number): boolean {
    if (vector >= 16) return false;
    this.decides('illegal-vectors-are-not-accepted');
    return true;
  }

  /** "accepts no new fixed interrupt from software or lines" */
  isRefusedWhenDisabled(apic: LocalApic): boolean {
    if (!apic.enabled) this.decides('disabled-apic-accepts-nothing');
    return !apic.enabled;
  }

  /** "sets TMR for a level-triggered interrupt and clears it for an edge-triggered one" */
  withTrigger(apic: LocalApic, vector: number, level: boolean): LocalApic {
    this.decides('tmr-follows-the-acceptance');
    const tmr = level ? this.vectors.with(apic.tmr, vector) : this.vectors.without(apic.tmr, vector);
    return tmr === apic.tmr ? apic : { ...apic, tmr };
  }

  /** "sets its bit in IRR"; what is pending absorbs it; what is in service does not. */
  withPending(apic: LocalApic, vector: number): LocalApic {
    this.decides('acceptance-sets-irr');
    if (this.vectors.has(apic.isr, vector)) this.decides('one-pending-while-one-in-service');
    if (this.vectors.has(apic.irr, vector)) {
      this.decides('pending-vector-absorbs-another');
      return apic;
    }
    return { ...apic, irr: this.vectors.with(apic.irr, vector) };
  }

  // Priority.

  /** The vector that can be delivered now, 0 if there is none. */
  deliverable(apic: LocalApic): number {
    const vector = this.highestPending(apic.irr);
    if (vector === 0 || !this.isServed(apic)) return 0;
    return this.isAbove(vector, this.ppr(apic), apic) ? vector : 0;
  }

  /** "priority among them is the whole vector" */
  highestPending(irr: VectorSet): number {
    if (irr !== 0) this.decides('highest-vector-is-delivered-first');
    return this.vectors.max(irr);
  }

  /** "What is pending … when the local APIC is disabled by software stays, and the CPU handles it." */
  isServed(apic: LocalApic): boolean {
    if (!apic.enabled) this.decides('disabled-apic-keeps-what-is-pending');
    return true;
  }

  /** Whether a vector may interrupt: "only if its class, bits 7:4, is greater than the class of PPR" */
  isAbove(vector: number, ppr: number, { isr, tpr }: LocalApic): boolean {
    const above = this.compares(vector, ppr);
    const inService = classOf(this.vectors.max(isr));
    if (above && isr !== 0) this.decides('higher-class-nests');
    if (!above && inService === classOf(vector)) this.decides('equal-class-waits-for-eoi');
    if (classOf(tpr) === 15) this.decides('tpr-15-masks-everything');
    return above;
  }

  /** "the low halves do not count" */
  compares(vector: number, ppr: number): boolean {
    this.decides('delivery-compares-classes');
    return classOf(vector) > classOf(ppr);
  }

  /** PPR from TPR and ISR as they are now. */
  ppr({ tpr, isr }: LocalApic, onTie: PprOnTie = 'tpr'): number {
    this.decides('ppr-is-the-greater-of-tpr-and-isr');
    const inService = this.vectors.max(isr);
    if (classOf(tpr) < classOf(inService)) return inService & 0xf0;
    return isr !== 0 && classOf(tpr) === classOf(inService) ? this.pprOnTie(tpr, onTie) : tpr;
  }

  /** "the low half of PPR is that of TPR or 0" */
  pprOnTie(tpr: number, onTie: PprOnTie): number {
    this.decides('ppr-low-half-on-a-tie');
    return onTie === 'tpr' ? tpr : tpr & 0xf0;
  }

  // Delivery and completion.

  /** "clears the bit of the vector in IRR and sets it in ISR" */
  acknowledge(apic: LocalApic, vector: number): LocalApic {
    this.decides('delivery-moves-irr-to-isr');
    return { ...apic, irr: this.vectors.without(apic.irr, vector), isr: this.vectors.with(apic.isr, vector) };
  }

  /** The vector that an EOI completes, 0 if none: "the highest bit of ISR, whatever handler writes it" */
  completes(isr: VectorSet): number {
    this.decides(isr === 0 ? 'eoi-without-service-does-nothing' : 'eoi-clears-the-highest-in-service');
    return this.vectors.max(isr);
  }

  /** After the EOI of a vector. */
  complete(apic: LocalApic, vector: number): LocalApic {
    return { ...apic, isr: this.vectors.without(apic.isr, vector) };
  }

  /** "The EOI of a vector whose TMR bit is 1 goes to the I/O APIC …; that of any other goes nowhere." */
  broadcasts(apic: LocalApic, vector: number): boolean {
    this.decides('level-eoi-is-broadcast');
    return this.vectors.has(apic.tmr, vector);
  }
}
