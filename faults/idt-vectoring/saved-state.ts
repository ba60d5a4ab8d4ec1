import { eventTypes } from '../../spec/vmx/interruption-information.ts';
import {
  advanced,
  universe,
  withGuest,
  withPending,
  type Attempt,
  type IdtVectoringState as State,
  type VectoredEvent,
} from '../../model/idt-vectoring/index.ts';
import { Delivery } from '../../model/idt-vectoring/processor/delivery.ts';
import { DeliveryExits } from '../../model/idt-vectoring/vmx/delivery-exits.ts';
import { Interception } from '../../model/idt-vectoring/vmx/interception.ts';
import { LoneExits } from '../../model/idt-vectoring/vmx/software/lone-exits.ts';
import { bochs, fault, xen } from './define.ts';

/** What a VM exit does to the guest, and what it saves. */
export const savedState = [
  fault({
    id: 'intercepted-exception-writes-its-payload',
    breaks: ['direct-exit-writes-nothing'],
    wrong: 'CR2 and DR6 are written when the exception exits, and not when it is injected (M-39).',
    config: { intercepts: 'all' },
    parts: {
      interception: class extends Interception {
        override writes(state: State, event: VectoredEvent): State {
          return this.parts.payloads.write(super.writes(state, event), this.parts.payloads.of(event));
        }
      },
    },
  }),
  fault({
    id: 'interrupted-nmi-does-not-block',
    breaks: [
      'indirect-exit-finds-side-effects-done',
      'nmi-blocked-from-delivery-to-iret',
      'injection-of-nmi-blocks-nmis',
    ],
    wrong: 'NMIs are not blocked when the delivery of an NMI is cut short.',
    parts: {
      deliveryExits: class extends DeliveryExits {
        override sideEffects(state: State, attempt: Attempt): State {
          super.sideEffects(state, attempt);
          return attempt.event.type === eventTypes.nmi ? withGuest(state, { nmiBlocked: false }) : state;
        }
      },
    },
  }),
  fault({
    id: 'interrupted-delivery-takes-back-the-acknowledgement',
    breaks: ['indirect-exit-finds-side-effects-done', 'in-service-until-eoi', 'external-is-acknowledged-once'],
    wrong: 'A vector whose delivery is cut short is taken out of ISR.',
    parts: {
      deliveryExits: class extends DeliveryExits {
        override sideEffects(state: State, attempt: Attempt): State {
          super.sideEffects(state, attempt);
          const { type, vector } = attempt.event;
          if (type !== eventTypes.externalInterrupt) return state;
          return withGuest(state, { isr: universe.without(state.guest.isr, vector) });
        }
      },
    },
  }),
  fault({
    id: 'interrupted-delivery-keeps-shadow-and-hlt',
    breaks: ['indirect-exit-ends-shadows-and-hlt', 'hlt-ends-with-an-event'],
    wrong: 'Shadows and HLT end when a handler is reached, not when delivery begins (M-14, M-40).',
    parts: {
      delivery: class extends Delivery {
        override begin(state: State, event: VectoredEvent): State {
          return state.tables.obstacles.length > 0 ? state : super.begin(state, event);
        }
      },
    },
  }),
  fault({
    id: 'interrupted-soft-event-advances-rip',
    breaks: ['indirect-exit-keeps-rip-and-flags', 'task-gate-exits'],
    wrong: 'RIP is saved past INT n, INT3 and INTO: the length is added twice.',
    parts: {
      deliveryExits: class extends DeliveryExits {
        override ripAndFlags(state: State, attempt: Attempt): State {
          const saved = super.ripAndFlags(state, attempt);
          return withGuest(saved, { rip: advanced(saved.guest.rip, attempt.event.length ?? 0) });
        }
      },
    },
  }),
  fault({
    id: 'interrupted-delivery-clears-if',
    breaks: ['indirect-exit-keeps-rip-and-flags'],
    wrong: 'IF is saved as the gate would have made it.',
    config: { gates: 'interrupt' },
    parts: {
      deliveryExits: class extends DeliveryExits {
        override ripAndFlags(state: State, attempt: Attempt): State {
          return withGuest(super.ripAndFlags(state, attempt), { interruptFlag: false });
        }
      },
    },
  }),
  fault({
    id: 'rip-is-advanced-before-the-task-switch',
    breaks: ['task-gate-exits', 'indirect-exit-keeps-rip-and-flags', 'task-gate-reaches-the-handler'],
    wrong: 'RIP is past the instruction when the task switch begins.',
    seen: [xen('E16', 'x86/vtx: Fix fault semantics for early task switch failures (943c74bc0e)', 2019)],
    parts: {
      deliveryExits: class extends DeliveryExits {
        override taskSwitch(state: State, attempt: Attempt): State {
          const { length = 0 } = attempt.event;
          return super.taskSwitch(withGuest(state, { rip: advanced(state.guest.rip, length) }), attempt);
        }
      },
    },
  }),
  fault({
    id: 'interrupted-fault-saves-rf-of-the-guest',
    breaks: ['exit-saves-rf-of-the-image', 'obstacles-do-not-show-in-the-frame'],
    wrong: 'RF is saved as it was before the fault: what is injected again pushes 0.',
    parts: {
      deliveryExits: class extends DeliveryExits {
        override resumeFlag(state: State): boolean {
          return state.guest.resumeFlag;
        }
      },
    },
  }),
  fault({
    id: 'kick-ends-the-shadow',
    breaks: ['asynchronous-exit-keeps-shadows'],
    wrong: 'An exit that the guest has nothing to do with ends the shadow of STI or MOV SS.',
    parts: {
      loneExits: class extends LoneExits {
        override kept(state: State): State {
          return withGuest(super.kept(state), { shadow: 'none' });
        }
      },
    },
  }),
  fault({
    id: 'kick-ends-hlt',
    breaks: ['asynchronous-exit-keeps-shadows', 'hlt-ends-with-an-event'],
    wrong: 'An exit that the guest has nothing to do with ends HLT.',
    parts: {
      loneExits: class extends LoneExits {
        override kept(state: State): State {
          return withGuest(super.kept(state), { halted: false });
        }
      },
    },
  }),
  fault({
    id: 'kick-loses-pending-debug',
    breaks: ['asynchronous-exit-keeps-shadows'],
    wrong: 'A pending debug exception does not come back with the entry after an exit.',
    parts: {
      loneExits: class extends LoneExits {
        override kept(state: State): State {
          return withPending(super.kept(state), { debug: 0 });
        }
      },
    },
  }),
  fault({
    id: 'entry-leaves-nmis-masked',
    breaks: [
      'asynchronous-exit-keeps-shadows',
      'nmi-blocked-from-delivery-to-iret',
      'obstacles-do-not-show-in-the-frame',
    ],
    wrong: 'NMIs stay blocked after an entry that should have opened them.',
    seen: [
      bochs(
        'E28',
        'fixed SF #1456 Bochs does not handle NMI blocking correctly when running virtual machines (bd51ec5f8)',
        2023,
      ),
    ],
    config: { nmi: 'direct' },
    parts: {
      loneExits: class extends LoneExits {
        override kept(state: State): State {
          return withGuest(super.kept(state), { nmiBlocked: true });
        }
      },
    },
  }),
];
