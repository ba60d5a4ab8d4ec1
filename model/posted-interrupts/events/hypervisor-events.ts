import type { Skip } from '../../../spec/contract.ts';
import type { PostedInterruptsEvent } from '../../../spec/posted-interrupts/alphabet.ts';
import type { Parts } from '../parts.ts';
import { skips } from '../skips.ts';
import type { PostedInterruptsState as State } from '../state.ts';
import { isInGuest, runsL2 } from '../update.ts';

/** What the hypervisor does. */
export type HypervisorEvent = Extract<
  PostedInterruptsEvent,
  {
    kind: 'enter' | 'exit' | 'abortEntry' | 'sync' | 'nmi' | 'obstruct' | 'switchApicv' | 'assign' | 'saveRestore';
  }
>;

/** The hypervisor acts. */
export function hypervisorEvent(parts: Parts, state: State, event: HypervisorEvent): State | Skip {
  const { machine } = state;
  const { switching } = parts;
  switch (event.kind) {
    case 'switchApicv':
      if (!machine.canPost) return skips.noDescriptor;
      if (state.vcpus[0].virtual.apicv === event.on) return skips.unchanged;
      return switching.switchApicv(state, event.on);
    case 'assign':
      if (!machine.config.devicePosting) return skips.absent;
      return state.assigned === event.on ? skips.unchanged : switching.assign(state, event.on);
    case 'saveRestore':
      return state.vcpus.some((_, v) => isInGuest(state, v)) ? skips.inGuest : switching.saveRestore(state);
    case 'enter':
    case 'exit':
    case 'abortEntry':
    case 'sync':
    case 'nmi':
    case 'obstruct':
      return vcpuEvent(parts, state, event);
    default:
      return event satisfies never;
  }
}

function vcpuEvent(
  parts: Parts,
  state: State,
  event: Extract<HypervisorEvent, { readonly vcpu: number }>,
): State | Skip {
  const { machine } = state;
  const { entry, sync, switching, hostInterrupt } = parts;
  const { vcpu: v } = event;
  const { schedule, core } = state.vcpus[v];
  switch (event.kind) {
    case 'enter':
    case 'abortEntry':
      if (!schedule.loaded) return skips.unloaded;
      if (schedule.mode !== 0) return skips.inGuest;
      if (core.halted && machine.config.hltExiting) return skips.halted;
      return event.kind === 'enter' ? entry.enter(state, v) : entry.abort(state, v);
    case 'exit':
      return schedule.mode === 0 ? skips.outside : hostInterrupt.timer(state, v);
    case 'sync':
      if (!machine.canPost) return skips.noDescriptor;
      if (!schedule.loaded) return skips.unloaded;
      return schedule.mode === 0 ? sync.sync(state, v) : skips.inGuest;
    case 'nmi':
      if (core.nmi) return skips.unchanged;
      return runsL2(state, v) ? skips.l2 : switching.nmi(state, v);
    case 'obstruct':
      if (core.obstructed) return skips.unchanged;
      return runsL2(state, v) ? skips.l2 : switching.obstruct(state, v);
    default:
      return event satisfies never;
  }
}
