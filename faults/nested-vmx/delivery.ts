import {
  externalInterrupt,
  isValid,
  noEvent,
  typeOf,
  universe,
  vectorOf,
  withL0,
  type BareState,
  type Core,
  type Delivered,
  type EventFields,
  type Guest,
  type NestedState as State,
  type VmExit,
} from '../../model/nested-vmx/index.ts';
import { BareExits } from '../../model/nested-vmx/bare/exits.ts';
import { ExitHandlers } from '../../model/nested-vmx/l0/exit-handlers.ts';
import { EventDelivery } from '../../model/nested-vmx/processor/event-delivery.ts';
import { ExitToL1 } from '../../model/nested-vmx/processor/exit-to-l1.ts';
import { fault } from './define.ts';

/** Delivery of events to L2, and what an exit in the middle of one tells. */
export const delivery = [
  fault({
    id: 'software-event-returns-to-itself',
    breaks: ['injected-software-event-returns-behind', 'interrupted-software-event-has-a-length'],
    wrong: 'An injected software event pushes the RIP of the instruction, not the one behind.',
    parts: {
      eventDelivery: class extends EventDelivery {
        override pushedLength(event: EventFields): number {
          super.pushedLength(event);
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'error-code-is-not-pushed',
    breaks: ['injected-error-code-is-pushed', 'violation-in-delivery-exits-with-the-event'],
    wrong: 'The error code of the entry is not pushed.',
    parts: {
      eventDelivery: class extends EventDelivery {
        override pushedError(event: EventFields): number {
          super.pushedError(event);
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'delivery-leaves-l2-halted',
    breaks: ['delivery-wakes', 'vectoring-entry-ends-blocking', 'interrupted-delivery-has-ended-blocking'],
    wrong: 'An event that is delivered to a halted L2 does not make it active (M-14).',
    profile: 'bare',
    parts: {
      eventDelivery: class extends EventDelivery {
        override activityInDelivery(core: Core): number {
          super.activityInDelivery(core);
          return core.activity;
        }
      },
    },
  }),
  fault({
    id: 'delivery-keeps-the-shadow',
    breaks: [
      'vectoring-entry-ends-blocking',
      'delivery-clears-if-and-iret-restores-it',
      'interrupted-delivery-has-ended-blocking',
    ],
    wrong: 'Blocking by STI and MOV SS outlives the delivery of an event.',
    parts: {
      eventDelivery: class extends EventDelivery {
        override blockingInDelivery(core: Core): number {
          super.blockingInDelivery(core);
          return core.blocking;
        }
      },
    },
  }),
  fault({
    id: 'trap-gate-in-place-of-an-interrupt-gate',
    breaks: ['delivery-clears-if-and-iret-restores-it', 'nmi-interrupts-l1', 'l1-takes-it-when-it-opens'],
    wrong: 'Delivery leaves IF.',
    parts: {
      eventDelivery: class extends EventDelivery {
        override enterHandler(core: Core, event: EventFields): Core {
          return { ...super.enterHandler(core, event), interruptFlag: core.interruptFlag };
        }
      },
    },
  }),
  fault({
    id: 'exit-leaves-the-valid-bit',
    breaks: ['exit-clears-the-valid-bit', 'injected-once'],
    wrong: 'The exit leaves the valid bit of the entry field: the event is injected again at the next entry (M-08).',
    parts: {
      exitToL1: class extends ExitToL1 {
        override entryAfterExit(entry: EventFields): EventFields {
          super.entryAfterExit(entry);
          return entry;
        }
      },
    },
  }),
  fault({
    id: 'exit-clears-the-whole-entry-field',
    breaks: ['exit-clears-the-valid-bit'],
    wrong: 'The exit clears all bits of the VM-entry interruption-information field.',
    parts: {
      exitToL1: class extends ExitToL1 {
        override entryAfterExit(entry: EventFields): EventFields {
          super.entryAfterExit(entry);
          return noEvent;
        }
      },
    },
  }),
  fault({
    id: 'exit-in-a-delivery-does-not-tell-the-event',
    breaks: ['violation-in-delivery-exits-with-the-event'],
    wrong: 'The exit of a delivery that met an EPT violation has no IDT-vectoring information.',
    profile: 'bare',
    parts: {
      eventDelivery: class extends EventDelivery {
        override interrupted(guest: Guest, event: EventFields): Delivered {
          const left = super.interrupted(guest, event);
          return { ...left, exit: { ...left.exit!, vectoring: 0 } };
        }
      },
    },
  }),
  fault({
    id: 'vectoring-error-code-is-lost',
    breaks: ['violation-in-delivery-exits-with-the-event'],
    wrong: 'The IDT-vectoring error code is 0.',
    profile: 'bare',
    parts: {
      eventDelivery: class extends EventDelivery {
        override interrupted(guest: Guest, event: EventFields): Delivered {
          const left = super.interrupted(guest, event);
          return { ...left, exit: { ...left.exit!, vectoringError: 0 } };
        }
      },
    },
  }),
  fault({
    id: 'interrupted-software-event-has-no-length',
    breaks: ['interrupted-software-event-has-a-length'],
    wrong: 'An exit that interrupts a software event reports no instruction length: L1 cannot inject it again.',
    profile: 'bare',
    parts: {
      eventDelivery: class extends EventDelivery {
        override interrupted(guest: Guest, event: EventFields): Delivered {
          const left = super.interrupted(guest, event);
          return { ...left, exit: { ...left.exit!, length: 0 } };
        }
      },
    },
  }),
  fault({
    id: 'exit-in-a-delivery-saves-the-state-before',
    breaks: ['interrupted-delivery-has-ended-blocking', 'interrupted-nmi-has-blocked', 'vectoring-entry-ends-blocking'],
    wrong: 'An exit in the middle of a delivery saves activity and blocking as they were before it.',
    profile: 'bare',
    parts: {
      eventDelivery: class extends EventDelivery {
        override deliver(guest: Guest, event: EventFields): Delivered {
          const delivered = super.deliver(guest, event);
          if (delivered.exit === undefined) return delivered;
          const { activity, blocking } = guest.core;
          return { ...delivered, guest: { ...delivered.guest, core: { ...delivered.guest.core, activity, blocking } } };
        }
      },
    },
  }),
  fault({
    id: 'interrupted-nmi-has-not-blocked',
    breaks: ['interrupted-nmi-has-blocked'],
    wrong: 'An NMI whose delivery exits leaves bit 3 of the interruptibility state as it was.',
    profile: 'bare',
    parts: {
      eventDelivery: class extends EventDelivery {
        override deliver(guest: Guest, event: EventFields): Delivered {
          const delivered = super.deliver(guest, event);
          if (delivered.exit === undefined) return delivered;
          const { nmiBlocking } = guest.core;
          return { ...delivered, guest: { ...delivered.guest, core: { ...delivered.guest.core, nmiBlocking } } };
        }
      },
    },
  }),
  fault({
    id: 'interrupted-interrupt-is-pending-again',
    breaks: ['interrupted-interrupt-stays-in-service'],
    wrong: 'An interrupt whose delivery exits goes back from ISR to IRR: L1 gets it twice.',
    profile: 'bare',
    config: { preset: 'direct' },
    parts: {
      bareExits: class extends BareExits {
        override exit(state: BareState, exit: VmExit): BareState {
          const left = super.exit(state, exit);
          const vector = vectorOf(exit.vectoring);
          const { apic } = left.chips;
          const isDirect = exit.vectoring === externalInterrupt(vector) && !isValid(state.entry.information);
          if (!isDirect || !universe.has(apic.isr, vector)) return left;
          const back = { irr: universe.with(apic.irr, vector), isr: universe.without(apic.isr, vector) };
          return { ...left, chips: { ...left.chips, apic: { ...apic, ...back } } };
        }
      },
    },
  }),
  fault({
    id: 'event-of-l2-is-injected-into-l1',
    breaks: ['events-of-l2-never-reach-l1', 'windows-are-armed-per-level', 'nmi-interrupts-l1'],
    wrong: 'An event of L2 whose delivery has exited to L1 stays queued in L0, and is injected into L1.',
    parts: {
      exitHandlers: class extends ExitHandlers {
        override interruptedDelivery(state: State, exit: VmExit): State {
          const next = super.interruptedDelivery(state, exit);
          if (next.runsL2 || !state.runsL2 || typeOf(exit.vectoring) === 0) return next;
          return withL0(next, {
            inflight: { information: exit.vectoring, error: exit.vectoringError, length: exit.length },
          });
        }
      },
    },
  }),
];
