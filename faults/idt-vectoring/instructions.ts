import { debugBits } from '../../spec/idt-vectoring/universe.ts';
import {
  advanced,
  hardwareException,
  withGuest,
  type Guest,
  type IdtVectoringState as State,
  type VectoredEvent,
} from '../../model/idt-vectoring/index.ts';
import { Completion } from '../../model/idt-vectoring/processor/completion.ts';
import { Handlers } from '../../model/idt-vectoring/processor/handlers.ts';
import { Instructions } from '../../model/idt-vectoring/processor/instructions.ts';
import { Iret } from '../../model/idt-vectoring/processor/iret.ts';
import { SoftEvents } from '../../model/idt-vectoring/processor/soft-events.ts';
import { fault, xen } from './define.ts';

/** Instructions that complete, fault or interrupt. */
export const instructions = [
  fault({
    id: 'completed-instruction-keeps-rf',
    breaks: ['instruction-completes', 'rf-suppresses-code-breakpoint', 'rf-of-the-image'],
    wrong: 'An instruction that completes leaves RF 1: the breakpoint after it is not reported either.',
    config: { paging: 'shadow' },
    parts: {
      completion: class extends Completion {
        override complete(state: State, length: number, effects?: Partial<Guest>, program = {}): State {
          const { resumeFlag } = state.guest;
          return super.complete(state, length, { resumeFlag, ...effects }, program);
        }
      },
    },
  }),
  fault({
    id: 'completed-instruction-keeps-the-shadow',
    breaks: ['instruction-completes', 'sti-casts-a-shadow', 'movss-casts-a-shadow'],
    wrong: 'The shadows of STI and MOV SS last until an event is delivered.',
    config: { intercepts: 'none', paging: 'ept' },
    parts: {
      completion: class extends Completion {
        override complete(state: State, length: number, effects?: Partial<Guest>, program = {}): State {
          const { shadow } = state.guest;
          return super.complete(state, length, { shadow, ...effects }, program);
        }
      },
    },
  }),
  fault({
    id: 'fault-returns-past-its-instruction',
    breaks: ['fault-leaves-rip-at-the-instruction', 'injected-fields-decide-the-frame'],
    wrong: 'The frame of a fault points past the instruction, which is never executed again.',
    parts: {
      handlers: class extends Handlers {
        override atInstruction(rip: number, event: VectoredEvent): number {
          const at = super.atInstruction(rip, event);
          return this.parts.resumeFlag.isFaultClass(event) ? advanced(at, 1) : at;
        }
      },
    },
  }),
  fault({
    id: 'handler-return-skips-the-instruction',
    breaks: ['handler-return-raises-the-fault-again', 'fault-leaves-rip-at-the-instruction'],
    wrong: 'The return of a handler forgets what had begun at RIP: the fault does not come back.',
    parts: {
      iret: class extends Iret {
        override begunAfter(): undefined {
          return undefined;
        }
      },
    },
  }),
  fault({
    id: 'soft-event-returns-to-itself',
    breaks: ['soft-event-returns-past-itself', 'injected-fields-decide-the-frame'],
    wrong: 'INT n, INT3, INTO and INT1 push their own RIP: the guest executes them for ever.',
    parts: {
      handlers: class extends Handlers {
        override afterInstruction(rip: number): number {
          return rip;
        }
      },
    },
  }),
  fault({
    id: 'int1-sets-bs',
    breaks: ['int1-touches-no-debug-register'],
    wrong: 'INT1 sets BS in DR6, as single-step does.',
    parts: {
      softEvents: class extends SoftEvents {
        override int1(state: State): State {
          return super.int1(withGuest(state, { dr6: state.guest.dr6 | debugBits.singleStep }));
        }
      },
    },
  }),
  fault({
    id: 'int-14-writes-cr2',
    breaks: ['intn-is-no-exception'],
    wrong: 'INT 14 has the side effect of a page fault: CR2 changes.',
    seen: [xen('E13', 'x86/svm Fixes and cleanup to svm_inject_event() (8dab867c81)', 2018)],
    parts: {
      softEvents: class extends SoftEvents {
        override intN(state: State, vector: number): State {
          return super.intN(vector === 14 ? withGuest(state, { cr2: state.guest.rip }) : state, vector);
        }
      },
    },
  }),
  fault({
    id: 'int-13-pushes-an-error-code',
    breaks: ['intn-is-no-exception', 'error-code-of-its-vector', 'vectoring-names-the-interrupted-event'],
    wrong: 'INT 13 and INT 14 push the error code that the exceptions have (M-35).',
    parts: {
      softEvents: class extends SoftEvents {
        override softwareInterrupt(vector: number): VectoredEvent {
          const event = super.softwareInterrupt(vector);
          return vector === 13 || vector === 14 ? { ...event, error: 0 } : event;
        }
      },
    },
  }),
  fault({
    id: 'int-13-is-intercepted',
    breaks: ['intn-is-no-exception'],
    wrong: 'INT n exits by the bit of its vector in the exception bitmap.',
    config: { intercepts: 'all' },
    parts: {
      softEvents: class extends SoftEvents {
        override intN(state: State, vector: number): State {
          const exits = vector < 32 && ((state.machine.exceptionBitmap >>> vector) & 1) === 1;
          if (!exits) return super.intN(state, vector);
          return this.parts.interception.directExit(state, this.softwareInterrupt(vector), false);
        }
      },
    },
  }),
  fault({
    id: 've-leaves-its-area-idle',
    breaks: ['ve-marks-its-area-busy'],
    wrong: '#VE does not mark its information area busy: the access raises it again.',
    config: { paging: 'ept' },
    parts: {
      instructions: class extends Instructions {
        override virtualizationException(state: State): State {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'device-read-is-cached',
    breaks: ['execution-again-reads-the-device-again'],
    wrong: 'A device sees one read only, however often the instruction is executed.',
    parts: {
      instructions: class extends Instructions {
        override readDevice(state: State): State {
          return withGuest(super.readDevice(state), { deviceReads: 1 });
        }
      },
    },
  }),
  fault({
    id: 'alignment-check-without-error-code',
    breaks: ['error-code-of-its-vector', 'vectoring-error-code'],
    wrong: '#AC pushes no error code.',
    parts: {
      instructions: class extends Instructions {
        override faultOf(vector: 0 | 6 | 13 | 14 | 17): VectoredEvent {
          return vector === 17 ? hardwareException(17) : super.faultOf(vector);
        }
      },
    },
  }),
  fault({
    id: 'sti-casts-no-shadow',
    breaks: ['sti-casts-a-shadow'],
    wrong: 'An interrupt is taken right after STI.',
    parts: {
      instructions: class extends Instructions {
        override sti(): Partial<Guest> {
          return { interruptFlag: true };
        }
      },
    },
  }),
  fault({
    id: 'sti-with-if-1-casts-a-shadow',
    breaks: ['sti-casts-a-shadow'],
    wrong: 'STI holds interrupts back though IF was 1 before it.',
    parts: {
      instructions: class extends Instructions {
        override stiAgain(): Partial<Guest> {
          return this.sti();
        }
      },
    },
  }),
];
