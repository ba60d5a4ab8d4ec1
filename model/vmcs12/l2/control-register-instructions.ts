import type { Skip } from '../../../spec/contract.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { lengths } from '../../../spec/vmcs12/universe.ts';
import { accessRights, any, cr0, cr4, efer, merge, put } from '../bits.ts';
import { Part } from '../part.ts';
import { skips } from '../skips.ts';
import type { Vmcs12State as State } from '../state.ts';
import { controls, fieldOf, is64BitMode, isUnusable, withL2 } from '../update.ts';

/** The bits that LMSW can change; PE is always 1. */
const machineStatus = 0xe;

/** Instructions of L2 that write control registers. */
export class ControlRegisterInstructions extends Part {
  movCr0(state: State, operand: number): State | Skip {
    const { controlRegisters, execution } = this.parts;
    const value = controlRegisters.afterMove(state, 'cr0', operand);
    if (this.movCr0Faults(state, value)) return skips.faults;
    if (controlRegisters.exits(state, 'cr0', operand)) return this.exit(state, 0x00, lengths.movCr);
    const written = controlRegisters.write(state, 'cr0', value);
    return execution.complete(this.withPaging(state, written), state.l2, lengths.movCr);
  }

  private movCr0Faults(state: State, value: number): boolean {
    const { l2 } = state;
    const was = this.parts.paging.isOn(state);
    const willBe = any(value, cr0.pg);
    if (!willBe && (!controls(state, 'ept') || is64BitMode(l2))) return true;
    if (!was && willBe && any(l2.efer, efer.lme) && any(l2.cs.accessRights, accessRights.long)) return true;
    return was && !willBe && isUnusable(l2.ss);
  }

  /** EFER.LMA follows paging; PAE paging begins with the PDPTEs in memory. */
  private withPaging(before: State, state: State): State {
    const { paging } = this.parts;
    const isOn = paging.isOn(state);
    if (isOn === paging.isOn(before)) return state;
    const { efer: value } = state.l2;
    return paging.withPdptes(withL2(state, { efer: put(value, efer.lma, isOn && any(value, efer.lme)) }));
  }

  movCr4(state: State, operand: number): State | Skip {
    const { controlRegisters, execution, paging } = this.parts;
    const value = controlRegisters.afterMove(state, 'cr4', operand);
    if (!any(value, cr4.vmxe)) return skips.faults;
    if (controlRegisters.exits(state, 'cr4', operand)) return this.exit(state, 0x04, lengths.movCr);
    const flips = any(value ^ controlRegisters.effective(state, 'cr4'), cr4.pge);
    const written = controlRegisters.write(state, 'cr4', value);
    return execution.complete(flips ? paging.withPdptes(written) : written, state.l2, lengths.movCr);
  }

  /** "exits with 'CR3-load exiting', unless the operand is a CR3-target value" */
  movCr3(state: State, value: number): State {
    this.cite('cr3-load-exits-by-control-and-targets');
    if (controls(state, 'cr3LoadExiting') && !this.isTarget(state, value)) return this.exit(state, 0x03, lengths.movCr);
    const loaded = this.parts.paging.withPdptes(withL2(state, { cr3: value }));
    return this.parts.execution.complete(loaded, state.l2, lengths.movCr);
  }

  isTarget(state: State, value: number): boolean {
    return fieldOf(state, 'cr3TargetCount') > 0 && fieldOf(state, 'cr3Target0') === value;
  }

  /** CLTS writes 0 to TS: it exits if TS is in the mask and 1 in the read shadow, and does nothing if it is 0 there. */
  clts(state: State): State {
    const { controlRegisters, execution } = this.parts;
    const operand = put(controlRegisters.shadow(state, 'cr0'), cr0.ts, false);
    if (controlRegisters.exits(state, 'cr0', operand)) return this.exit(state, 0x20, lengths.clts);
    const mask = controlRegisters.mask(state, 'cr0');
    const value = put(controlRegisters.effective(state, 'cr0'), cr0.ts & ~mask, false);
    return execution.complete(controlRegisters.write(state, 'cr0', value), state.l2, lengths.clts);
  }

  lmsw(state: State, operand: number): State | Skip {
    const { controlRegisters, execution, memoryInstructions } = this.parts;
    if (memoryInstructions.cannotAccess(state)) return skips.faults;
    if (controlRegisters.exits(state, 'cr0', operand, machineStatus)) return this.lmswExit(state, operand);
    const value = controlRegisters.effective(state, 'cr0');
    const bits = machineStatus & ~controlRegisters.mask(state, 'cr0');
    return execution.complete(
      controlRegisters.write(state, 'cr0', merge(bits, operand, value)),
      state.l2,
      lengths.lmsw,
    );
  }

  private lmswExit(state: State, operand: number): State {
    return this.parts.execution.instructionExit(state, {
      reason: exitReasons.crAccess,
      qualification: (operand << 16) | 0x70,
      linearAddress: this.parts.memoryInstructions.operandAddress(state),
      instructionLength: lengths.lmsw,
    });
  }

  private exit(state: State, qualification: number, instructionLength: number): State {
    return this.parts.execution.instructionExit(state, {
      reason: exitReasons.crAccess,
      qualification,
      instructionLength,
    });
  }
}
