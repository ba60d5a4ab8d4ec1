import type { Skip } from '../../../spec/contract.ts';
import type { PostedInterruptsEvent } from '../../../spec/posted-interrupts/alphabet.ts';
import type { Parts } from '../parts.ts';
import { skips } from '../skips.ts';
import type { PostedInterruptsState as State } from '../state.ts';

/** What the scheduler does. */
export type SchedulerEvent = Extract<PostedInterruptsEvent, { kind: 'load' | 'unload' | 'block' }>;

/** The scheduler acts. */
export function schedulerEvent(parts: Parts, state: State, event: SchedulerEvent): State | Skip {
  const { vcpu: v } = event;
  const { schedule, core } = state.vcpus[v];
  switch (event.kind) {
    case 'load':
      if (schedule.loaded) return skips.loaded;
      if (schedule.blocked) return skips.blocked;
      if (state.vcpus.some((other) => other.schedule.loaded && other.schedule.pcpu === event.pcpu)) return skips.taken;
      return parts.scheduling.load(state, v, event.pcpu);
    case 'unload':
      if (!schedule.loaded) return skips.unloaded;
      return schedule.mode === 0 ? parts.scheduling.unload(state, v, event.preempted) : skips.inGuest;
    case 'block':
      if (!schedule.loaded) return skips.unloaded;
      if (schedule.mode !== 0) return skips.inGuest;
      return core.halted && state.machine.config.hltExiting ? parts.blocking.block(state, v) : skips.awake;
    default:
      return event satisfies never;
  }
}
