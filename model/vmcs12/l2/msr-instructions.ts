import type { Skip } from '../../../spec/contract.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { lengths, msrs, optionalMsrs } from '../../../spec/vmcs12/universe.ts';
import { any, cr0, efer, merge } from '../bits.ts';
import { Part } from '../part.ts';
import { skips } from '../skips.ts';
import type { Vmcs12State as State } from '../state.ts';
import { controls, withL2 } from '../update.ts';

const allMsrs = { ...msrs, ...optionalMsrs } as const;

/** An MSR that L2 writes. */
export type MsrName = keyof typeof allMsrs;

/** RDMSR and WRMSR of L2. */
export class MsrInstructions extends Part {
  wrmsr(state: State, msr: MsrName, index: number): State | Skip {
    const value = allMsrs[msr].values[index];
    if (msr === 'bndcfgs' && !state.machine.config.mpx) return skips.absent;
    if (msr === 'efer' && this.changesModeUnderPaging(state, value)) return skips.faults;
    if (this.exits(state, msr)) return this.exit(state, exitReasons.wrmsr, lengths.wrmsr);
    return this.parts.execution.complete(this.written(state, msr, value), state.l2, lengths.wrmsr);
  }

  rdmsr(state: State, msr: MsrName): State {
    if (this.exits(state, msr)) return this.exit(state, exitReasons.rdmsr, lengths.rdmsr);
    return this.parts.execution.complete(state, state.l2, lengths.rdmsr);
  }

  private changesModeUnderPaging(state: State, value: number): boolean {
    return any(value ^ state.l2.efer, efer.lme) && any(this.parts.controlRegisters.effective(state, 'cr0'), cr0.pg);
  }

  /** "exit without 'use MSR bitmaps', and with it if the bit of the MSR is 1" */
  exits(state: State, msr: MsrName): boolean {
    this.cite('msr-access-exits-by-bitmap');
    return !controls(state, 'msrBitmaps') || (state.memory.msrBitmap[msr] ?? false);
  }

  exit(state: State, reason: number, instructionLength: number): State {
    return this.parts.execution.instructionExit(state, { reason, instructionLength });
  }

  written(state: State, msr: MsrName, value: number): State {
    switch (msr) {
      case 'efer':
        return withL2(state, { efer: merge(efer.lma, state.l2.efer, value) });
      case 'perfGlobal':
        this.cite('unswitched-registers-are-in-no-vmcs');
        return { ...state, sharedPerfGlobal: { value } };
      case 'pat':
      case 'sysenterCs':
      case 'sysenterEsp':
      case 'debugctl':
      case 'bndcfgs':
        return withL2(state, { [msr]: value });
      default:
        return msr satisfies never;
    }
  }
}
