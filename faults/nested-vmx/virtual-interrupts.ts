import { notificationVector } from '../../spec/nested-vmx/universe.ts';
import { activityStates } from '../../spec/vmx/guest-non-register-state.ts';
import {
  control,
  universe,
  type BareState,
  type Chips,
  type NestedState as State,
  type Situation,
  type VirtualApic,
  type VmExit,
} from '../../model/nested-vmx/index.ts';
import { BareBoundaries } from '../../model/nested-vmx/bare/boundaries.ts';
import { NestedEvents } from '../../model/nested-vmx/l0/nested-events.ts';
import { Reflection } from '../../model/nested-vmx/l0/reflection.ts';
import { InterruptExits } from '../../model/nested-vmx/processor/interrupt-exits.ts';
import { VirtualInterrupts } from '../../model/nested-vmx/processor/virtual-interrupts.ts';
import { fault, type NestedVmxFault } from './define.ts';

type Declared = Omit<NestedVmxFault, 'profile' | 'config'>;

const virtual = { preset: 'virtual', apicVirtualization: 'virtual' } as const;
const posted = { preset: 'posted', apicVirtualization: 'posted' } as const;

/** A fault of the processor that shows where L1 gives L2 virtual-interrupt delivery. */
const delivering = (declared: Declared) => fault({ ...declared, profile: 'bare', config: virtual });

/** A fault of the processor that shows where L1 gives L2 posted interrupts. */
const posting = (declared: Declared) => fault({ ...declared, profile: 'bare', config: posted });

/** Virtual-interrupt delivery and posted interrupts that L1 gives L2. */
export const virtualInterrupts = [
  delivering({
    id: 'entry-does-not-evaluate',
    breaks: ['entry-evaluates-rvi', 'virtual-interrupt-is-delivered-without-exit'],
    wrong: 'VM entry does not look at RVI.',
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override entry(page: VirtualApic, controls: number): VirtualApic {
          super.entry(page, controls);
          return this.virtualizePpr(page);
        }
      },
    },
  }),
  delivering({
    id: 'window-does-not-prevent-recognition',
    breaks: ['entry-evaluates-rvi', 'accesses-of-l2-stay-with-l2'],
    wrong: 'A virtual interrupt is recognized with "interrupt-window exiting" 1.',
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override recognizes(page: VirtualApic, controls: number): boolean {
          return super.recognizes(page, controls & ~control.interruptWindow);
        }
      },
    },
  }),
  delivering({
    id: 'virtual-delivery-leaves-virr',
    breaks: ['virtual-interrupt-is-delivered-without-exit'],
    wrong: 'The vector of a virtual interrupt stays in VIRR.',
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override deliver(page: VirtualApic): VirtualApic {
          return { ...super.deliver(page), irr: page.irr };
        }
      },
    },
  }),
  delivering({
    id: 'virtual-delivery-leaves-vppr',
    breaks: ['virtual-interrupt-is-delivered-without-exit'],
    wrong: 'VPPR is not raised when a virtual interrupt is delivered.',
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override deliver(page: VirtualApic): VirtualApic {
          return { ...super.deliver(page), ppr: page.ppr };
        }
      },
    },
  }),
  delivering({
    id: 'eoi-of-l2-does-not-reach-its-page',
    breaks: ['accesses-of-l2-stay-with-l2'],
    wrong: 'An EOI of L2 with virtual-interrupt delivery is dropped.',
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override eoi(page: VirtualApic, controls: number): VirtualApic {
          super.eoi(page, controls);
          return page;
        }
      },
    },
  }),
  delivering({
    id: 'tpr-write-does-not-evaluate',
    breaks: ['accesses-of-l2-stay-with-l2'],
    wrong: 'A TPR write of L2 lets nothing through that VTPR has held back.',
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override writeTpr(page: VirtualApic, tpr: number, controls: number): VirtualApic {
          super.writeTpr(page, tpr, controls);
          return this.virtualizePpr({ ...page, tpr });
        }
      },
    },
  }),
  delivering({
    id: 'raised-rvi-is-looked-at-at-once',
    breaks: ['rvi-waits-for-an-evaluation'],
    wrong: 'RVI is evaluated when L1 raises it.',
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override pend(page: VirtualApic, vector: number): VirtualApic {
          return this.evaluate(super.pend(page, vector), 0);
        }
      },
    },
  }),
  delivering({
    id: 'recognition-survives-the-exit',
    breaks: ['exit-ends-recognition'],
    wrong: 'What was recognized before an exit is recognized after it.',
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override afterExit(page: VirtualApic): VirtualApic {
          super.afterExit(page);
          return page;
        }
      },
    },
  }),
  posting({
    id: 'notification-exits',
    breaks: ['notification-is-processed-without-exit', 'processing-leaves-l2-halted'],
    wrong: "L1's notification vector makes L2 exit like any other.",
    parts: {
      interruptExits: class extends InterruptExits {
        override isProcessed(vector: number, controls: number): boolean {
          super.isProcessed(vector, controls);
          return false;
        }
      },
    },
  }),
  posting({
    id: 'every-vector-is-processed',
    breaks: ['other-vectors-exit'],
    wrong: 'Any deliverable vector starts posted-interrupt processing.',
    parts: {
      interruptExits: class extends InterruptExits {
        override isProcessed(vector: number, controls: number): boolean {
          super.isProcessed(vector, controls);
          return (controls & control.postedInterrupts) !== 0;
        }
      },
    },
  }),
  posting({
    id: 'processed-notification-is-in-service',
    breaks: ['notification-is-processed-without-exit'],
    wrong: 'The notification vector goes from IRR to ISR when it is processed; nobody ends it.',
    parts: {
      interruptExits: class extends InterruptExits {
        override consume(chips: Chips): Chips {
          const { apic } = super.consume(chips);
          return { ...chips, apic: { ...apic, isr: universe.with(apic.isr, notificationVector) } };
        }
      },
    },
  }),
  posting({
    id: 'processing-leaves-on',
    breaks: ['notification-is-processed-without-exit'],
    wrong: 'Posted-interrupt processing leaves ON set: nobody notifies any more.',
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override process(page: VirtualApic, controls: number): VirtualApic {
          return { ...super.process(page, controls), on: page.on };
        }
      },
    },
  }),
  posting({
    id: 'processing-replaces-rvi',
    breaks: ['notification-is-processed-without-exit'],
    wrong: 'RVI becomes the highest bit of PIR where it was higher.',
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override process(page: VirtualApic, controls: number): VirtualApic {
          const rvi = universe.max(page.pir);
          return this.evaluate({ ...super.process(page, controls), rvi }, controls);
        }
      },
    },
  }),
  posting({
    id: 'processing-wakes-l2',
    breaks: ['processing-leaves-l2-halted'],
    wrong: 'Posted-interrupt processing makes a halted L2 active.',
    parts: {
      bareBoundaries: class extends BareBoundaries {
        override process(state: BareState): BareState {
          const next = super.process(state);
          const { guest } = next;
          return { ...next, guest: { ...guest, core: { ...guest.core, activity: activityStates.active } } };
        }
      },
    },
  }),
  posting({
    id: 'post-raises-rvi',
    breaks: ['posting-alone-reaches-nobody'],
    wrong: 'A post reaches RVI of L2 without a notification.',
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override post(page: VirtualApic, vector: number): VirtualApic {
          const next = super.post(page, vector);
          return { ...next, rvi: Math.max(page.rvi, vector) };
        }
      },
    },
  }),
  fault({
    id: 'notification-does-not-compete',
    breaks: [
      'notification-obeys-l1-priority',
      'hidden-interrupt-makes-no-exit',
      'notification-is-processed-without-exit',
    ],
    wrong: "L0 processes L1's notification vector without looking at TPR and ISR of L1.",
    config: { ...posted, l0Apicv: false },
    parts: {
      nestedEvents: class extends NestedEvents {
        override situation(state: State): Situation {
          const situation = super.situation(state);
          const notified = universe.has(state.chips.apic.irr, notificationVector);
          const processes = (situation.controls & control.postedInterrupts) !== 0 && !state.chips.pic;
          return notified && processes ? { ...situation, interrupt: notificationVector } : situation;
        }
      },
    },
  }),
  fault({
    id: 'notification-ends-with-l2',
    breaks: ['notification-waits-in-irr', 'pending-interrupt-survives-level-changes', 'acceptance-changes-irr-alone'],
    wrong: "L1's notification vector that is pending when L2 exits is dropped.",
    config: { ...posted, l0Apicv: false },
    parts: {
      reflection: class extends Reflection {
        override exit(state: State, exit: VmExit): State {
          const next = super.exit(state, exit);
          return { ...next, chips: this.parts.quiet.interruptExits.consume(next.chips) };
        }
      },
    },
  }),
];
