import { eventTypes } from '../../spec/vmx/interruption-information.ts';
import {
  bits,
  controls,
  vmcsOf,
  type EventInFlight,
  type L2,
  type Vmcs12State as State,
} from '../../model/vmcs12/index.ts';
import { Entry } from '../../model/vmcs12/entry/entry.ts';
import { Delivery } from '../../model/vmcs12/l2/delivery.ts';
import { Obstacles } from '../../model/vmcs12/l2/obstacles.ts';
import { fault } from './define.ts';

/** Delivery of events in L2, injected or its own. */
export const delivery = [
  fault({
    id: 'injected-event-exits-by-the-bitmap',
    breaks: ['injected-event-is-delivered-once', 'interruption-valid-bit-is-always-right'],
    wrong: 'An injected exception exits where the exception bitmap has its bit.',
    parts: {
      entry: class extends Entry {
        override inject(state: State): State {
          const type = this.injectedType(vmcsOf(state));
          if (type !== eventTypes.hardwareException) return super.inject(state);
          const { information, errorCode } = this.injectedEvent(state, type);
          const exits = controls(state, (information & 0xff) === 14 ? 'interceptPf' : 'interceptUd');
          if (!exits) return super.inject(state);
          return this.parts.exits.exit(state, {
            reason: 0,
            by: 'fault',
            interruption: information,
            ...(errorCode !== undefined && { errorCode }),
          });
        }
      },
    },
  }),
  fault({
    id: 'injected-event-is-dropped-in-hlt',
    breaks: ['injected-event-is-delivered-once', 'delivery-ends-a-halt'],
    wrong: 'An event that is injected into a halted L2 is not delivered.',
    parts: {
      entry: class extends Entry {
        override inject(state: State): State {
          const isEvent = this.injectedType(vmcsOf(state)) !== eventTypes.other;
          if (state.l2.activity === 0 || !isEvent) return super.inject(state);
          return this.parts.boundary.reach(state, false);
        }
      },
    },
  }),
  fault({
    id: 'software-event-returns-to-itself',
    breaks: ['delivery-builds-the-frame'],
    wrong: 'The frame of a software event returns to the instruction that caused it.',
    parts: {
      delivery: class extends Delivery {
        override returnRip({ rip }: L2): number {
          return rip;
        }
      },
    },
  }),
  fault({
    id: 'frame-has-no-error-code',
    breaks: ['delivery-builds-the-frame', 'rsp-and-rflags-are-saved'],
    wrong: 'The frame of an event with an error code has no place for it.',
    parts: {
      delivery: class extends Delivery {
        override rspAfter(l2: L2, event: EventInFlight): number {
          const { errorCode: _, ...rest } = event;
          return super.rspAfter(l2, rest);
        }
      },
    },
  }),
  fault({
    id: 'handler-is-stepped',
    breaks: ['delivery-builds-the-frame', 'single-step-traps', 'rsp-and-rflags-are-saved'],
    wrong: 'Delivery leaves TF, so that the handler traps.',
    parts: {
      delivery: class extends Delivery {
        override rflagsAfter(l2: L2): number {
          return (super.rflagsAfter(l2) | (l2.rflags & bits.rflags.tf)) >>> 0;
        }
      },
    },
  }),
  fault({
    id: 'handler-runs-in-the-old-code-segment',
    breaks: ['delivery-builds-the-frame', 'usable-segments-are-saved-whole'],
    wrong: 'Delivery does not load CS.',
    parts: {
      delivery: class extends Delivery {
        override codeSegment(l2: L2): L2['cs'] {
          return l2.cs;
        }
      },
    },
  }),
  fault({
    id: 'event-is-delivered-though-its-delivery-faults',
    breaks: ['fault-during-delivery-takes-the-place'],
    wrong: 'A #GP during the delivery of an event that L1 does not intercept is lost, and the event delivered.',
    parts: {
      obstacles: class extends Obstacles {
        override generalProtection(state: State, event: EventInFlight): State {
          if (controls(state, 'interceptGp')) return super.generalProtection(state, event);
          return this.parts.delivery.finish(state, event);
        }
      },
    },
  }),
  fault({
    id: 'fault-during-delivery-is-delivered-though-l1-asks',
    breaks: ['fault-during-delivery-takes-the-place'],
    wrong: 'A #GP during the delivery of an event does not look at the exception bitmap.',
    parts: {
      obstacles: class extends Obstacles {
        override generalProtection(state: State, event: EventInFlight): State {
          return this.parts.delivery.deliver(state, {
            information: 0x8000_0b0d,
            errorCode: this.errorCode(event),
            length: 0,
            like: 'fault',
            isInjected: false,
          });
        }
      },
    },
  }),
  fault({
    id: 'fault-of-a-software-event-is-external',
    breaks: [
      'fault-during-delivery-takes-the-place',
      'error-codes-are-those-of-the-events',
      'delivery-builds-the-frame',
    ],
    wrong: 'The error code of a #GP during the delivery of a software event has EXT = 1.',
    parts: {
      obstacles: class extends Obstacles {
        override errorCode(event: EventInFlight): number {
          return super.errorCode(event) | 1;
        }
      },
    },
  }),
] as const;
