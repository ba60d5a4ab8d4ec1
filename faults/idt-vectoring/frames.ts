import {
  withGuest,
  type Attempt,
  type Frame,
  type Guest,
  type IdtVectoringState as State,
  type VectoredEvent,
} from '../../model/idt-vectoring/index.ts';
import { Handlers } from '../../model/idt-vectoring/processor/handlers.ts';
import { Iret } from '../../model/idt-vectoring/processor/iret.ts';
import { ResumeFlag } from '../../model/idt-vectoring/processor/resume-flag.ts';
import { fault } from './define.ts';

/** What is pushed, in which state the handler starts, what IRET brings back. */
export const frames = [
  fault({
    id: 'handler-starts-with-tf',
    breaks: ['delivery-establishes-the-handler'],
    wrong: 'Delivery leaves TF set: the handler is single-stepped.',
    parts: {
      handlers: class extends Handlers {
        override start(state: State, event: VectoredEvent): State {
          return withGuest(super.start(state, event), { trapFlag: state.guest.trapFlag });
        }
      },
    },
  }),
  fault({
    id: 'handler-starts-with-rf',
    breaks: ['delivery-establishes-the-handler', 'injection-writes-no-payload'],
    wrong: 'Delivery leaves RF as the frame has it.',
    parts: {
      handlers: class extends Handlers {
        override start(state: State, event: VectoredEvent): State {
          return withGuest(super.start(state, event), { resumeFlag: state.guest.resumeFlag });
        }
      },
    },
  }),
  fault({
    id: 'trap-gate-clears-if',
    breaks: ['delivery-establishes-the-handler'],
    wrong: 'IF is 0 in the handler of a trap gate.',
    config: { gates: 'trap' },
    parts: {
      handlers: class extends Handlers {
        override interruptFlagInHandler(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'interrupt-gate-leaves-if',
    breaks: ['delivery-establishes-the-handler'],
    wrong: 'IF stays as it was in the handler of an interrupt gate.',
    config: { gates: 'interrupt' },
    parts: {
      handlers: class extends Handlers {
        override interruptFlagInHandler({ guest }: State): boolean {
          return guest.interruptFlag;
        }
      },
    },
  }),
  fault({
    id: 'frame-lacks-tf',
    breaks: ['frame-holds-the-flags'],
    wrong: 'TF is 0 in the frame: single-stepping ends with the first interrupt.',
    parts: {
      handlers: class extends Handlers {
        override frame(state: State, attempt: Attempt): Frame {
          return { ...super.frame(state, attempt), trapFlag: false };
        }
      },
    },
  }),
  fault({
    id: 'iret-leaves-if',
    breaks: ['frame-holds-the-flags', 'iret-unblocks-nmis-even-if-it-faults'],
    wrong: 'IRET does not bring IF back: the guest goes on with interrupts off.',
    parts: {
      iret: class extends Iret {
        override restored(frame: Frame): Partial<Guest> {
          const { interruptFlag: _, ...others } = super.restored(frame);
          return others;
        }
      },
    },
  }),
  fault({
    id: 'fault-pushes-rf-0',
    breaks: [
      'rf-of-the-image',
      'exit-saves-rf-of-the-image',
      'new-fault-is-injected-with-rf',
      'indirect-exit-keeps-rip-and-flags',
    ],
    wrong: 'A fault pushes RF 0: an instruction breakpoint is reported twice.',
    parts: {
      resumeFlag: class extends ResumeFlag {
        override ofFault(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'trap-pushes-rf-1',
    breaks: ['rf-of-the-image', 'exit-saves-rf-of-the-image', 'new-fault-is-injected-with-rf'],
    wrong: 'Traps, interrupts and soft events push RF 1: the next instruction breakpoint is missed.',
    parts: {
      resumeFlag: class extends ResumeFlag {
        override ofOthers(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'injection-pushes-rf-1-for-faults',
    breaks: [
      'injection-pushes-saved-rf',
      'obstacles-do-not-show-in-the-frame',
      'exit-saves-rf-of-the-image',
      'injection-type-is-not-the-vector',
    ],
    wrong: 'Injection pushes RF 1, as the processor does for a fault, whatever RFLAGS says.',
    parts: {
      resumeFlag: class extends ResumeFlag {
        override ofInjection(): boolean {
          return true;
        }
      },
    },
  }),
];
