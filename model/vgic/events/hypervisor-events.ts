import type { Skip } from '../../../spec/contract.ts';
import type { VgicEvent } from '../../../spec/vgic/alphabet.ts';
import { virtualInterrupts } from '../../../spec/vgic/universe.ts';
import type { Parts } from '../parts.ts';
import { skips } from '../skips.ts';
import type { VgicState } from '../state.ts';
import { replying } from '../update.ts';
import { isAtRest } from './at-rest.ts';

/** What the hypervisor and its scheduler do. */
export type HypervisorEvent = Extract<
  VgicEvent,
  {
    kind:
      | 'enter'
      | 'exit'
      | 'abortEntry'
      | 'load'
      | 'put'
      | 'hostIrq'
      | 'wakes'
      | 'mapPhysical'
      | 'unmapPhysical'
      | 'resetVcpu';
  }
>;

/** The hypervisor acts. */
export function hypervisorEvent(parts: Parts, state: VgicState, event: HypervisorEvent): VgicState | Skip {
  switch (event.kind) {
    case 'hostIrq':
      if (event.pcpu >= state.machine.config.pcpus) return skips.absent;
      return parts.hostInterrupt.take(state, event.pcpu) ?? skips.nothingSignalled;
    case 'mapPhysical':
    case 'unmapPhysical':
      return mapping(parts, state, event.intid, event.kind === 'mapPhysical');
    case 'enter':
    case 'exit':
    case 'abortEntry':
    case 'load':
    case 'put':
    case 'wakes':
    case 'resetVcpu':
      return vcpuEvent(parts, state, event);
    default:
      return event satisfies never;
  }
}

function vcpuEvent(
  parts: Parts,
  state: VgicState,
  event: Extract<HypervisorEvent, { vcpu: number }>,
): VgicState | Skip {
  const { run } = parts;
  const v = event.vcpu;
  const { loadedOn, running } = state.software.vcpus[v];
  switch (event.kind) {
    case 'enter':
    case 'abortEntry':
      if (loadedOn < 0) return skips.unloaded;
      if (running) return skips.running;
      return event.kind === 'enter' ? run.enter(state, v) : run.abort(state, v);
    case 'exit':
      return running ? run.exit(state, v) : skips.idle;
    case 'load':
      if (event.pcpu >= state.machine.config.pcpus) return skips.absent;
      if (loadedOn >= 0) return skips.loaded;
      if (state.software.vcpus.some((other) => other.loadedOn === event.pcpu)) return skips.taken;
      return run.load(state, v, event.pcpu);
    case 'put':
      if (loadedOn < 0) return skips.unloaded;
      return running ? skips.running : run.put(state, v);
    case 'wakes':
      return running ? skips.running : replying(state, Number(parts.wake.wakes(state, v)));
    case 'resetVcpu':
      if (state.machine.isSeed2015) return skips.actor;
      return loadedOn >= 0 ? skips.loaded : parts.timer.reset(state, v);
    default:
      return event satisfies never;
  }
}

/** Maps an SPI of VM 0, or drops the mapping, while both sides are at rest. */
function mapping(parts: Parts, state: VgicState, intid: number, maps: boolean): VgicState | Skip {
  const { machine, software } = state;
  if (machine.isSeed2015) return skips.actor;
  const i = machine.spi(0, intid);
  const irq = software.irqs[i];
  if ((irq.pIntId !== 0) === maps) return skips.unchanged;
  const { trigger, pIntId = 0 } = virtualInterrupts[irq.id.bit];
  if (!isAtRest(parts, state, i) || irq.edge !== (trigger === 'edge')) return skips.notAtRest;
  if (parts.mapping.isPhysicalHeld(state, { ...irq, pIntId })) return skips.notAtRest;
  return maps ? parts.mapping.map(state, i, pIntId) : parts.mapping.unmap(state, i);
}
