import { Part } from '../../part.ts';
import type { Combined } from '../../processor/escalation.ts';
import type { IdtVectoringState as State, Payload } from '../../state.ts';
import { withGuest, withInflight } from '../../update.ts';
import { isException, isHardwareException, type VectoredEvent } from '../../vectored-event.ts';

/** A fault of the guest's own, which the hypervisor got to know while the first event was delivered. */
export class Merging extends Part {
  merge(state: State, first: VectoredEvent, second: VectoredEvent): State {
    if (this.parts.policy.drops(state, first)) return this.give(state, this.forgettingTheFirst(second), second);
    const combined = isHardwareException(first)
      ? this.withException(state, first, second)
      : this.withOthers(state, first, second);
    return combined === 'tripleFault' ? this.parts.shutdown.enter(state) : this.give(state, combined, second);
  }

  /** "is combined with the event being delivered, as if the processor had found it" */
  mergeFound(state: State, first: VectoredEvent, second: VectoredEvent): State {
    this.cite('fault-found-by-emulation-is-a-nested-fault');
    return this.merge(state, first, second);
  }

  /** "A hypervisor that drops gives the guest the nested fault alone." */
  forgettingTheFirst(second: VectoredEvent): VectoredEvent {
    this.cite('dropping-forgets-the-first-of-two');
    return second;
  }

  /** "is combined with it by the table of #DF, a triple fault included" */
  withException(state: State, first: VectoredEvent, second: VectoredEvent): Combined {
    this.cite('nested-fault-of-the-guest-merges-with-exception');
    return this.parts.escalation.combine(state, first, second);
  }

  /** "is injected alone: the first event is not injected again" */
  withOthers(_state: State, _first: VectoredEvent, second: VectoredEvent): Combined {
    this.cite('nested-fault-of-the-guest-supersedes-others');
    return second;
  }

  private give(state: State, event: VectoredEvent, found: VectoredEvent): State {
    const resumeFlag = this.resumeFlag(state, event);
    return withInflight(withGuest(state, { resumeFlag }), event, this.payload(event, found));
  }

  /** "A hypervisor that injects a fault of its own making sets RF" */
  resumeFlag(state: State, event: VectoredEvent): boolean {
    this.cite('new-fault-is-injected-with-rf');
    return this.parts.resumeFlag.ofTheImage(state, event);
  }

  /** "the #PF that it found during delivery writes CR2 even if #DF comes of it" */
  payload(_event: VectoredEvent, found: VectoredEvent): Payload | undefined {
    if (isException(found, 14)) this.cite('new-page-fault-writes-cr2');
    return this.parts.payloads.of(found);
  }
}
