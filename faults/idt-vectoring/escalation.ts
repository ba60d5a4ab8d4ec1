import {
  doubleFault,
  hardwareException,
  isDoubleFault,
  isHardwareException,
  universe,
  withGuest,
  withPending,
  type Attempt,
  type Combined,
  type EventClass,
  type IdtVectoringState as State,
  type VectoredEvent,
} from '../../model/idt-vectoring/index.ts';
import { Escalation } from '../../model/idt-vectoring/processor/escalation.ts';
import { Exceptions } from '../../model/idt-vectoring/processor/exceptions.ts';
import { NestedFaults } from '../../model/idt-vectoring/processor/nested-faults.ts';
import { bochs, fault } from './define.ts';

/** The table of #DF, and of which two exceptions it speaks. */
export const escalation = [
  fault({
    id: 'benign-exception-counts-as-contributory',
    breaks: ['benign-then-any-is-serial', 'nested-fault-of-the-guest-merges-with-exception'],
    wrong: 'A contributory exception during delivery of #DB, #BP, #UD or #AC becomes #DF.',
    parts: {
      escalation: class extends Escalation {
        override benignThenAny(first: VectoredEvent, second: VectoredEvent): Combined {
          const combined = super.benignThenAny(first, second);
          const escalates = isHardwareException(first) && this.classOf(second) === 'contributory';
          return escalates ? this.doubleFault() : combined;
        }
      },
    },
  }),
  fault({
    id: 'interrupt-counts-as-contributory',
    breaks: [
      'interrupt-is-consumed-by-a-fault-of-its-delivery',
      'nested-fault-of-the-guest-supersedes-others',
      'every-event-has-one-fate',
      'guest-cannot-tell',
    ],
    wrong: 'A fault during delivery of an interrupt or an NMI becomes #DF.',
    parts: {
      escalation: class extends Escalation {
        override consumes(): Combined {
          return this.doubleFault();
        }
      },
    },
  }),
  fault({
    id: 'superseded-interrupt-goes-back-to-irr',
    breaks: ['interrupt-is-consumed-by-a-fault-of-its-delivery', 'external-is-acknowledged-once', 'guest-cannot-tell'],
    wrong: 'An interrupt whose delivery raises a fault becomes pending again.',
    parts: {
      nestedFaults: class extends NestedFaults {
        override raise(state: State, attempt: Attempt, raised: VectoredEvent): State {
          const { type, vector } = attempt.event;
          const irr = type === 0 ? universe.with(state.pending.irr, vector) : state.pending.irr;
          return super.raise(withPending(state, { irr }), attempt, raised);
        }
      },
    },
  }),
  fault({
    id: 'superseded-interrupt-leaves-service',
    breaks: ['interrupt-is-consumed-by-a-fault-of-its-delivery', 'in-service-until-eoi', 'guest-cannot-tell'],
    wrong: 'An interrupt whose delivery raises a fault is taken out of ISR.',
    parts: {
      nestedFaults: class extends NestedFaults {
        override raise(state: State, attempt: Attempt, raised: VectoredEvent): State {
          const { type, vector } = attempt.event;
          const isr = type === 0 ? universe.without(state.guest.isr, vector) : state.guest.isr;
          return super.raise(withGuest(state, { isr }), attempt, raised);
        }
      },
    },
  }),
  fault({
    id: 'benign-second-escalates',
    breaks: ['any-then-benign-is-serial', 'nested-fault-of-the-guest-merges-with-exception'],
    wrong: '#AC during delivery of #GP or #PF becomes #DF.',
    parts: {
      escalation: class extends Escalation {
        override anyThenBenign(): Combined {
          return this.doubleFault();
        }
      },
    },
  }),
  fault({
    id: 'contributory-pair-is-serial',
    breaks: ['contributory-then-contributory-is-double-fault', 'nested-fault-of-the-guest-merges-with-exception'],
    wrong: 'A contributory exception during delivery of another one is delivered in its place.',
    parts: {
      escalation: class extends Escalation {
        override contributoryThenContributory(second: VectoredEvent): Combined {
          return second;
        }
      },
    },
  }),
  fault({
    id: 'page-fault-after-contributory-escalates',
    breaks: ['contributory-then-page-fault-is-serial', 'nested-fault-of-the-guest-merges-with-exception'],
    wrong: '#PF during delivery of a contributory exception becomes #DF.',
    parts: {
      escalation: class extends Escalation {
        override contributoryThenPageFault(): Combined {
          return this.doubleFault();
        }
      },
    },
  }),
  fault({
    id: 'contributory-after-page-fault-is-serial',
    breaks: ['page-fault-then-contributory-is-double-fault', 'nested-fault-of-the-guest-merges-with-exception'],
    wrong: 'A contributory exception during delivery of #PF is delivered in its place.',
    parts: {
      escalation: class extends Escalation {
        override pageFaultThenContributory(second: VectoredEvent): Combined {
          return second;
        }
      },
    },
  }),
  fault({
    id: 'page-fault-pair-is-serial',
    breaks: ['page-fault-then-page-fault-is-double-fault', 'nested-fault-of-the-guest-merges-with-exception'],
    wrong: '#PF during delivery of #PF is delivered in its place.',
    parts: {
      escalation: class extends Escalation {
        override pageFaultThenPageFault(second: VectoredEvent): Combined {
          return second;
        }
      },
    },
  }),
  fault({
    id: 've-is-contributory',
    breaks: [
      've-is-of-the-page-fault-class',
      'nested-fault-of-the-guest-merges-with-exception',
      'interception-asks-the-raised-exception-first',
    ],
    wrong: '#PF during delivery of #VE is delivered in its place, as after a contributory exception.',
    config: { paging: 'ept', intercepts: 'none' },
    parts: {
      escalation: class extends Escalation {
        override classOfVirtualizationException(): EventClass {
          return 'contributory';
        }
      },
    },
  }),
  fault({
    id: 'fault-in-double-fault-is-delivered',
    breaks: ['triple-fault'],
    wrong: 'An exception during delivery of #DF is delivered in its place: there is no triple fault.',
    parts: {
      escalation: class extends Escalation {
        override doubleFaultThenAny(second: VectoredEvent): Combined {
          return second;
        }
      },
    },
  }),
  fault({
    id: 'serial-double-fault-shuts-down',
    breaks: ['double-fault-then-benign'],
    wrong: 'The knob for a benign exception during #DF is not looked at: it always shuts down.',
    config: { dfThenBenign: 'serial' },
    parts: {
      escalation: class extends Escalation {
        override doubleFaultThenBenign(): Combined {
          return 'tripleFault';
        }
      },
    },
  }),
  fault({
    id: 'int-13-is-contributory',
    breaks: [
      'intn-is-no-exception',
      'soft-event-is-raised-again-after-a-fault-of-its-delivery',
      'fault-during-injection-returns-without-length',
      'gate-privilege-binds-soft-events',
    ],
    wrong: 'INT n to the vector of an exception has the class of that exception (M-35).',
    parts: {
      escalation: class extends Escalation {
        override classOfOthers(event: VectoredEvent): EventClass {
          super.classOfOthers(event);
          return event.type === 4 ? this.classOfVector(event.vector) : 'benign';
        }
      },
    },
  }),
  fault({
    id: 'escalation-remembers-the-first-event',
    breaks: [
      'escalation-looks-at-the-latest-event',
      'nested-fault-of-the-guest-merges-with-exception',
      'hardware-exception-is-injected-again',
    ],
    wrong: 'The table is applied to the event that the chain of deliveries began with (M-38).',
    parts: {
      nestedFaults: class extends NestedFaults {
        override delivered(attempt: Attempt): VectoredEvent {
          const latest = super.delivered(attempt);
          return isDoubleFault(latest) ? latest : attempt.first;
        }
      },
    },
  }),
  fault({
    id: 'escalation-outlives-the-delivery',
    breaks: ['handler-reached-ends-the-chain', 'direct-exit-names-the-exception'],
    wrong: 'A contributory exception in the handler of #GP becomes #DF: the last exception is not forgotten.',
    seen: [bochs('E25', 'Fixed double and triple fault detection in exception.cc (1b228aec3)', 2012)],
    parts: {
      exceptions: class extends Exceptions {
        override outsideDelivery(state: State, event: VectoredEvent): VectoredEvent {
          const raised = super.outsideDelivery(state, event);
          const isInGeneralProtection = state.program.frames.at(-1)?.vector === 13;
          const isContributory = this.parts.escalation.classOf(raised) === 'contributory';
          return isInGeneralProtection && isContributory ? doubleFault : raised;
        }
      },
    },
  }),
  fault({
    id: 'ext-outlives-the-delivery',
    breaks: ['handler-reached-ends-the-chain', 'direct-exit-names-the-exception'],
    wrong: 'An exception in a handler has EXT in its error code: the delivery is not taken for finished.',
    seen: [bochs('E26', 'Fixed injection of hardware exception (796d24ecb)', 2009)],
    parts: {
      exceptions: class extends Exceptions {
        override outsideDelivery(state: State, event: VectoredEvent): VectoredEvent {
          const raised = super.outsideDelivery(state, event);
          const isSelector = isHardwareException(raised) && raised.vector === 13 && state.program.frames.length > 0;
          return isSelector ? hardwareException(13, raised.error! | 1) : raised;
        }
      },
    },
  }),
  fault({
    id: 'double-fault-has-the-error-code-of-the-second',
    breaks: ['double-fault-has-error-code-0', 'direct-exit-names-the-exception'],
    wrong: '#DF pushes the error code of the exception that made it.',
    parts: {
      escalation: class extends Escalation {
        override doubleFault(): VectoredEvent {
          return hardwareException(8, 0x10);
        }
      },
    },
  }),
];
