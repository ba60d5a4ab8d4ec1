import type { Skip } from '../../spec/contract.ts';
import { activityStates } from '../../spec/vmx/guest-non-register-state.ts';
import { lengths } from '../../spec/vmcs12/universe.ts';
import {
  bits,
  controls,
  withFields,
  withL2,
  type FaultName,
  type MaskedRegister,
  type MsrName,
  type Vmcs12State as State,
} from '../../model/vmcs12/index.ts';
import { ControlRegisters } from '../../model/vmcs12/l0/control-registers.ts';
import { ApicInstructions } from '../../model/vmcs12/l2/apic-instructions.ts';
import { Boundary } from '../../model/vmcs12/l2/boundary.ts';
import { ControlRegisterInstructions } from '../../model/vmcs12/l2/control-register-instructions.ts';
import { Delivery } from '../../model/vmcs12/l2/delivery.ts';
import { Exceptions } from '../../model/vmcs12/l2/exceptions.ts';
import { ExitingInstructions } from '../../model/vmcs12/l2/exiting-instructions.ts';
import { MemoryInstructions } from '../../model/vmcs12/l2/memory-instructions.ts';
import { MsrInstructions } from '../../model/vmcs12/l2/msr-instructions.ts';
import { RegisterInstructions } from '../../model/vmcs12/l2/register-instructions.ts';
import { fault, kvm, xen } from './define.ts';

const allBits = 0xffff_ffff;

/** Instructions and exceptions of L2: what exits to L1, and what takes effect. */
export const interception = [
  fault({
    id: 'accesses-under-the-mask-do-not-exit',
    breaks: ['masked-bit-that-differs-exits', 'unmasked-bits-take-effect'],
    wrong: "L0 handles writes of CR0 and CR4 itself, L1's guest/host mask or not.",
    seen: [xen('B13', 'nested vmx: fix CR0/CR4 emulation (a83a8aa029)', 2013)],
    parts: {
      controlRegisters: class extends ControlRegisters {
        override exits(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'accesses-that-l0-traps-exit-to-l1',
    breaks: ['unmasked-bits-take-effect', 'masked-bit-that-differs-exits'],
    wrong: 'A write of a bit that only L0 traps exits to L1.',
    seen: [xen('B13', 'nested vmx: fix CR0/CR4 emulation (a83a8aa029)', 2013)],
    parts: {
      controlRegisters: class extends ControlRegisters {
        override exits(state: State, register: MaskedRegister, operand: number, within = allBits): boolean {
          const changes = (operand ^ this.effective(state, register)) & this.takenByL0(state, register);
          return super.exits(state, register, operand, within) || bits.any(changes, within);
        }
      },
    },
  }),
  fault({
    id: 'masked-bit-that-equals-the-shadow-exits',
    breaks: ['masked-bit-that-differs-exits', 'unmasked-bits-take-effect'],
    wrong: "A bit under L1's mask exits where the operand differs from the register, not from the read shadow.",
    parts: {
      controlRegisters: class extends ControlRegisters {
        override exits(state: State, register: MaskedRegister, operand: number, within = allBits): boolean {
          return bits.any((operand ^ this.effective(state, register)) & this.mask(state, register), within);
        }
      },
    },
  }),
  fault({
    id: 'lmsw-is-judged-by-all-bits',
    breaks: ['masked-bit-that-differs-exits'],
    wrong: 'LMSW exits for bits that it cannot write.',
    parts: {
      controlRegisters: class extends ControlRegisters {
        override exits(state: State, register: MaskedRegister, operand: number): boolean {
          return super.exits(state, register, operand);
        }
      },
    },
  }),
  fault({
    id: 'write-back-replaces-the-masked-bits',
    breaks: ['unmasked-bits-take-effect', 'cr0-bits-of-l1-mask-come-back', 'vmcs-is-still-while-l2-runs'],
    wrong: "A write of CR0 that L0 handles puts what L2 wrote into the field, bits under L1's mask included.",
    seen: [xen('B12', 'Nested VMX: CR emulation fix up (ef17e127c4)', 2013)],
    parts: {
      controlRegisters: class extends ControlRegisters {
        override write(state: State, register: MaskedRegister, value: number): State {
          const done = super.write(state, register, value);
          const operand = bits.merge(this.mask(state, register), this.shadow(state, register), value);
          return register === 'cr0' ? withFields(done, { cr0: operand }) : done;
        }
      },
    },
  }),
  fault({
    id: 'write-of-a-bit-that-l0-traps-is-lost',
    breaks: ['unmasked-bits-take-effect', 'cr0-is-what-l2-left', 'cr4-is-what-l2-left'],
    wrong: 'L0 does not carry out what L2 writes to a bit that only L0 traps.',
    parts: {
      controlRegisters: class extends ControlRegisters {
        override write(state: State, register: MaskedRegister, value: number): State {
          const was = this.effective(state, register);
          return super.write(state, register, bits.merge(this.takenByL0(state, register), was, value));
        }
      },
    },
  }),
  fault({
    id: 'l2-reads-the-effective-value',
    breaks: ['l2-reads-the-shadow-under-the-mask', 'state-survives-the-round-trip'],
    wrong: "L2 reads bits under L1's mask as they are, not from the read shadow.",
    seen: [xen('B12', 'Nested VMX: CR emulation fix up (ef17e127c4)', 2013)],
    parts: {
      controlRegisters: class extends ControlRegisters {
        override composedShadow(_state: State, _register: MaskedRegister, value: number): number {
          return value;
        }
      },
    },
  }),
  fault({
    id: 'l2-owns-bits-of-the-mask',
    breaks: ['l2-reads-the-shadow-under-the-mask', 'cr0-bits-of-l1-mask-come-back', 'unmasked-bits-take-effect'],
    wrong: "L0 gives L2 TS of CR0 and PGE of CR4, though L1's mask has them.",
    parts: {
      controlRegisters: class extends ControlRegisters {
        override owned(state: State, register: MaskedRegister): number {
          const given = register === 'cr0' ? bits.cr0.ts : bits.cr4.pge;
          return (super.owned(state, register) | (given & ~this.takenByL0(state, register))) >>> 0;
        }
      },
    },
  }),
  fault({
    id: 'cr3-targets-are-not-looked-at',
    breaks: ['cr3-load-exits-by-control-and-targets'],
    wrong: 'MOV to CR3 exits though the operand is a CR3-target value.',
    parts: {
      controlRegisterInstructions: class extends ControlRegisterInstructions {
        override isTarget(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'msr-bitmap-is-looked-at-without-the-control',
    breaks: ['msr-access-exits-by-bitmap'],
    wrong: 'The MSR bitmap decides without "use MSR bitmaps", too.',
    parts: {
      msrInstructions: class extends MsrInstructions {
        override exits({ memory }: State, msr: MsrName): boolean {
          return memory.msrBitmap[msr] ?? false;
        }
      },
    },
  }),
  fault({
    id: 'out-does-not-exit',
    breaks: ['instructions-exit-by-their-controls'],
    wrong: 'OUT takes effect, whatever "unconditional I/O exiting" is.',
    parts: {
      exitingInstructions: class extends ExitingInstructions {
        override out(state: State): State {
          return this.parts.execution.complete(state, state.l2, lengths.out);
        }
      },
    },
  }),
  fault({
    id: 'hlt-does-not-exit',
    breaks: ['instructions-exit-by-their-controls'],
    wrong: 'HLT halts L2, whatever "HLT exiting" is.',
    parts: {
      registerInstructions: class extends RegisterInstructions {
        override hlt(state: State): State | Skip {
          if (!controls(state, 'hltExiting')) return super.hlt(state);
          const halted = withL2(state, { activity: activityStates.hlt });
          return this.parts.execution.complete(halted, state.l2, lengths.hlt);
        }
      },
    },
  }),
  fault({
    id: 'cpuid-does-not-exit',
    breaks: ['unconditional-exits'],
    wrong: 'L0 emulates CPUID and goes on with L2.',
    parts: {
      exitingInstructions: class extends ExitingInstructions {
        override cpuid(state: State): State {
          return this.parts.execution.complete(state, state.l2, lengths.cpuid);
        }
      },
    },
  }),
  fault({
    id: 'page-fault-is-not-filtered-by-its-error-code',
    breaks: ['exception-exits-by-bitmap', 'qualification-of-an-exception'],
    wrong: 'A page fault exits by its bit of the exception bitmap alone.',
    seen: [kvm('B08', 'KVM: nVMX: fixes to nested virt interrupt injection (b96fb439774e)', 2017)],
    parts: {
      exceptions: class extends Exceptions {
        override pageFaultExits(state: State): boolean {
          return controls(state, 'interceptPf');
        }
      },
    },
  }),
  fault({
    id: 'page-fault-that-exits-loads-cr2',
    breaks: ['direct-exit-changes-no-shared-register'],
    wrong: 'A page fault that exits loads CR2.',
    parts: {
      exceptions: class extends Exceptions {
        override directly(state: State, name: FaultName): State {
          const isPageFault = name === 'pf' || name === 'pfWrite';
          return isPageFault ? { ...state, shared: { ...state.shared, cr2: 0x5678 } } : state;
        }
      },
    },
  }),
  fault({
    id: 'debug-trap-that-exits-changes-dr6',
    breaks: ['direct-exit-changes-no-shared-register', 'debugctl-is-saved-with-debug-controls'],
    wrong: 'A debug trap that exits updates DR6, and clears LBR and BTF.',
    parts: {
      boundary: class extends Boundary {
        override debugTrapExit(state: State, causes: number): State {
          return super.debugTrapExit(this.updated(state, causes), causes);
        }
      },
    },
  }),
  fault({
    id: 'injected-page-fault-loads-cr2',
    breaks: ['injected-fault-leaves-cr2'],
    wrong: 'An injected page fault loads CR2.',
    parts: {
      delivery: class extends Delivery {
        override loadsCr2(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'misconfigured-access-takes-effect',
    breaks: ['ept-violation-of-l1-exits'],
    wrong: "An access that L1's EPT finds misconfigured is handled by L0.",
    parts: {
      memoryInstructions: class extends MemoryInstructions {
        override access(state: State, what: 'read' | 'write' | 'misconfigured'): State | Skip {
          if (what !== 'misconfigured' || !controls(state, 'ept')) return super.access(state, what);
          return this.parts.execution.complete(state, state.l2, lengths.access);
        }
      },
    },
  }),
  fault({
    id: 'eoi-does-not-exit',
    breaks: ['apic-exits-by-controls'],
    wrong: 'An EOI does not look at the EOI-exit bitmap.',
    parts: {
      apicInstructions: class extends ApicInstructions {
        override eoiExits(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'mov-to-cr8-does-not-exit',
    breaks: ['apic-exits-by-controls'],
    wrong: 'A MOV to CR8 does not look at the TPR threshold.',
    parts: {
      apicInstructions: class extends ApicInstructions {
        override movCr8(state: State): State | Skip {
          const exited = super.movCr8(state);
          if (!('platform' in exited)) return exited;
          return this.parts.execution.complete(state, state.l2, lengths.movCr8);
        }
      },
    },
  }),
] as const;
