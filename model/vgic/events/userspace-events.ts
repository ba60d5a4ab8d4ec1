import type { Skip } from '../../../spec/contract.ts';
import type { VgicEvent } from '../../../spec/vgic/alphabet.ts';
import type { Parts } from '../parts.ts';
import { skips } from '../skips.ts';
import type { VgicState } from '../state.ts';
import { replying } from '../update.ts';

/** What userspace does. */
export type UserspaceEvent = Extract<
  VgicEvent,
  { kind: 'saveRestore' | 'userSetPending' | 'userLineLevel' | 'userSetActive' | 'userReadPending' }
>;

/** Userspace acts while nobody of the VM runs. */
export function userspaceEvent(parts: Parts, state: VgicState, event: UserspaceEvent): VgicState | Skip {
  const { machine, software } = state;
  const vm = event.kind === 'saveRestore' ? event.vm : machine.vm[event.vcpu];
  if (vm >= machine.config.vms) return skips.absent;
  if (machine.members[vm].some((v) => software.vcpus[v].running)) return skips.vmRuns;
  const { userspace } = parts;
  switch (event.kind) {
    case 'saveRestore':
      return userspace.saveRestore(state, vm);
    case 'userSetPending':
      return userspace.setPending(state, event.vcpu, machine.irq(event.vcpu, event.intid), event.value);
    case 'userLineLevel':
      return userspace.setLine(state, machine.irq(event.vcpu, event.intid), event.value);
    case 'userSetActive':
      return userspace.setActive(state, machine.irq(event.vcpu, event.intid), event.value);
    case 'userReadPending':
      return replying(state, Number(userspace.readPending(state, machine.irq(event.vcpu, event.intid))));
    default:
      return event satisfies never;
  }
}
