import type { Skip } from '../../spec/contract.ts';
import type { NestedVmxEvent } from '../../spec/nested-vmx/alphabet.ts';
import { activityStates, interruptibility } from '../../spec/vmx/guest-non-register-state.ts';
import { control, type Machine } from './machine.ts';
import type { Shown } from './shown.ts';
import { skips } from './skips.ts';

/** Why an event is skipped; `undefined` if its precondition holds. What L0 keeps has no say. */
export function skipOf(event: NestedVmxEvent, shown: Shown, machine: Machine): Skip | undefined {
  const { kind } = event;
  if (!machine.plays[kind]) return skips.actor;
  if (kind.startsWith('l1')) return skipOfL1(event, shown, machine);
  if (kind.startsWith('l2')) return skipOfL2(kind, shown);
  return skipFromOutside(event, shown, machine);
}

function skipOfL1(event: NestedVmxEvent, { l1 }: Shown, { config }: Machine): Skip | undefined {
  if (!l1.runs) return skips.l2;
  const isHalted = l1.activity !== activityStates.active;
  if (event.kind === 'l1Wait') return isHalted ? undefined : skips.active;
  if (isHalted) return skips.halted;
  const { apicVirtualization } = config;
  switch (event.kind) {
    case 'l1MovSs':
      return l1.blocking & interruptibility.blockingByMovSs ? skips.movss : undefined;
    case 'l1Pend':
      return apicVirtualization === 'none' ? skips.absent : undefined;
    case 'l1Control':
      if (event.control === 'virtualInterruptDelivery' && apicVirtualization === 'none') return skips.absent;
      return event.control === 'postedInterrupts' && apicVirtualization !== 'posted' ? skips.absent : undefined;
    default:
      return undefined;
  }
}

function skipOfL2(kind: NestedVmxEvent['kind'], { l2 }: Shown): Skip | undefined {
  if (!l2.runs) return skips.l1;
  const isActive = l2.activity === activityStates.active;
  if (kind === 'l2Wait') return isActive ? skips.active : undefined;
  if (!isActive) return skips.halted;
  return kind === 'l2MovSs' && l2.blocking & interruptibility.blockingByMovSs ? skips.movss : undefined;
}

function skipFromOutside(event: NestedVmxEvent, { pending, vmcs, l2 }: Shown, machine: Machine): Skip | undefined {
  switch (event.kind) {
    case 'line':
      return event.on === pending.line ? skips.unchanged : undefined;
    case 'pic':
      return event.on === pending.pic ? skips.unchanged : undefined;
    case 'timerExpiry':
      if (!l2.runs) return skips.l1;
      return (vmcs.controls & control.preemptionTimer) === 0 || pending.timer ? skips.noTimer : undefined;
    case 'post':
      return machine.config.apicVirtualization === 'posted' ? undefined : skips.absent;
    default:
      return undefined;
  }
}
