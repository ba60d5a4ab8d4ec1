import { activityStates, interruptibility } from '../../../spec/vmx/guest-non-register-state.ts';
import type { Frames } from './frames.ts';
import type { GuestState } from './guest-state.ts';

const { blockingByMovSs, blockingBySti } = interruptibility;

/** Instructions of either level. Up to `iret` they act on the level's own state alone, but for the blocking of NMIs. */
export const nop = 0;
export const sti = 1;
export const cli = 2;
export const movSs = 3;
export const hlt = 4;
export const iret = 5;
export const eoi = 6;
export const tpr = 7;
/** Instructions of L2. */
export const vmcall = 8;
export const invalidOpcode = 9;
export const read = 10;

/** What an instruction does to its level. Returns what blocks after it: "blocking becomes none unless it says otherwise". */
export function carryOut(instruction: number, state: GuestState, frames: Frames): number {
  switch (instruction) {
    case sti: {
      // "STI with IF already 1 does not."
      const blocking = state.interrupts === 0 ? blockingBySti : 0;
      state.interrupts = 1;
      return blocking;
    }
    case cli:
      state.interrupts = 0;
      return 0;
    case movSs:
      return blockingByMovSs;
    case hlt:
      state.activity = activityStates.hlt;
      return 0;
    case iret:
      state.interrupts = frames.pop(state.interrupts);
      return 0;
    default:
      return 0;
  }
}

/** Whether the level that runs executes instructions, and this one: a MOV to SS right after another one is skipped. */
export const executes = (instruction: number, state: GuestState): boolean =>
  state.activity === activityStates.active && !(instruction === movSs && (state.blocking & blockingByMovSs) !== 0);
