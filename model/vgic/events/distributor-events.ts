import type { Skip } from '../../../spec/contract.ts';
import type { VgicEvent } from '../../../spec/vgic/alphabet.ts';
import type { Parts } from '../parts.ts';
import { skips } from '../skips.ts';
import type { VgicState } from '../state.ts';
import { replying } from '../update.ts';
import { isAtRest } from './at-rest.ts';

/** What the guest does with its distributor. */
export type DistributorEvent = Extract<
  VgicEvent,
  {
    kind:
      | 'enable'
      | 'disable'
      | 'setPending'
      | 'clearPending'
      | 'setActive'
      | 'clearActive'
      | 'readPending'
      | 'readActive'
      | 'setPriority'
      | 'setTargets'
      | 'setTrigger'
      | 'setGroup'
      | 'switchDistributor'
      | 'sendSgi'
      | 'setSgiPending'
      | 'clearSgiPending';
  }
>;

/** The guest accesses its distributor, while its virtual CPU is loaded: the access traps, then it takes effect. */
export function distributorEvent(parts: Parts, state: VgicState, event: DistributorEvent): VgicState | Skip {
  const v = event.vcpu;
  if (state.software.vcpus[v].loadedOn < 0) return skips.unloaded;
  const skip = precondition(parts, state, event);
  if (skip !== undefined) return skip;
  return effect(parts, parts.distributorRegisters.trap(state, v), event);
}

function precondition(parts: Parts, state: VgicState, event: DistributorEvent): Skip | undefined {
  const { machine } = state;
  switch (event.kind) {
    case 'setActive':
    case 'clearActive':
      return machine.isSeed2015 ? skips.actor : undefined;
    case 'setTrigger': {
      const i = machine.irq(event.vcpu, event.intid);
      const vm = machine.vm[event.vcpu];
      if (state.software.irqs[i].pIntId !== 0) return skips.notAtRest;
      if (event.intid === 32 && parts.devices.isSpi32High(state, vm)) return skips.notAtRest;
      return isAtRest(parts, state, i) ? undefined : skips.notAtRest;
    }
    case 'setGroup':
      return machine.config.groups === 'both' ? undefined : skips.groups;
    case 'sendSgi':
      return event.filter !== 0 && event.cpus !== 1 ? skips.spelling : undefined;
    case 'setSgiPending':
    case 'clearSgiPending':
      if (machine.isSeed2015) return skips.actor;
      return event.source < machine.members[machine.vm[event.vcpu]].length ? undefined : skips.absent;
    case 'enable':
    case 'disable':
    case 'setPending':
    case 'clearPending':
    case 'readPending':
    case 'readActive':
    case 'setPriority':
    case 'setTargets':
    case 'switchDistributor':
      return undefined;
    default:
      return event satisfies never;
  }
}

/** The access itself; the virtual CPU has exited. */
function effect(parts: Parts, state: VgicState, event: DistributorEvent): VgicState {
  const { distributorRegisters: registers, sgi } = parts;
  const { machine } = state;
  const v = event.vcpu;
  switch (event.kind) {
    case 'enable':
      return registers.enable(state, machine.irq(v, event.intid), v);
    case 'disable':
      return registers.disable(state, machine.irq(v, event.intid));
    case 'setPending':
      return registers.setPending(state, machine.irq(v, event.intid));
    case 'clearPending':
      return registers.clearPending(state, machine.irq(v, event.intid));
    case 'setActive':
    case 'clearActive': {
      const stopped = registers.stopForActive(state, v, event.intid);
      return registers.writeActive(stopped, v, machine.irq(v, event.intid), event.kind === 'setActive');
    }
    case 'readPending':
      return replying(state, Number(registers.readPending(state, machine.irq(v, event.intid))));
    case 'readActive': {
      const stopped = registers.stopForActive(state, v, event.intid);
      return replying(stopped, Number(registers.readActive(stopped, machine.irq(v, event.intid))));
    }
    case 'setPriority':
      return registers.setPriority(state, machine.irq(v, event.intid), event.priority);
    case 'setTargets':
      return registers.setTargets(state, machine.irq(v, event.intid), event.cpus);
    case 'setTrigger':
      return registers.setTrigger(state, machine.irq(v, event.intid), event.trigger === 'edge');
    case 'setGroup':
      return registers.setGroup(state, machine.irq(v, event.intid), event.group);
    case 'switchDistributor':
      return registers.switchDistributor(state, machine.vm[v], event.on);
    case 'sendSgi':
      return sgi.send(state, v, event.sgi, event.filter, event.cpus);
    case 'setSgiPending':
      return sgi.setPending(state, machine.irq(v, event.sgi), event.source);
    case 'clearSgiPending':
      return sgi.clearPending(state, machine.irq(v, event.sgi), event.source);
    default:
      return event satisfies never;
  }
}
