import type { Skip } from '../../../spec/contract.ts';
import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { fieldSpec } from '../../../spec/vmcs12/fields.ts';
import { codeSegments, lengths, tables } from '../../../spec/vmcs12/universe.ts';
import { any, put, rflags } from '../bits.ts';
import { Part } from '../part.ts';
import { skips } from '../skips.ts';
import type { L2, SegmentName, Vmcs12State as State } from '../state.ts';
import { controls, is64BitMode, isLongMode, isUnusable, withL2 } from '../update.ts';
import { shadowOf } from './execution.ts';

/** Instructions of L2 that change segments, tables, flags, RSP and DR7, or halt. */
export class RegisterInstructions extends Part {
  nop(state: State): State {
    return this.done(state, {}, lengths.nop);
  }

  /** "exit with 'MOV-DR exiting', and take effect without" */
  movDr7(state: State, value: number): State {
    this.cite('instructions-exit-by-their-controls');
    if (!controls(state, 'movDrExiting')) return this.done(state, { dr7: value }, lengths.movDr);
    return this.parts.execution.instructionExit(state, {
      reason: exitReasons.drAccess,
      qualification: 0x07,
      instructionLength: lengths.movDr,
    });
  }

  loadSegment(state: State, segment: SegmentName, index: number): State | Skip {
    const { l2 } = state;
    const selector = fieldSpec(`${segment}Selector`).values[index];
    if (selector === undefined) return skips.noValue;
    const loaded = this.parts.memoryInstructions.descriptor(selector);
    const length = segment === 'ldtr' ? lengths.lldt : lengths.loadSegment;
    if (segment !== 'ss') return this.done(state, { [segment]: loaded }, length);
    if (l2.shadow !== 0) return skips.shadow;
    if (isUnusable(loaded) && !is64BitMode(l2)) return skips.faults;
    return this.done(state, { ss: loaded }, length, shadowOf.movSs);
  }

  farJump(state: State, selector: keyof typeof codeSegments): State | Skip {
    const { l2 } = state;
    if (selector === 0x08 && !isLongMode(l2)) return skips.faults;
    if (this.parts.execution.stepsBranches(l2)) return skips.singleStep;
    return this.done(state, { cs: { selector, ...codeSegments[selector] } }, lengths.farJump);
  }

  lgdt(state: State, index: number): State {
    return this.done(state, { gdtr: tables.gdt[index] }, lengths.descriptorTable);
  }

  lidt(state: State, index: number): State {
    return this.done(state, { idtr: tables.idt[index] }, lengths.descriptorTable);
  }

  movRsp(state: State, index: number): State {
    return this.done(state, { rsp: fieldSpec('rsp').values[index] }, lengths.movRsp);
  }

  sti(state: State): State | Skip {
    const { l2 } = state;
    if (l2.shadow !== 0) return skips.shadow;
    if (controls(state, 'nmiWindowExiting')) return skips.stiShadow;
    const shadow = any(l2.rflags, rflags.if) ? 0 : shadowOf.sti;
    return this.done(state, { rflags: put(l2.rflags, rflags.if, true) }, lengths.sti, shadow);
  }

  cli(state: State): State {
    return this.done(state, { rflags: put(state.l2.rflags, rflags.if, false) }, lengths.cli);
  }

  popf(state: State, trapFlag: boolean): State | Skip {
    const { l2 } = state;
    if (any(l2.rflags, rflags.tf) === trapFlag) return skips.unchanged;
    return this.done(state, { rflags: put(l2.rflags, rflags.tf, trapFlag) }, lengths.popf);
  }

  hlt(state: State): State | Skip {
    const { execution } = this.parts;
    const exits = controls(state, 'hltExiting');
    if (!exits && execution.isStepping(state.l2)) return skips.singleStep;
    this.cite('instructions-exit-by-their-controls');
    if (!exits) return this.done(state, { activity: activityStates.hlt }, lengths.hlt);
    return execution.instructionExit(state, { reason: exitReasons.hlt, instructionLength: lengths.hlt });
  }

  private done(state: State, change: Partial<L2>, length: number, shadow = 0): State {
    return this.parts.execution.complete(withL2(state, change), state.l2, length, shadow);
  }
}
