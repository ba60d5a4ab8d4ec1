import type { Skip } from '../../../spec/contract.ts';
import type { PostedInterruptsEvent } from '../../../spec/posted-interrupts/alphabet.ts';
import type { Parts } from '../parts.ts';
import { skips } from '../skips.ts';
import type { PostedInterruptsState as State } from '../state.ts';
import { isPendingOn } from '../update.ts';

/** Direct accesses to the processor (profile `arch`). */
export type ProcessorEvent = Extract<
  PostedInterruptsEvent,
  {
    kind:
      | 'setPending'
      | 'setInService'
      | 'setPriority'
      | 'setStatus'
      | 'setWindow'
      | 'setThreshold'
      | 'setEoiExit'
      | 'setPir'
      | 'setOn'
      | 'setSn'
      | 'signal'
      | 'vmEntry'
      | 'vmExit';
  }
>;

/** Something is written, or a guest entered, as asked. */
export function processorEvent(parts: Parts, state: State, event: ProcessorEvent): State | Skip {
  const { directAccess } = parts;
  const { schedule, virtual } = state.vcpus[0];
  const isOutside = schedule.mode === 0;
  switch (event.kind) {
    case 'setPending':
      return directAccess.setPending(state, event.vector, event.on);
    case 'setInService':
      return directAccess.setInService(state, event.vector, event.on);
    case 'setPriority':
      return directAccess.setPriority(state, event.priority);
    case 'signal':
      return isPendingOn(state, 0, event.physical) ? skips.unchanged : directAccess.signal(state, event.physical);
    case 'setStatus':
      if (!isOutside) return skips.inGuest;
      return virtual.apicv ? directAccess.setVirtual(state, { rvi: event.rvi, svi: event.svi }) : skips.apicvOff;
    case 'setEoiExit':
      if (!isOutside) return skips.inGuest;
      return virtual.apicv ? directAccess.setEoiExit(state, event.vector, event.on) : skips.apicvOff;
    case 'setThreshold':
      if (!isOutside) return skips.inGuest;
      return virtual.apicv ? skips.apicvOn : directAccess.setVirtual(state, { threshold: event.level });
    case 'setWindow':
      return isOutside ? directAccess.setVirtual(state, { window: event.on }) : skips.inGuest;
    case 'setPir':
      return virtual.apicv ? directAccess.setPir(state, event.vector) : skips.apicvOff;
    case 'setOn':
      return virtual.apicv ? directAccess.setDescriptor(state, { on: event.on }) : skips.apicvOff;
    case 'setSn':
      return virtual.apicv ? directAccess.setDescriptor(state, { sn: event.on }) : skips.apicvOff;
    case 'vmEntry':
      if (!isOutside) return skips.inGuest;
      return directAccess.fails(state, event) ? skips.entryFails : directAccess.vmEntry(state, event);
    case 'vmExit':
      return isOutside ? skips.outside : directAccess.vmExit(state);
    default:
      return event satisfies never;
  }
}
