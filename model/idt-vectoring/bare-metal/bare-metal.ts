import type { InjectedEvent } from '../../../spec/idt-vectoring/universe.ts';
import type { Environment } from '../environment.ts';
import { Part } from '../part.ts';
import type { Attempt } from '../processor/delivery.ts';
import type { IdtVectoringState as State } from '../state.ts';
import type { VectoredEvent } from '../vectored-event.ts';

/** Nothing stands around the guest's processor: the yardstick. */
export class BareMetal extends Part implements Environment {
  settle(state: State): State {
    return state;
  }

  takeNmi(state: State): State {
    return this.parts.nmis.take(state);
  }

  intercept(): undefined {
    return undefined;
  }

  interceptNested(): undefined {
    return undefined;
  }

  interceptDoubleFault(): undefined {
    return undefined;
  }

  tripleFault(state: State): State {
    return this.parts.shutdown.enter(state);
  }

  /** The alphabet of the profile puts up no obstacle of a hypervisor's. */
  obstruct(): never {
    throw new Error('an obstacle of a hypervisor, and no hypervisor');
  }

  /** The processor makes every access itself, and finds the fault. */
  findByEmulation(state: State, attempt: Attempt, found: VectoredEvent): State {
    return this.parts.nestedFaults.raise(state, attempt, found);
  }

  /** "reaches its handler once, with the RIP that any gate would have pushed" */
  switchTask(state: State, attempt: Attempt): State {
    this.cite('task-gate-reaches-the-handler');
    return this.parts.handlers.reach(state, attempt, true);
  }

  /** There is no EPT that the access could violate. */
  accessWhileVeBusy(state: State): State {
    return state;
  }

  /** There is no page that is missing, and no log. */
  interruptIret(state: State): State {
    return state;
  }

  /** An ideal processor delivers it here, with everything that belongs to it. */
  inject(state: State, event: InjectedEvent): State {
    const { injector, payloads, injection } = this.parts;
    const prepared = injector.prepare(state, event);
    return injection.deliver(payloads.write(prepared, payloads.of(event)), event);
  }
}
