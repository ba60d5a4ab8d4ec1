import { exitReasons } from '../../spec/vmx/exit-reasons.ts';
import { eventTypes, interruptionInformation } from '../../spec/vmx/interruption-information.ts';
import {
  fieldOf,
  written,
  type EventInFlight,
  type FieldValues,
  type Vmcs,
  type Vmcs12State as State,
  type VmExit,
} from '../../model/vmcs12/index.ts';
import { ExitInformation, typeOf } from '../../model/vmcs12/exit/exit-information.ts';
import { Signals } from '../../model/vmcs12/l2/signals.ts';
import { Exceptions } from '../../model/vmcs12/l2/exceptions.ts';
import { bochs, fault, xen } from './define.ts';

const nmi = 0x8000_0202;

/** Exit reason, qualification, addresses, interruption and IDT-vectoring information, length and information. */
export const exitInformation = [
  fault({
    id: 'exit-reason-is-a-half-word',
    breaks: ['exit-reason-is-whole'],
    wrong: 'Only the low half of the exit reason is written: bit 31 of a failed entry stays.',
    parts: {
      exitInformation: class extends ExitInformation {
        override values(state: State, exit: VmExit): FieldValues {
          const values = super.values(state, exit);
          return { ...values, exitReason: ((fieldOf(state, 'exitReason') & 0xffff_0000) | exit.reason) >>> 0 };
        }
      },
    },
  }),
  fault({
    id: 'qualification-is-that-of-an-earlier-exit',
    breaks: ['qualification-is-zero-without-one'],
    wrong: 'An exit whose reason defines no qualification leaves that of an earlier one.',
    parts: {
      exitInformation: class extends ExitInformation {
        override values(state: State, exit: VmExit): FieldValues {
          const { exitQualification = 0, ...rest } = super.values(state, exit);
          return exit.qualification === undefined ? rest : { ...rest, exitQualification };
        }
      },
    },
  }),
  fault({
    id: 'address-of-a-page-fault-is-left-to-cr2',
    breaks: ['qualification-of-an-exception'],
    wrong: 'The exit of a page fault has qualification 0, as the address belongs to CR2.',
    parts: {
      exitInformation: class extends ExitInformation {
        override qualification(exit: VmExit): number {
          return (exit.interruption ?? 0) & 0x800 ? 0 : super.qualification(exit);
        }
      },
    },
  }),
  fault({
    id: 'cause-of-a-debug-trap-is-not-reported',
    breaks: ['qualification-of-an-exception'],
    wrong: 'The exit of a debug trap has qualification 0.',
    parts: {
      exitInformation: class extends ExitInformation {
        override qualification(exit: VmExit): number {
          return exit.interruption === 0x8000_0301 ? 0 : super.qualification(exit);
        }
      },
    },
  }),
  fault({
    id: 'source-of-lmsw-is-not-reported',
    breaks: ['qualification-of-register-and-port-accesses'],
    wrong: 'The exit of LMSW does not report its source operand.',
    parts: {
      exitInformation: class extends ExitInformation {
        override qualification(exit: VmExit): number {
          const qualification = super.qualification(exit);
          return exit.reason === exitReasons.crAccess ? qualification & 0xffff : qualification;
        }
      },
    },
  }),
  fault({
    id: 'port-of-out-is-not-reported',
    breaks: ['qualification-of-register-and-port-accesses'],
    wrong: 'An I/O exit does not report the port.',
    parts: {
      exitInformation: class extends ExitInformation {
        override qualification(exit: VmExit): number {
          const qualification = super.qualification(exit);
          return exit.reason === exitReasons.ioInstruction ? qualification & 0xffff : qualification;
        }
      },
    },
  }),
  fault({
    id: 'ept-violation-has-no-linear-address',
    breaks: ['qualification-of-an-ept-violation'],
    wrong: 'The qualification of an EPT violation says that there is no linear address.',
    parts: {
      exitInformation: class extends ExitInformation {
        override qualification(exit: VmExit): number {
          const qualification = super.qualification(exit);
          return exit.reason === exitReasons.eptViolation ? qualification & ~0x80 : qualification;
        }
      },
    },
  }),
  fault({
    id: 'access-during-delivery-is-a-write',
    breaks: ['qualification-of-other-exits'],
    wrong: 'An APIC access during the delivery of an event is reported as a data write.',
    parts: {
      exitInformation: class extends ExitInformation {
        override qualification(exit: VmExit): number {
          const qualification = super.qualification(exit);
          if (exit.reason !== exitReasons.apicAccess || exit.inFlight === undefined) return qualification;
          return (qualification & 0xfff) | (1 << 12);
        }
      },
    },
  }),
  fault({
    id: 'vector-of-an-eoi-is-not-reported',
    breaks: ['qualification-of-other-exits'],
    wrong: 'A virtualized EOI exits with qualification 0.',
    parts: {
      exitInformation: class extends ExitInformation {
        override qualification(exit: VmExit): number {
          return exit.reason === exitReasons.virtualizedEoi ? 0 : super.qualification(exit);
        }
      },
    },
  }),
  fault({
    id: 'linear-address-is-written-by-ept-violations-alone',
    breaks: ['linear-address-of-accesses'],
    wrong: 'LMSW from memory and OUTS do not write the guest-linear address.',
    parts: {
      exitInformation: class extends ExitInformation {
        override addresses(exit: VmExit): FieldValues {
          return exit.physicalAddress === undefined ? {} : super.addresses(exit);
        }
      },
    },
  }),
  fault({
    id: 'physical-address-is-not-written-by-misconfigurations',
    breaks: ['physical-address-of-ept-exits'],
    wrong: 'An EPT misconfiguration does not write the guest-physical address.',
    parts: {
      exitInformation: class extends ExitInformation {
        override addresses(exit: VmExit): FieldValues {
          return exit.reason === exitReasons.eptMisconfiguration ? {} : super.addresses(exit);
        }
      },
    },
  }),
  fault({
    id: 'interruption-is-that-of-a-physical-exit',
    breaks: ['interruption-valid-bit-is-always-right', 'exit-information-is-of-this-exit'],
    wrong: 'The valid bit of the interruption information is inherited from an exit that L0 handled (M-11).',
    parts: {
      exitInformation: class extends ExitInformation {
        override invalid(state: State, field: 'exitInterruption' | 'idtVectoring'): number {
          return field === 'exitInterruption' ? (state.l0.vmcs02[field] ?? 0) : super.invalid(state, field);
        }
      },
    },
  }),
  fault({
    id: 'idt-vectoring-is-that-of-a-physical-exit',
    breaks: ['idt-vectoring-valid-bit-is-always-right', 'exit-information-is-of-this-exit'],
    wrong: 'The valid bit of the IDT-vectoring information is inherited from an exit that L0 handled (M-11).',
    parts: {
      exitInformation: class extends ExitInformation {
        override invalid(state: State, field: 'exitInterruption' | 'idtVectoring'): number {
          return field === 'idtVectoring' ? (state.l0.vmcs02[field] ?? 0) : super.invalid(state, field);
        }
      },
    },
  }),
  fault({
    id: 'exit-information-is-not-recorded-anew',
    breaks: ['exit-information-is-of-this-exit', 'interruption-valid-bit-is-always-right'],
    wrong: 'The interruption information is left where the exit has none.',
    parts: {
      exitInformation: class extends ExitInformation {
        override record(state: State, exit: VmExit): Vmcs {
          const vmcs = super.record(state, exit);
          const { interruption } = exit;
          return interruption === undefined
            ? written(vmcs, { exitInterruption: fieldOf(state, 'exitInterruption') })
            : vmcs;
        }
      },
    },
  }),
  fault({
    id: 'nmi-exits-without-interruption-information',
    breaks: ['interruption-of-an-nmi', 'interruption-valid-bit-is-always-right'],
    wrong: 'An NMI that exits has a reason, and no interruption information.',
    seen: [xen('B11', 'Nested VMX: Setup the virtual NMI exiting info (136058cc5c)', 2013)],
    parts: {
      exitInformation: class extends ExitInformation {
        override interruption(state: State, exit: VmExit): number {
          const { interruption, ...rest } = exit;
          return super.interruption(state, interruption === nmi ? rest : exit);
        }
      },
    },
  }),
  fault({
    id: 'interrupt-is-acknowledged-always',
    breaks: ['interruption-of-an-acknowledged-interrupt', 'interruption-valid-bit-is-always-right'],
    wrong: 'An external-interrupt exit reports its vector without "acknowledge interrupt on exit", too.',
    seen: [xen('A02', 'x86/vvmx: fix VM_EXIT_ACK_INTR_ON_EXIT handling (a8effbffe5)', 2020)],
    parts: {
      signals: class extends Signals {
        override acknowledged(_state: State, vector: number): number {
          return (0x8000_0000 | vector) >>> 0;
        }
      },
    },
  }),
  fault({
    id: 'interrupt-is-never-acknowledged',
    breaks: ['interruption-of-an-acknowledged-interrupt', 'interruption-valid-bit-is-always-right'],
    wrong: 'An external-interrupt exit does not report its vector, whatever "acknowledge interrupt on exit" is.',
    parts: {
      signals: class extends Signals {
        override acknowledged(): undefined {
          return undefined;
        }
      },
    },
  }),
  fault({
    id: 'exception-exits-without-error-code',
    breaks: ['interruption-of-an-exception', 'error-codes-are-those-of-the-events'],
    wrong: 'The interruption information of an exception says that there is no error code.',
    parts: {
      exitInformation: class extends ExitInformation {
        override interruption(state: State, exit: VmExit): number {
          const { errorCode, valid } = interruptionInformation;
          const information = super.interruption(state, exit);
          return information >= valid ? (information & ~errorCode) >>> 0 : information;
        }
      },
    },
  }),
  fault({
    id: 'iret-that-unblocked-nmis-is-not-told',
    breaks: ['interruption-says-iret-unblocked-nmis'],
    wrong: 'Bit 12 of the interruption information, and of the qualification of an EPT violation, is never set.',
    parts: {
      exceptions: class extends Exceptions {
        override withUnblocking(word: number): number {
          return word;
        }
      },
    },
  }),
  fault({
    id: 'bit-12-is-set-while-nmis-are-blocked',
    breaks: ['interruption-says-iret-unblocked-nmis', 'interruption-of-an-exception'],
    wrong: 'Bit 12 of the interruption information is set for every exception while NMIs are blocked.',
    parts: {
      exitInformation: class extends ExitInformation {
        override interruption(state: State, exit: VmExit): number {
          const information = super.interruption(state, exit);
          const isException = typeOf(exit.interruption ?? 0) === eventTypes.hardwareException;
          if (!isException || !state.l2.nmiBlocking) return information;
          return (information | interruptionInformation.nmiUnblockingDueToIret) >>> 0;
        }
      },
    },
  }),
  fault({
    id: 'error-code-is-sign-extended',
    breaks: ['error-codes-are-those-of-the-events'],
    wrong: 'Bits 31:16 of an error code are 1.',
    parts: {
      exitInformation: class extends ExitInformation {
        override errorCode(code: number): number {
          return (super.errorCode(code) | 0xffff_0000) >>> 0;
        }
      },
    },
  }),
  fault({
    id: 'idt-vectoring-error-code-is-not-written',
    breaks: ['error-codes-are-those-of-the-events'],
    wrong: 'The error code of the event in flight is not written.',
    parts: {
      exitInformation: class extends ExitInformation {
        override values(state: State, exit: VmExit): FieldValues {
          const { idtVectoringErrorCode: _, ...rest } = super.values(state, exit);
          return rest;
        }
      },
    },
  }),
  fault({
    id: 'idt-vectoring-reports-injected-events-alone',
    breaks: ['idt-vectoring-valid-bit-is-always-right', 'idt-vectoring-reports-the-event'],
    wrong: 'IDT-vectoring information is invalid where L2 itself raised the event whose delivery exits.',
    parts: {
      exitInformation: class extends ExitInformation {
        override idtVectoring(state: State, inFlight: EventInFlight | undefined): number {
          return super.idtVectoring(state, inFlight?.isInjected ? inFlight : undefined);
        }
      },
    },
  }),
  fault({
    id: 'idt-vectoring-has-no-type',
    breaks: ['idt-vectoring-reports-the-event'],
    wrong: 'IDT-vectoring information reports every event as an external interrupt.',
    parts: {
      exitInformation: class extends ExitInformation {
        override idtVectoring(state: State, inFlight: EventInFlight | undefined): number {
          const information = super.idtVectoring(state, inFlight);
          return inFlight === undefined ? information : (information & ~interruptionInformation.typeMask) >>> 0;
        }
      },
    },
  }),
  fault({
    id: 'instruction-length-is-that-of-an-earlier-exit',
    breaks: ['instruction-length-of-an-instruction', 'exception-exits-by-bitmap'],
    wrong: 'The instruction length is not written by INT3 and INT1 that exit, nor by accesses to control registers.',
    seen: [bochs('B25', 'fixed bug 3548108 VMEXIT instruction length Not always getting updated (e0729e32b)', 2012)],
    parts: {
      exitInformation: class extends ExitInformation {
        override instruction(exit: VmExit): FieldValues {
          const { instructionLength: _, ...rest } = exit;
          const isForgotten = exit.reason === exitReasons.exceptionOrNmi || exit.reason === exitReasons.crAccess;
          return super.instruction(isForgotten ? rest : exit);
        }
      },
    },
  }),
  fault({
    id: 'length-of-an-injected-event-is-not-reported',
    breaks: ['instruction-length-of-an-event-in-flight'],
    wrong: 'An exit during the delivery of an injected software event reports the length of VMRESUME.',
    parts: {
      exitInformation: class extends ExitInformation {
        override lengthInFlight(inFlight: EventInFlight | undefined): number | undefined {
          const length = super.lengthInFlight(inFlight);
          return length !== undefined && inFlight?.isInjected ? 3 : length;
        }
      },
    },
  }),
  fault({
    id: 'outs-has-no-instruction-information',
    breaks: ['instruction-information-of-outs'],
    wrong: 'OUTS does not write the VM-exit instruction information.',
    parts: {
      exitInformation: class extends ExitInformation {
        override instruction(exit: VmExit): FieldValues {
          const { instructionInformation: _, ...rest } = exit;
          return super.instruction(rest);
        }
      },
    },
  }),
  fault({
    id: 'int1-is-a-hardware-exception',
    breaks: ['type-of-int1', 'interruption-of-an-exception'],
    wrong: 'INT1 that exits has type 3, though the processor says type 5.',
    config: { int1Type: 5 },
    parts: {
      exitInformation: class extends ExitInformation {
        override interruption(state: State, exit: VmExit): number {
          const information = super.interruption(state, exit);
          return exit.interruption === 0x8000_0501 ? 0x8000_0301 : information;
        }
      },
    },
  }),
] as const;
