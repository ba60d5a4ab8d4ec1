import { interruptibility, pendingDebugExceptions } from '../../../spec/vmx/guest-non-register-state.ts';
import { any, debugctl, put, rflags } from '../bits.ts';
import { Part } from '../part.ts';
import type { L2, Vmcs12State as State, VmExit } from '../state.ts';
import { controls, withL2 } from '../update.ts';

/** The shadow that an instruction sets. */
export const shadowOf = { sti: interruptibility.blockingBySti, movSs: interruptibility.blockingByMovSs } as const;

/** What every instruction of L2 has in common. */
export class Execution extends Part {
  /**
   * An instruction that exits instead of being executed: RIP, shadow and a trap that is held back stay as they are.
   */
  instructionExit(state: State, exit: Omit<VmExit, 'by'> & { readonly instructionLength: number }): State {
    return this.parts.exits.exit(state, { ...exit, by: 'instruction' });
  }

  /**
   * An instruction that completes.
   *
   * @param before L2 before the instruction
   * @param shadow the shadow that the instruction sets
   */
  complete(state: State, before: L2, length: number, shadow = 0): State {
    this.cite('vmcs-is-still-while-l2-runs');
    this.cite('registers-of-l1-are-still-while-l2-runs');
    return this.parts.boundary.reach(this.retired(state, before, length, shadow), this.steps(state));
  }

  /** An instruction that completes, and exits then. */
  completeAndExit(state: State, length: number, exit: Omit<VmExit, 'by'>): State {
    return this.parts.exits.exit(this.retired(state, state.l2, length, 0), { ...exit, by: 'trap' });
  }

  /** Whether an MTF exit is due after each instruction, and after each event. */
  steps(state: State): boolean {
    return controls(state, 'monitorTrapFlag');
  }

  /** RIP is behind the instruction; RF is 0; the shadow of the instruction before has ended. */
  retired(state: State, before: L2, length: number, shadow: number): State {
    const { l2 } = state;
    return withL2(state, {
      rip: (l2.rip + length) >>> 0,
      rflags: put(l2.rflags, rflags.rf, false),
      isRfUndefined: false,
      shadow,
      pendingDebug: l2.pendingDebug | this.singleStep(before),
    });
  }

  /** "An instruction that began with TF = 1 and BTF = 0 ends with a debug trap" */
  singleStep(before: L2): number {
    if (!this.isStepping(before)) return 0;
    this.cite('single-step-traps');
    return pendingDebugExceptions.singleStep;
  }

  isStepping(l2: L2): boolean {
    return any(l2.rflags, rflags.tf) && !any(l2.debugctl, debugctl.btf);
  }

  /** TF and BTF: a branch traps. */
  stepsBranches(l2: L2): boolean {
    return any(l2.rflags, rflags.tf) && any(l2.debugctl, debugctl.btf);
  }
}
