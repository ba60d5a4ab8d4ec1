import type { InjectedEvent } from '../../../../spec/idt-vectoring/universe.ts';
import { exitReasons } from '../../../../spec/vmx/exit-reasons.ts';
import { Part } from '../../part.ts';
import type { IdtVectoringState as State, Payload } from '../../state.ts';
import { withInflight } from '../../update.ts';
import { isException, type VectoredEvent } from '../../vectored-event.ts';

/** The hypervisor gives the guest an event of its own making, or of L1's, or of user space's. */
export class HypervisorInjection extends Part {
  inject(state: State, event: InjectedEvent): State {
    const exited = this.parts.exits.exit(state, { reason: exitReasons.externalInterrupt });
    const prepared = this.parts.injector.prepare(exited, event);
    return this.parts.entries.enter(withInflight(prepared, this.given(event), this.payload(event)));
  }

  given(event: InjectedEvent): VectoredEvent {
    return event;
  }

  /** "A hypervisor that injects a #PF of its own making writes CR2" */
  payload(event: InjectedEvent): Payload | undefined {
    if (isException(event, 14)) this.cite('new-page-fault-writes-cr2');
    return this.parts.payloads.of(event);
  }
}
