import { eventTypes } from '../../spec/vmx/interruption-information.ts';
import { faults } from '../../spec/idt-vectoring/universe.ts';
import {
  hasLength,
  isException,
  isHardwareException,
  universe,
  withGuest,
  withPending,
  type IdtVectoringState as State,
  type Payload,
  type VectoredEvent,
} from '../../model/idt-vectoring/index.ts';
import { Policy } from '../../model/idt-vectoring/vmx/software/policy.ts';
import { fault, kvm } from './define.ts';

/** What a hypervisor makes of an event that it injects again. */
export const policy = [
  fault({
    id: 'vector-is-acknowledged-again',
    breaks: ['acknowledged-once', 'in-service-until-eoi', 'external-is-acknowledged-once'],
    wrong: 'An interrupt that is injected again is acknowledged again: the next pending vector goes into ISR (M-28).',
    parts: {
      policy: class extends Policy {
        override acknowledged(state: State, event: VectoredEvent): State {
          const { irr } = state.pending;
          if (event.type !== eventTypes.externalInterrupt || irr === 0) return super.acknowledged(state, event);
          return this.parts.externalInterrupts.acknowledge(state, universe.max(irr));
        }
      },
    },
  }),
  fault({
    id: 'nmi-is-counted-again',
    breaks: [
      'acknowledged-once',
      'nmi-is-injected-again',
      'nmis-are-counted-to-two',
      'obstacles-do-not-show-in-the-frame',
    ],
    wrong: 'An NMI whose delivery is cut short is injected again, and becomes pending too.',
    parts: {
      policy: class extends Policy {
        override acknowledged(state: State, event: VectoredEvent): State {
          const kept = super.acknowledged(state, event);
          return event.type === eventTypes.nmi ? withPending(kept, { nmis: kept.pending.nmis + 1 }) : kept;
        }
      },
    },
  }),
  fault({
    id: 'soft-event-loses-its-length',
    breaks: ['soft-event-is-injected-again-with-length', 'vectoring-length'],
    wrong: 'INT n, INT3 and INTO are injected again with length 0: they return to themselves (M-34).',
    parts: {
      policy: class extends Policy {
        override softEvent(state: State, event: VectoredEvent): State {
          return super.softEvent(state, { ...event, length: 0 });
        }
      },
    },
  }),
  fault({
    id: 'soft-event-loses-its-length-the-second-time',
    breaks: ['repeated-obstacles-repeat-injection', 'soft-event-is-injected-again-with-length'],
    wrong: 'The length of a soft event that was injected before is taken for that of an instruction at RIP, and lost.',
    seen: [
      kvm(
        'E41',
        'KVM: nSVM: Pull CS.Base from actual VMCB12 for soft int/ex re-injection (da0b93d65e5b)',
        2022,
        'heading',
      ),
    ],
    parts: {
      policy: class extends Policy {
        override injectRepeatedly(state: State, event: VectoredEvent): State {
          return super.injectRepeatedly(state, hasLength(event) ? { ...event, length: 0 } : event);
        }
      },
    },
  }),
  fault({
    id: 'soft-event-becomes-a-hardware-exception',
    breaks: ['type-is-carried', 'soft-event-is-injected-again-with-length'],
    wrong: 'INT3 and INTO are injected again as type 3, for their vectors: INT3 returns to itself (M-34).',
    parts: {
      policy: class extends Policy {
        override carried(event: VectoredEvent): VectoredEvent {
          const { type, vector } = super.carried(event);
          return type === eventTypes.softwareException ? { type: eventTypes.hardwareException, vector } : event;
        }
      },
    },
  }),
  fault({
    id: 'hardware-breakpoint-becomes-soft',
    breaks: ['type-is-carried', 'hardware-exception-is-injected-again'],
    wrong: 'Vectors 3 and 4 are injected again as type 6, whatever type the field had.',
    parts: {
      policy: class extends Policy {
        override carried(event: VectoredEvent): VectoredEvent {
          const carried = super.carried(event);
          return isException(carried, 3) ? { type: eventTypes.softwareException, vector: 3, length: 1 } : carried;
        }
      },
    },
  }),
  fault({
    id: 'int1-becomes-a-hardware-exception',
    breaks: ['privileged-soft-exception-is-injected-again', 'type-is-carried'],
    wrong: '#DB of INT1 is injected again as type 3: it returns to the INT1.',
    config: { int1Type: 5 },
    parts: {
      policy: class extends Policy {
        override privilegedSoftException(state: State, { vector }: VectoredEvent): State {
          return super.privilegedSoftException(state, { type: eventTypes.hardwareException, vector });
        }
      },
    },
  }),
  fault({
    id: 'exception-loses-its-error-code',
    breaks: ['hardware-exception-is-injected-again'],
    wrong: 'The IDT-vectoring error code is not read: 0 is injected.',
    parts: {
      policy: class extends Policy {
        override hardwareException(state: State, event: VectoredEvent): State {
          return super.hardwareException(state, event.error === undefined ? event : { ...event, error: 0 });
        }
      },
    },
  }),
  fault({
    id: 'payload-is-written-twice',
    breaks: ['payload-is-not-applied-again', 'hardware-exception-is-injected-again'],
    wrong: 'CR2 or DR6 is written again when #PF or #DB is injected again (M-39).',
    parts: {
      policy: class extends Policy {
        override payload(event: VectoredEvent): Payload | undefined {
          super.payload(event);
          return this.parts.payloads.of(event);
        }
      },
    },
  }),
  fault({
    id: 'second-obstacle-loses-the-event',
    breaks: [
      'repeated-obstacles-repeat-injection',
      'every-event-has-one-fate',
      'hardware-exception-is-injected-again',
      'nmi-is-injected-again',
    ],
    wrong: 'An injected event that is cut short is not injected once more.',
    parts: {
      policy: class extends Policy {
        override injectRepeatedly(state: State): State {
          return this.drop(state);
        }
      },
    },
  }),
  fault({
    id: 'shadow-page-fault-writes-cr2',
    breaks: ['fault-of-the-hypervisor-is-repaired'],
    wrong: "A page fault of the hypervisor's own shadow page tables is seen in the guest's CR2.",
    config: { paging: 'shadow' },
    parts: {
      policy: class extends Policy {
        override repairShadow(state: State): State {
          return withGuest(super.repairShadow(state), { cr2: faults.shadow.address });
        }
      },
    },
  }),
  fault({
    id: 'shadow-page-fault-drops-the-event',
    breaks: ['fault-of-the-hypervisor-is-repaired', 'every-event-has-one-fate'],
    wrong: 'An event whose delivery met a missing shadow page is forgotten.',
    config: { paging: 'shadow' },
    parts: {
      policy: class extends Policy {
        override drops(state: State, event: VectoredEvent): boolean {
          return state.exit.interruption !== 0 && state.exit.qualification === faults.shadow.address
            ? !isHardwareException(event)
            : super.drops(state, event);
        }
      },
    },
  }),
];
