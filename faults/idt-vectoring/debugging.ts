import { debugBits, instructionLengths } from '../../spec/idt-vectoring/universe.ts';
import { eventTypes } from '../../spec/vmx/interruption-information.ts';
import {
  hardwareException,
  withGuest,
  withPending,
  type Guest,
  type IdtVectoringState as State,
  type VectoredEvent,
} from '../../model/idt-vectoring/index.ts';
import { Boundary } from '../../model/idt-vectoring/processor/boundary.ts';
import { Completion } from '../../model/idt-vectoring/processor/completion.ts';
import { Debugging } from '../../model/idt-vectoring/processor/debugging.ts';
import { Delivery } from '../../model/idt-vectoring/processor/delivery.ts';
import { Exceptions } from '../../model/idt-vectoring/processor/exceptions.ts';
import { fault, kvm } from './define.ts';

/** Debug exceptions: faults and traps, DR6, GD, what is pending. */
export const debugging = [
  fault({
    id: 'general-detect-is-a-trap',
    breaks: ['general-detect-is-a-fault', 'debug-exception-writes-dr6-and-clears-gd'],
    wrong: 'MOV to a debug register completes with GD set, and #DB comes after it.',
    seen: [kvm('E46', 'KVM: nVMX: Treat General Detect #DB (DR7.GD=1) as fault-like (8d178f460772)', 2022, 'heading')],
    parts: {
      debugging: class extends Debugging {
        override generalDetect(state: State): State {
          const completed = this.parts.completion.complete(state, instructionLengths.movdr);
          return withPending(completed, { debug: completed.pending.debug | debugBits.generalDetect });
        }
      },
    },
  }),
  fault({
    id: 'code-breakpoint-is-a-trap',
    breaks: ['code-breakpoint-is-a-fault'],
    wrong: 'An instruction breakpoint is reported after its instruction.',
    seen: [kvm('E46', 'KVM: x86: Treat #DBs from the emulator as fault-like (5623f751bd9c)', 2022, 'heading')],
    parts: {
      debugging: class extends Debugging {
        override reportCodeBreakpoint(state: State): State {
          const completed = this.parts.completion.complete(state, instructionLengths.codeBreakpoint);
          return withPending(completed, { debug: completed.pending.debug | debugBits.codeBreakpoint });
        }
      },
    },
  }),
  fault({
    id: 'rf-does-not-suppress-the-breakpoint',
    breaks: ['rf-suppresses-code-breakpoint'],
    wrong: 'An instruction breakpoint is reported with RF 1: the guest never gets past it.',
    parts: {
      debugging: class extends Debugging {
        override resumeFlagSuppresses(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'mov-ss-does-not-suppress-the-breakpoint',
    breaks: ['movss-suppresses-code-breakpoint'],
    wrong: 'An instruction breakpoint is reported in the MOV SS shadow.',
    seen: [
      kvm(
        'E48',
        'KVM: x86: Suppress code #DBs on Intel if MOV/POP SS blocking is active (baf67ca8e545)',
        2022,
        'heading',
      ),
    ],
    parts: {
      debugging: class extends Debugging {
        override movSsSuppresses(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'data-breakpoint-is-a-fault',
    breaks: ['data-breakpoint-is-a-trap'],
    wrong: 'A data breakpoint is reported before the access.',
    parts: {
      debugging: class extends Debugging {
        override dataBreakpoint(state: State): State {
          return this.parts.exceptions.raise(state, hardwareException(1, undefined, debugBits.dataBreakpoint));
        }
      },
    },
  }),
  fault({
    id: 'single-step-is-missed',
    breaks: ['single-step-is-a-trap'],
    wrong: 'TF is not looked at: no #DB after an instruction.',
    parts: {
      completion: class extends Completion {
        override singleStep(state: State): State {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'single-step-after-popf-itself',
    breaks: ['single-step-is-a-trap', 'frame-holds-the-flags'],
    wrong: 'TF counts as it is after the instruction: the POPF or IRET that sets it is stepped itself.',
    parts: {
      completion: class extends Completion {
        override isStepped(before: Guest, after: Guest): boolean {
          return super.isStepped(before, after) || after.trapFlag;
        }
      },
    },
  }),
  fault({
    id: 'debug-exception-leaves-gd',
    breaks: ['debug-exception-writes-dr6-and-clears-gd', 'rf-of-general-detect'],
    wrong: '#DB leaves DR7.GD set: the first MOV of its handler raises another one.',
    parts: {
      exceptions: class extends Exceptions {
        override debugException(state: State, event: VectoredEvent): State {
          return withGuest(super.debugException(state, event), { generalDetect: state.guest.generalDetect });
        }
      },
    },
  }),
  fault({
    id: 'debug-exception-replaces-dr6',
    breaks: ['debug-exception-writes-dr6-and-clears-gd'],
    wrong: '#DB clears bits of DR6 that only software clears.',
    parts: {
      exceptions: class extends Exceptions {
        override debugException(state: State, event: VectoredEvent): State {
          return withGuest(super.debugException(state, event), { dr6: event.payload! });
        }
      },
    },
  }),
  fault({
    id: 'breakpoint-bits-accumulate',
    breaks: ['debug-exception-writes-dr6-and-clears-gd'],
    wrong: '#DB adds to bits 3:0 of DR6 and does not replace them.',
    parts: {
      exceptions: class extends Exceptions {
        override debugException(state: State, event: VectoredEvent): State {
          return withGuest(super.debugException(state, event), { dr6: state.guest.dr6 | event.payload! });
        }
      },
    },
  }),
  fault({
    id: 'mov-ss-lets-debug-traps-through',
    breaks: ['movss-casts-a-shadow', 'single-step-is-a-trap', 'data-breakpoint-is-a-trap'],
    wrong: 'A debug trap is taken in the MOV SS shadow.',
    parts: {
      boundary: class extends Boundary {
        override isDebugOpen(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'delivery-keeps-pending-debug',
    breaks: ['delivery-discards-pending-debug', 'indirect-exit-ends-shadows-and-hlt'],
    wrong: 'A debug exception that is pending survives the delivery of an interrupt or an exception.',
    parts: {
      delivery: class extends Delivery {
        override pendingDebugAfter({ pending }: State): number {
          return pending.debug;
        }
      },
    },
  }),
  fault({
    id: 'soft-event-discards-pending-debug',
    breaks: ['delivery-discards-pending-debug'],
    wrong: 'An injected INT n loses a debug exception that is pending.',
    parts: {
      delivery: class extends Delivery {
        override pendingDebugAfter(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'int1-keeps-pending-debug',
    breaks: ['delivery-discards-pending-debug'],
    wrong: 'An injected INT1 keeps a pending debug exception, as INT n does.',
    parts: {
      delivery: class extends Delivery {
        override pendingDebugAfter(state: State, event: VectoredEvent): number {
          const isInt1 = event.type === eventTypes.privilegedSoftwareException;
          return super.pendingDebugAfter(state, isInt1 ? { ...event, type: eventTypes.softwareInterrupt } : event);
        }
      },
    },
  }),
];
