import { classOf } from '../../model/local-apic/index.ts';
import {
  universe,
  withVcpu,
  type Chosen,
  type Core,
  type LocalApicPart,
  type VirtualCpu,
  type PostedInterruptsState as State,
} from '../../model/posted-interrupts/index.ts';
import { EventDelivery } from '../../model/posted-interrupts/processor/event-delivery.ts';
import { Instructions } from '../../model/posted-interrupts/processor/instructions.ts';
import { Entry } from '../../model/posted-interrupts/software/entry.ts';
import { acrn, fault } from './define.ts';

/** Injection by software. */
export const injection = [
  fault({
    id: 'aborted-injection-returns-to-irr',
    breaks: ['injection-commits-the-vector'],
    wrong: 'The vector of an entry that is called off becomes pending again.',
    config: { apicv: 'off' },
    parts: {
      entry: class extends Entry {
        override abort(state: State, v: number): State {
          const { core } = state.vcpus[v];
          const next = super.abort(state, v);
          const vcpu = next.vcpus[v];
          const { inflight } = vcpu.core;
          if (core.inflight !== 0 || inflight === 0 || (inflight & 0x700) !== 0) return next;
          const { irr, isr } = vcpu.apic;
          const vector = inflight & 0xff;
          const apic = { ...vcpu.apic, irr: universe.with(irr, vector), isr: universe.without(isr, vector) };
          return withVcpu(next, v, { ...vcpu, apic, core: { ...vcpu.core, inflight: 0 } });
        }
      },
    },
  }),
  fault({
    id: 'aborted-injection-is-lost',
    breaks: ['injection-commits-the-vector'],
    wrong: 'The event of an entry that is called off is forgotten.',
    parts: {
      entry: class extends Entry {
        override keptAfterAbort(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'higher-vector-overtakes-what-is-in-flight',
    breaks: ['committed-event-goes-first', 'reinjection-acknowledges-nothing', 'one-event-is-injected-per-entry'],
    wrong: 'A higher vector that has become pending is injected before the event in flight.',
    config: { apicv: 'off' },
    parts: {
      entry: class extends Entry {
        override chooseInflight(state: State, v: number): Chosen {
          const chosen = this.chooseInterrupt(state, v);
          return chosen.info === 0 ? super.chooseInflight(state, v) : chosen;
        }
      },
    },
  }),
  fault({
    id: 'reinjection-acknowledges-again',
    breaks: ['reinjection-acknowledges-nothing'],
    wrong: 'Injecting an event in flight clears its bit in IRR, where another of the vector may wait (M-28).',
    parts: {
      entry: class extends Entry {
        override chooseInflight(state: State, v: number): Chosen {
          const chosen = super.chooseInflight(state, v);
          const vcpu = chosen.state.vcpus[v];
          const apic = { ...vcpu.apic, irr: universe.without(vcpu.apic.irr, chosen.info & 0xff) };
          return { ...chosen, state: withVcpu(chosen.state, v, { ...vcpu, apic }) };
        }
      },
    },
  }),
  fault({
    id: 'interrupted-delivery-is-forgotten',
    breaks: ['interrupted-delivery-is-reported'],
    wrong: 'An event whose delivery exits is not remembered: it never reaches its handler.',
    parts: {
      eventDelivery: class extends EventDelivery {
        override remembered(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'event-in-flight-is-injected-twice',
    breaks: ['one-event-is-injected-per-entry', 'committed-event-goes-first', 'reinjection-acknowledges-nothing'],
    wrong: 'The event in flight is not taken out when it is injected: every entry injects it.',
    parts: {
      entry: class extends Entry {
        override chooseInflight(state: State, v: number): Chosen {
          return { ...super.chooseInflight(state, v), state };
        }
      },
    },
  }),
  fault({
    id: 'nmi-is-injected-with-what-is-in-flight',
    breaks: ['one-event-is-injected-per-entry', 'committed-event-goes-first', 'reinjection-acknowledges-nothing'],
    wrong: 'An NMI takes the place of the event in flight, which is lost.',
    parts: {
      entry: class extends Entry {
        override chooseInflight(state: State, v: number): Chosen {
          const chosen = super.chooseInflight(state, v);
          return state.vcpus[v].core.nmi ? this.chooseNmi(chosen.state, v) : chosen;
        }
      },
    },
  }),
  fault({
    id: 'waiting-nmi-asks-for-no-window',
    breaks: ['nmi-window-opens-for-a-waiting-nmi'],
    wrong: 'An NMI that waits for an event in flight is not injected until the guest exits for another reason.',
    parts: {
      entry: class extends Entry {
        override leaveThroughNmiWindow(state: State): State {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'closed-guest-is-interrupted',
    breaks: ['closed-guest-gets-no-interrupt', 'sti-blocks-one-instruction', 'mov-ss-blocks-one-instruction'],
    wrong: 'Interrupts are delivered with IF 0.',
    parts: {
      eventDelivery: class extends EventDelivery {
        override isOpen(core: Core): boolean {
          return super.isOpen({ ...core, interruptFlag: true });
        }
      },
    },
  }),
  fault({
    id: 'sti-blocks-nothing',
    breaks: ['sti-blocks-one-instruction', 'closed-guest-gets-no-interrupt'],
    wrong: 'An interrupt is delivered right after the STI that sets IF.',
    parts: {
      instructions: class extends Instructions {
        override afterSti(): Partial<Core> {
          return { interruptFlag: true, blocking: 'none' };
        }
      },
    },
  }),
  fault({
    id: 'every-sti-blocks',
    breaks: ['sti-blocks-one-instruction'],
    wrong: 'STI blocks with IF already 1, too: a guest that repeats it is never interrupted.',
    parts: {
      instructions: class extends Instructions {
        override afterSti(): Partial<Core> {
          return { interruptFlag: true, blocking: 'sti' };
        }
      },
    },
  }),
  fault({
    id: 'mov-ss-blocks-nothing',
    breaks: ['mov-ss-blocks-one-instruction'],
    wrong: 'MOV to SS does not block delivery.',
    parts: {
      instructions: class extends Instructions {
        override movSs(state: State, v: number): State {
          return this.nop(state, v);
        }
      },
    },
  }),
  fault({
    id: 'blocking-outlives-the-next-instruction',
    breaks: ['mov-ss-blocks-one-instruction', 'sti-blocks-one-instruction', 'x2apic-access-exits-as-msr'],
    wrong: 'Blocking by STI or MOV SS does not end with the next instruction.',
    config: { nested: false },
    parts: {
      instructions: class extends Instructions {
        override complete(state: State): State {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'no-window-is-requested',
    breaks: ['waiting-interrupt-requests-a-window'],
    wrong: 'An interrupt that IF holds off waits for an exit that happens by chance.',
    config: { apicv: 'off' },
    parts: {
      entry: class extends Entry {
        override windowAtEntry(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'window-stays-requested',
    breaks: ['waiting-interrupt-requests-a-window'],
    wrong: '"Interrupt-window exiting" is not cleared once there is nothing left to wait for.',
    config: { apicv: 'off' },
    parts: {
      entry: class extends Entry {
        override windowAtEntry(vcpu: VirtualCpu): boolean {
          return super.windowAtEntry(vcpu) || vcpu.virtual.window;
        }
      },
    },
  }),
  fault({
    id: 'window-ignores-blocking',
    breaks: [
      'open-window-exits',
      'closed-guest-gets-no-interrupt',
      'sti-blocks-one-instruction',
      'mov-ss-blocks-one-instruction',
    ],
    wrong: '"Interrupt-window exiting" exits with IF 1 even in blocking by MOV SS or STI.',
    config: { apicv: 'off' },
    parts: {
      eventDelivery: class extends EventDelivery {
        override isOpen(core: Core): boolean {
          return super.isOpen({ ...core, blocking: 'none' });
        }
      },
    },
  }),
  fault({
    id: 'threshold-is-not-updated',
    breaks: ['threshold-is-the-class-that-tpr-hides'],
    wrong: 'The TPR threshold is not computed again at an entry: it stays what it first was.',
    seen: [acrn('C35', 'hv: fix a bug that tpr threshold is not updated (e1a2ed172)', 2019)],
    config: { apicv: 'off' },
    parts: {
      entry: class extends Entry {
        override thresholdAtEntry(vcpu: VirtualCpu): number {
          return vcpu.virtual.threshold === 0 ? super.thresholdAtEntry(vcpu) : vcpu.virtual.threshold;
        }
      },
    },
  }),
  fault({
    id: 'threshold-is-the-class-of-whatever-is-pending',
    breaks: ['threshold-is-the-class-that-tpr-hides'],
    wrong: 'The TPR threshold is the class of the highest pending vector although TPR does not hide it.',
    config: { apicv: 'off' },
    parts: {
      entry: class extends Entry {
        override thresholdAtEntry({ apic }: VirtualCpu): number {
          const { localApic }: { readonly localApic: LocalApicPart } = this.parts;
          return classOf(localApic.highestPending(apic.irr));
        }
      },
    },
  }),
  fault({
    id: 'tpr-at-the-threshold-exits',
    breaks: ['tpr-below-threshold-exits', 'tpr-shadow-virtualizes-tpr'],
    wrong: 'A TPR write that reaches the threshold and is not below it exits.',
    config: { apicv: 'off' },
    parts: {
      instructions: class extends Instructions {
        override isBelowThreshold(tpr: number, threshold: number): boolean {
          return threshold !== 0 && super.isBelowThreshold(tpr, threshold + 1);
        }
      },
    },
  }),
  fault({
    id: 'tpr-below-threshold-stays-in-the-guest',
    breaks: ['tpr-below-threshold-exits'],
    wrong: 'A TPR write below the threshold does not exit: what TPR has hidden waits.',
    config: { apicv: 'off' },
    parts: {
      instructions: class extends Instructions {
        override isBelowThreshold(): boolean {
          return false;
        }
      },
    },
  }),
];
