import type { Skip } from '../../../spec/contract.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { lengths, places } from '../../../spec/vmcs12/universe.ts';
import { Part } from '../part.ts';
import { skips } from '../skips.ts';
import type { Vmcs12State as State } from '../state.ts';
import { controls, is64BitMode, isLongMode } from '../update.ts';

/** Instructions of L2 that are there to exit. */
export class ExitingInstructions extends Part {
  vmcall(state: State): State {
    return this.always(state, exitReasons.vmcall, lengths.vmcall);
  }

  cpuid(state: State): State {
    return this.always(state, exitReasons.cpuid, lengths.cpuid);
  }

  /** "CPUID, VMCALL, task switches, INIT and triple faults exit always." */
  private always(state: State, reason: number, instructionLength: number): State {
    this.cite('unconditional-exits');
    return this.parts.execution.instructionExit(state, { reason, instructionLength });
  }

  /** Source 2: JMP. */
  taskSwitch(state: State): State | Skip {
    if (isLongMode(state.l2)) return skips.faults;
    this.cite('unconditional-exits');
    return this.parts.execution.instructionExit(state, {
      reason: exitReasons.taskSwitch,
      qualification: (places.task | (2 << 30)) >>> 0,
      instructionLength: lengths.taskSwitch,
    });
  }

  tripleFault(state: State): State | Skip {
    if (state.l2.shadow !== 0) return skips.shadow;
    this.cite('unconditional-exits');
    return this.parts.exits.exit(state, { reason: exitReasons.tripleFault, by: 'abort' });
  }

  /** One byte to an immediate port. */
  out(state: State): State {
    this.cite('instructions-exit-by-their-controls');
    const { execution } = this.parts;
    if (!controls(state, 'unconditionalIoExiting')) return execution.complete(state, state.l2, lengths.out);
    return execution.instructionExit(state, {
      reason: exitReasons.ioInstruction,
      qualification: (places.port << 16) | (1 << 6),
      instructionLength: lengths.out,
    });
  }

  /** One byte of a string. */
  outs(state: State): State | Skip {
    const { execution, memoryInstructions } = this.parts;
    if (memoryInstructions.cannotAccess(state)) return skips.faults;
    this.cite('instructions-exit-by-their-controls');
    if (!controls(state, 'unconditionalIoExiting')) return execution.complete(state, state.l2, lengths.outs);
    return execution.instructionExit(state, {
      reason: exitReasons.ioInstruction,
      qualification: (places.port << 16) | (1 << 4),
      linearAddress: memoryInstructions.operandAddress(state),
      instructionLength: lengths.outs,
      instructionInformation: this.outsInformation(state),
    });
  }

  /** Segment DS (3) in bits 17:15; address size in bits 9:7: 2 in 64-bit mode, 1 outside. */
  outsInformation({ l2 }: State): number {
    return (3 << 15) | ((is64BitMode(l2) ? 2 : 1) << 7);
  }
}
