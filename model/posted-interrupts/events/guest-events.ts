import type { Skip } from '../../../spec/contract.ts';
import type { PostedInterruptsEvent } from '../../../spec/posted-interrupts/alphabet.ts';
import type { Parts } from '../parts.ts';
import { skips } from '../skips.ts';
import type { PostedInterruptsState as State } from '../state.ts';
import { guestOf, isInGuest, runsL2 } from '../update.ts';

/** What the guest executes. */
export type GuestEvent = Extract<
  PostedInterruptsEvent,
  {
    kind: 'nop' | 'sti' | 'cli' | 'movss' | 'hlt' | 'tpr' | 'cr8' | 'read' | 'selfIpi' | 'eoi' | 'sendIpi' | 'svr';
  }
>;

/** The guest on a virtual CPU executes an instruction. */
export function guestEvent(parts: Parts, state: State, event: GuestEvent): State | Skip {
  const { instructions } = parts;
  const { vcpu: v } = event;
  if (!isInGuest(state, v)) return skips.outside;
  if (state.machine.isInterleaved && !parts.targetOperations.isInGuest(state)) return skips.underWay;
  const { core } = guestOf(state, v);
  if (core.halted) return skips.halted;
  switch (event.kind) {
    case 'nop':
      return instructions.nop(state, v);
    case 'sti':
      return instructions.sti(state, v);
    case 'cli':
      return instructions.cli(state, v);
    case 'movss':
      return core.blocking === 'movss' ? skips.movss : instructions.movSs(state, v);
    case 'hlt':
      return runsL2(state, v) ? skips.l2 : instructions.hlt(state, v);
    case 'tpr':
      return instructions.writeTpr(state, v, event.priority, false);
    case 'cr8':
      return instructions.writeTpr(state, v, event.level << 4, true);
    case 'read':
      return instructions.read(state, v, event.register);
    case 'eoi':
      return instructions.eoi(state, v);
    case 'selfIpi':
      return runsL2(state, v) && event.vector < 16 ? skips.illegalVector : instructions.selfIpi(state, v, event.vector);
    case 'sendIpi':
      return runsL2(state, v) ? skips.l2 : instructions.sendIpi(state, v, event.to, event.vector);
    case 'svr':
      return runsL2(state, v) ? skips.l2 : instructions.svr(state, v, event.on);
    default:
      return event satisfies never;
  }
}
