import { debugBits } from '../../../spec/idt-vectoring/universe.ts';
import { interruptibility } from '../../../spec/vmx/guest-non-register-state.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { Part } from '../part.ts';
import type { IdtVectoringState as State } from '../state.ts';
import { withinGuest, withPending } from '../update.ts';
import { hasLength, informationWord, type VectoredEvent } from '../vectored-event.ts';
import type { EntryFields } from './entry-checks.ts';
import { interruptibilityOf } from './exits.ts';

/** VM entries: what the hypervisor writes for them, and what they do. */
export class Entries extends Part {
  /** One entry, with the event in flight; the delivery may exit again. */
  enter(state: State): State {
    const event = this.chosen(state);
    const prepared = this.withSingleStep(this.parts.reflection.writePayload(state, event));
    const fields = this.fields(prepared, event);
    const failure = this.parts.entryChecks.failure(prepared, fields);
    if (failure !== 0)
      return this.entered(this.failed(prepared, fields.interruption, failure), this.fields(prepared, undefined));
    const entered = this.entered(prepared, fields);
    return event === undefined ? entered : this.inject(entered, event);
  }

  /** "Between an exit that leaves an event in flight and the entry that injects it, no interrupt and no NMI is given" */
  chosen({ hypervisor: { inflight } }: State): VectoredEvent | undefined {
    if (inflight !== undefined) this.cite('one-event-in-flight');
    return inflight;
  }

  /** "An injected event never exits by itself, whatever the exception bitmap says." */
  inject(state: State, event: VectoredEvent): State {
    this.cite('injection-is-not-intercepted');
    return this.parts.injection.deliver(state, event);
  }

  fields(state: State, event: VectoredEvent | undefined): EntryFields {
    return {
      interruption: event === undefined ? 0 : this.information(event),
      error: event?.error ?? 0,
      length: event !== undefined && hasLength(event) ? (event.length ?? 0) : 0,
      interruptibility: this.interruptibility(state, event),
      pendingDebug: state.pending.debug,
    };
  }

  /** "Bit 12 of the IDT-vectoring information, which is undefined, does not reach the VM-entry interruption information." */
  information(event: VectoredEvent): number {
    this.cite('bit-12-is-not-carried');
    return informationWord(event);
  }

  interruptibility({ machine, guest }: State, event: VectoredEvent | undefined): number {
    const bits = interruptibilityOf(guest);
    return event?.type === eventTypes.nmi && machine.hasVirtualNmis ? this.withNmisOpen(bits) : bits;
  }

  /** "the hypervisor clears blocking by NMI before the entry that injects an NMI again" */
  withNmisOpen(bits: number): number {
    this.cite('nmi-injected-again-needs-bit-3-clear');
    return bits & ~interruptibility.blockingByNmi;
  }

  private withSingleStep(state: State): State {
    const { guest, pending } = state;
    if (!guest.trapFlag || (guest.shadow === 'none' && !guest.halted)) return state;
    const debug = this.pendingDebug(pending.debug);
    return debug === pending.debug ? state : withPending(state, { debug });
  }

  /** "sets BS in the pending debug exceptions"; the manual asks for it in activity state HLT too. */
  pendingDebug(debug: number): number {
    this.cite('software-sets-single-step-in-a-shadow');
    return debug | debugBits.singleStep;
  }

  private entered(state: State, fields: EntryFields): State {
    const { count, failure, kept } = state.entry;
    return {
      ...withinGuest(state, this.inflightAfter(state.hypervisor.inflight)),
      entry: { ...fields, count: count + 1, failure, kept },
    };
  }

  /** What has been injected is done with. */
  inflightAfter(_event: VectoredEvent | undefined): VectoredEvent | undefined {
    return undefined;
  }

  /** "delivers nothing, changes nothing in the guest and leaves the interruption information valid" */
  failed(state: State, interruption: number, failure: number): State {
    this.cite('failed-entry-keeps-the-event');
    return { ...state, entry: { ...state.entry, failure, kept: this.keptAfterFailure(interruption) } };
  }

  keptAfterFailure(interruption: number): number {
    return interruption;
  }
}
