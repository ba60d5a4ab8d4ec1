import { instructionLengths, readViolation } from '../../../spec/nested-vmx/universe.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { activityStates, interruptibility } from '../../../spec/vmx/guest-non-register-state.ts';
import { invalidOpcode } from '../events.ts';
import { control } from '../machine.ts';
import { Part } from '../part.ts';
import type { Core, Guest } from '../state.ts';
import { plainExit, type VmExit } from './vm-exit.ts';

/** Instructions that change nothing but the registers of the level. */
export type RegisterInstruction = 'nop' | 'sti' | 'cli' | 'movSs' | 'hlt' | 'iret';

/** Instructions of L2 that L1, or the processor, may intercept. */
export type Interceptable = 'hlt' | 'vmcall' | 'invalidOpcode' | 'read' | 'apicAccess';

/** What instructions do, at either level. */
export class Instructions extends Part {
  /** The registers after an instruction that completes. */
  effect(core: Core, instruction: RegisterInstruction): Core {
    switch (instruction) {
      case 'nop':
        return this.completed(core);
      case 'sti':
        return this.sti(core);
      case 'cli':
        return { ...this.completed(core), interruptFlag: false };
      case 'movSs':
        return this.movSs(core);
      case 'hlt':
        return { ...this.completed(core), activity: activityStates.hlt };
      case 'iret':
        return this.iret(core);
      default:
        return instruction satisfies never;
    }
  }

  /** Blocking has ended, the next instruction is another one. */
  completed(core: Core): Core {
    return { ...core, blocking: 0, steps: (core.steps + 1) & 0xff, handler: 0 };
  }

  /** "STI that sets IF blocks interrupts until the next instruction …; STI with IF already 1 does not." */
  sti(core: Core): Core {
    this.cite('interrupt-after-the-first-opening');
    const blocking = core.interruptFlag ? 0 : interruptibility.blockingBySti;
    return { ...this.completed(core), interruptFlag: true, blocking };
  }

  /** "MOV to SS blocks interrupts until the next instruction of that level has completed." */
  movSs(core: Core): Core {
    this.cite('mov-ss-blocks-one-instruction');
    return { ...this.completed(core), blocking: interruptibility.blockingByMovSs };
  }

  /** "the IRET of the handler brings the IF that was pushed" */
  iret(core: Core): Core {
    const { frames } = core;
    if (frames === 1) return this.completed(core);
    this.cite('delivery-clears-if-and-iret-restores-it');
    return { ...this.completed(core), interruptFlag: (frames & 1) === 1, frames: frames >> 1 };
  }

  /** "IRET of L2 ends the blocking of NMIs without 'NMI exiting', virtual-NMI blocking with 'virtual NMIs', and neither …" */
  nmiBlockingAfterIret({ nmiBlocking }: Core, controls: number): boolean {
    this.cite('iret-and-nmi-blocking');
    const isReal = (controls & control.virtualNmis) === 0;
    return isReal && (controls & control.nmiExiting) !== 0 ? nmiBlocking : false;
  }

  /** A guest in VMX non-root operation after an instruction that completes. */
  complete(guest: Guest, instruction: RegisterInstruction): Guest {
    const after = this.effect(guest.core, instruction);
    const core =
      instruction === 'iret' ? { ...after, nmiBlocking: this.nmiBlockingAfterIret(after, guest.controls) } : after;
    return { ...guest, core, mtf: this.mtfAfterInstruction(guest) };
  }

  /** "exits with reason 37 at the boundary after each instruction that completes" */
  mtfAfterInstruction({ controls, mtf }: Guest): boolean {
    if ((controls & control.monitorTrapFlag) === 0) return mtf;
    this.cite('mtf-exits-after-each-instruction');
    return true;
  }

  /** The exit that an instruction causes in its stead under some controls; `undefined` if it is executed. */
  intercept(controls: number, instruction: Interceptable): VmExit | undefined {
    switch (instruction) {
      case 'hlt':
        return this.interceptsHlt(controls) ? this.exitOf(exitReasons.hlt, instructionLengths.hlt) : undefined;
      case 'vmcall':
        return this.exitOf(exitReasons.vmcall, instructionLengths.vmcall);
      case 'apicAccess':
        return this.interceptsApic(controls) ? this.exitOf(exitReasons.wrmsr, instructionLengths.wrmsr) : undefined;
      case 'invalidOpcode':
        return this.interceptsInvalidOpcode(controls)
          ? { ...plainExit(exitReasons.exceptionOrNmi), information: invalidOpcode }
          : undefined;
      case 'read':
        return { ...plainExit(exitReasons.eptViolation), qualification: readViolation };
      default:
        return instruction satisfies never;
    }
  }

  private exitOf(reason: number, length: number): VmExit {
    return { ...plainExit(reason), length };
  }

  /** "With "HLT exiting", HLT" */
  interceptsHlt(controls: number): boolean {
    this.cite('vmcall-exits');
    return (controls & control.hltExiting) !== 0;
  }

  /** "Without the EOI and TPR registers let through" */
  interceptsApic(controls: number): boolean {
    return (controls & control.apicAccess) === 0;
  }

  interceptsInvalidOpcode(controls: number): boolean {
    return (controls & control.invalidOpcodeExiting) !== 0;
  }
}
