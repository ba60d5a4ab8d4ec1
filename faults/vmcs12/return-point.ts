import { exitReasons } from '../../spec/vmx/exit-reasons.ts';
import { lengths } from '../../spec/vmcs12/universe.ts';
import type { Vmcs12State as State, VmExit } from '../../model/vmcs12/index.ts';
import { ReturnPoint } from '../../model/vmcs12/exit/return-point.ts';
import { bochs, fault } from './define.ts';

/** RIP and RFLAGS.RF as an exit saves them. */
export const returnPoint = [
  fault({
    id: 'rip-is-behind-the-instruction',
    breaks: ['rip-of-an-instruction-that-exits'],
    wrong: 'An instruction that exits saves the address of the next one.',
    parts: {
      returnPoint: class extends ReturnPoint {
        override ripOfInstruction(state: State, exit: VmExit): number {
          return super.ripOfInstruction(state, exit) + (exit.instructionLength ?? 0);
        }
      },
    },
  }),
  fault({
    id: 'rip-is-behind-int3',
    breaks: ['rip-of-a-direct-event-exit'],
    wrong: 'INT3 and INT1 that exit save the address of the next instruction, as their frames would.',
    parts: {
      returnPoint: class extends ReturnPoint {
        override ripOfEvent(state: State, exit: VmExit): number {
          return super.ripOfEvent(state, exit) + (exit.instructionLength ?? 0);
        }
      },
    },
  }),
  fault({
    id: 'rip-of-an-apic-write-is-that-of-the-write',
    breaks: ['rip-of-a-trap-like-exit'],
    wrong: 'An APIC-write exit saves the address of the instruction that wrote.',
    parts: {
      returnPoint: class extends ReturnPoint {
        override ripAfterInstruction(state: State, exit: VmExit): number {
          const rip = super.ripAfterInstruction(state, exit);
          return exit.reason === exitReasons.apicWrite ? rip - lengths.access : rip;
        }
      },
    },
  }),
  fault({
    id: 'rip-of-an-eoi-is-that-of-the-instruction',
    breaks: ['rip-of-a-trap-like-exit'],
    wrong: 'A virtualized EOI saves the address of the WRMSR that did it.',
    parts: {
      returnPoint: class extends ReturnPoint {
        override ripAfterInstruction(state: State, exit: VmExit): number {
          const rip = super.ripAfterInstruction(state, exit);
          return exit.reason === exitReasons.virtualizedEoi ? rip - lengths.wrmsr : rip;
        }
      },
    },
  }),
  fault({
    id: 'rip-is-behind-a-software-event-in-flight',
    breaks: ['rip-during-delivery-is-the-one-before'],
    wrong: 'An exit during the delivery of INT n, INT3 or INT1 saves the return pointer of the frame.',
    parts: {
      returnPoint: class extends ReturnPoint {
        override ripBeforeDelivery(state: State, exit: VmExit): number {
          const { inFlight } = exit;
          const rip = super.ripBeforeDelivery(state, exit);
          return inFlight?.like === 'software' ? rip + inFlight.length : rip;
        }
      },
    },
  }),
  fault({
    id: 'rip-of-a-halted-guest-is-that-of-hlt',
    breaks: ['rip-of-a-halted-guest'],
    wrong: 'An exit out of HLT saves the address of HLT.',
    parts: {
      returnPoint: class extends ReturnPoint {
        override ripOfHaltedGuest(state: State): number {
          return super.ripOfHaltedGuest(state) - lengths.hlt;
        }
      },
    },
  }),
  fault({
    id: 'rf-is-saved-as-it-is',
    breaks: ['rf-of-a-fault-like-exit-is-set'],
    wrong: 'The exit of a fault saves RF as L2 had it.',
    seen: [
      bochs(
        'B24',
        'VMX: adjust RFLAGS saved into guest state on VMEXIT according to VMX documentation (6977fc05d)',
        2024,
      ),
    ],
    parts: {
      returnPoint: class extends ReturnPoint {
        override rfOfFault(state: State): boolean | undefined {
          return this.current(state);
        }
      },
    },
  }),
  fault({
    id: 'rf-stays-at-an-instruction-exit',
    breaks: ['rf-of-an-instruction-exit-is-clear'],
    wrong: 'An instruction that exits saves RF as L2 had it.',
    parts: {
      returnPoint: class extends ReturnPoint {
        override rfOfInstruction(state: State): boolean | undefined {
          return this.current(state);
        }
      },
    },
  }),
  fault({
    id: 'rf-is-cleared-by-an-interrupt',
    breaks: ['rf-of-traps-and-interrupts'],
    wrong: 'Exits of interrupts, NMIs, windows and the timer save RF = 0.',
    parts: {
      returnPoint: class extends ReturnPoint {
        override rfOfOthers(): boolean | undefined {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'rf-is-set-by-any-event-in-flight',
    breaks: ['rf-during-delivery-is-that-of-the-event'],
    wrong: 'An EPT violation saves RF = 1 even during the delivery of an interrupt.',
    parts: {
      returnPoint: class extends ReturnPoint {
        override rfDuringDelivery(state: State, exit: VmExit): boolean | undefined {
          return super.rfDuringDelivery(state, exit) === undefined ? undefined : true;
        }
      },
    },
  }),
  fault({
    id: 'rf-of-a-fault-in-flight-is-clear',
    breaks: ['rf-during-delivery-is-that-of-the-event'],
    wrong: 'An exit during the delivery of a fault saves RF as L2 had it.',
    parts: {
      returnPoint: class extends ReturnPoint {
        override rfDuringDelivery(state: State, exit: VmExit): boolean | undefined {
          return super.rfDuringDelivery(state, exit) === undefined ? undefined : this.current(state);
        }
      },
    },
  }),
] as const;
