import { classOf } from '../../local-apic/index.ts';
import { universe } from '../machine.ts';
import { Part } from '../part.ts';
import type { IdtVectoringState as State } from '../state.ts';
import { withGuest, withPending } from '../update.ts';
import { externalInterrupt } from '../vectored-event.ts';

/** External interrupts, which the local APIC of the guest keeps. */
export class ExternalInterrupts extends Part {
  /** "a vector that becomes pending again before that is absorbed" */
  pend(state: State, vector: number): State {
    const { irr } = state.pending;
    if (state.hypervisor.inflight !== undefined) this.cite('one-event-in-flight');
    if (universe.has(irr, vector)) this.cite('external-is-acknowledged-once');
    return withPending(state, { irr: universe.with(irr, vector) });
  }

  /** The vector that would be taken now, or 0. */
  deliverable(state: State): number {
    const vector = universe.max(state.pending.irr);
    if (vector === 0 || !this.isOpen(state)) return 0;
    return this.isAboveService(vector, universe.max(state.guest.isr)) ? vector : 0;
  }

  /** "only with IF 1 and outside the shadows of STI and MOV SS" */
  isOpen({ guest }: State): boolean {
    this.cite('external-needs-if-and-no-shadow');
    if (!guest.interruptFlag) return false;
    if (guest.shadow === 'sti') return !this.isStiShadowBlocking();
    return guest.shadow === 'none' || !this.isMovSsShadowBlocking();
  }

  isStiShadowBlocking(): boolean {
    this.cite('sti-casts-a-shadow');
    return true;
  }

  isMovSsShadowBlocking(): boolean {
    this.cite('movss-casts-a-shadow');
    return true;
  }

  /** "only if its class is higher than that of the highest vector in service" */
  isAboveService(vector: number, inService: number): boolean {
    this.cite('external-needs-a-higher-class');
    return classOf(vector) > classOf(inService);
  }

  take(state: State, vector: number): State {
    return this.parts.delivery.take(this.acknowledge(state, vector), externalInterrupt(vector));
  }

  /** "Its vector goes from IRR to ISR once, when it is taken" */
  acknowledge(state: State, vector: number): State {
    this.cite('external-is-acknowledged-once');
    const { pending, guest } = state;
    const requested = withPending(state, { irr: universe.without(pending.irr, vector) });
    return withGuest(requested, { isr: universe.with(guest.isr, vector) });
  }

  /** "EOI clears the highest vector in service." */
  completes(state: State): number {
    this.cite('eoi-ends-the-highest');
    return universe.max(state.guest.isr);
  }
}
