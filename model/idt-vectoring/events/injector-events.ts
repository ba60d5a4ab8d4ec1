import type { Skip } from '../../../spec/contract.ts';
import type { IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import type { Parts } from '../parts.ts';
import { skips } from '../skips.ts';
import type { IdtVectoringState as State } from '../state.ts';

type Inject = Extract<IdtVectoringEvent, { kind: 'inject' }>;

/** An event that the guest's program did not cause is delivered where the guest is. */
export function injectorEvent({ environment, injector }: Parts, state: State, { event }: Inject): State | Skip {
  if (!state.hypervisor.outside && !injector.canInject(state, event)) return skips.notNow;
  const settled = environment.settle(state);
  if (settled.guest.shutdown || !injector.canInject(settled, event)) return settled;
  return injector.inject(settled, event);
}
