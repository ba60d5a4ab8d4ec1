import { eventTypes } from '../../spec/vmx/interruption-information.ts';
import {
  hardwareException,
  type Attempt,
  type IdtVectoringState as State,
  type VectoredEvent,
} from '../../model/idt-vectoring/index.ts';
import { Delivery } from '../../model/idt-vectoring/processor/delivery.ts';
import { Exceptions } from '../../model/idt-vectoring/processor/exceptions.ts';
import { NestedFaults } from '../../model/idt-vectoring/processor/nested-faults.ts';
import { Interception } from '../../model/idt-vectoring/vmx/interception.ts';
import { fault } from './define.ts';

/** A fault of the guest's own during delivery: what is raised, who is asked, what is pushed. */
export const nestedFaults = [
  fault({
    id: 'page-fault-leaves-cr2',
    breaks: ['page-fault-writes-cr2'],
    wrong: '#PF does not write CR2.',
    parts: {
      exceptions: class extends Exceptions {
        override pageFault(state: State): State {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'nested-page-fault-leaves-cr2',
    breaks: ['page-fault-writes-cr2'],
    wrong: '#PF during delivery does not write CR2.',
    config: { paging: 'ept' },
    parts: {
      nestedFaults: class extends NestedFaults {
        override sideEffects(state: State): State {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'superseded-soft-event-lends-its-length',
    breaks: ['soft-event-is-raised-again-after-a-fault-of-its-delivery'],
    wrong: 'A fault during delivery of INT n returns past the INT n, which never comes back.',
    parts: {
      nestedFaults: class extends NestedFaults {
        override supersedesOwn({ length }: VectoredEvent, second: VectoredEvent): VectoredEvent {
          return { ...second, ...(length !== undefined && { length }) };
        }
      },
    },
  }),
  fault({
    id: 'superseded-injection-lends-its-length',
    breaks: ['fault-during-injection-returns-without-length'],
    wrong: 'A fault during delivery of an injected INT n pushes RIP plus the VM-entry instruction length.',
    parts: {
      nestedFaults: class extends NestedFaults {
        override supersedesInjected({ length }: VectoredEvent, second: VectoredEvent): VectoredEvent {
          return { ...second, ...(length !== undefined && { length }) };
        }
      },
    },
  }),
  fault({
    id: 'ext-is-never-set',
    breaks: ['ext-tells-who-was-delivered', 'absent-gate-raises-np'],
    wrong: 'EXT is 0 in the error code of a fault during delivery, whatever is delivered.',
    parts: {
      nestedFaults: class extends NestedFaults {
        override ext(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'soft-events-have-ext',
    breaks: ['ext-tells-who-was-delivered', 'absent-gate-raises-np', 'gate-privilege-binds-soft-events'],
    wrong: 'EXT is 1 for a fault during delivery of INT n, INT3 and INTO too.',
    parts: {
      nestedFaults: class extends NestedFaults {
        override ext(): number {
          return 1;
        }
      },
    },
  }),
  fault({
    id: 'int1-has-no-ext',
    breaks: ['ext-tells-who-was-delivered', 'absent-gate-raises-np', 'int1-touches-no-debug-register'],
    wrong: 'EXT is 0 for a fault during delivery of INT1, as for INT3.',
    config: { int1Type: 5 },
    parts: {
      nestedFaults: class extends NestedFaults {
        override ext(event: VectoredEvent): number {
          const ext = super.ext(event);
          return event.type === eventTypes.privilegedSoftwareException ? 0 : ext;
        }
      },
    },
  }),
  fault({
    id: 'absent-gate-raises-gp',
    breaks: ['absent-gate-raises-np'],
    wrong: 'A gate that is not present raises #GP.',
    parts: {
      nestedFaults: class extends NestedFaults {
        override absentGate(delivered: VectoredEvent): VectoredEvent {
          return hardwareException(13, super.absentGate(delivered).error);
        }
      },
    },
  }),
  fault({
    id: 'gate-error-code-lacks-idt',
    breaks: ['absent-gate-raises-np', 'gate-privilege-binds-soft-events'],
    wrong: 'Bit 1 is 0 in the error code that names a gate.',
    parts: {
      nestedFaults: class extends NestedFaults {
        override gateError(delivered: VectoredEvent): number {
          return super.gateError(delivered) & ~2;
        }
      },
    },
  }),
  fault({
    id: 'gate-privilege-is-not-checked',
    breaks: ['gate-privilege-binds-soft-events'],
    wrong: 'INT n reaches the handler through a gate whose DPL is below CPL.',
    parts: {
      delivery: class extends Delivery {
        override isBoundByPrivilege(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'gate-privilege-binds-everything',
    breaks: ['gate-privilege-binds-soft-events'],
    wrong: 'The DPL of the gate is checked for interrupts, exceptions and INT1 too.',
    parts: {
      delivery: class extends Delivery {
        override isBoundByPrivilege(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'double-fault-is-decided-before-interception',
    breaks: ['interception-asks-the-raised-exception-first'],
    wrong: 'Two exceptions are made a #DF first, and the bit of the second one is not looked at (M-36).',
    config: { intercepts: 'all' },
    parts: {
      interception: class extends Interception {
        override nested(state: State, attempt: Attempt, raised: VectoredEvent): State | undefined {
          const combined = this.parts.escalation.combine(state, attempt.event, raised);
          const isDoubleFault = combined !== 'tripleFault' && combined.vector === 8;
          return isDoubleFault ? this.doubleFault(state, attempt) : super.nested(state, attempt, raised);
        }
      },
    },
  }),
  fault({
    id: 'nested-fault-is-not-intercepted',
    breaks: ['interception-asks-the-raised-exception-first', 'repeated-obstacles-repeat-injection'],
    wrong: 'The exception bitmap is not asked about an exception during delivery.',
    config: { intercepts: 'all' },
    parts: {
      interception: class extends Interception {
        override nested(): undefined {
          return undefined;
        }
      },
    },
  }),
  fault({
    id: 'double-fault-is-not-intercepted',
    breaks: ['double-fault-exits-by-its-own-bit', 'reflected-exception-is-given-to-the-guest'],
    wrong: 'A #DF that the processor makes does not exit, whatever bit 8 says.',
    config: { intercepts: 'df' },
    parts: {
      interception: class extends Interception {
        override doubleFault(): undefined {
          return undefined;
        }
      },
    },
  }),
];
