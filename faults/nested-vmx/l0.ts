import {
  withCurrent,
  withL0,
  type HostEvent,
  type Hypervisor,
  type NestedState as State,
  type Plan,
  type Situation,
  type VmExit,
} from '../../model/nested-vmx/index.ts';
import { ExitHandlers } from '../../model/nested-vmx/l0/exit-handlers.ts';
import { Host } from '../../model/nested-vmx/l0/host.ts';
import { Look } from '../../model/nested-vmx/l0/look.ts';
import { NestedEvents } from '../../model/nested-vmx/l0/nested-events.ts';
import { Reflection } from '../../model/nested-vmx/l0/reflection.ts';
import { acrn, fault, kvm } from './define.ts';

/** What L0 keeps, with the vectoring information of the last exit that it has handled itself. */
interface Leaking extends Hypervisor {
  readonly vectoring?: number;
}

/** What L0 does between, and must not let show. */
export const l0 = [
  fault({
    id: 'host-exit-ends-blocking',
    breaks: ['host-exit-is-a-stutter', 'l0-is-invisible'],
    wrong: 'Blocking by STI and MOV SS is gone after an interrupt of L0.',
    parts: {
      host: class extends Host {
        override exit(state: State): State {
          const next = super.exit(state);
          const { guest } = next.runsL2 ? next.vmcs02 : next.vmcs01;
          return withCurrent(next, { guest: { ...guest, core: { ...guest.core, blocking: 0 } } });
        }
      },
    },
  }),
  fault({
    id: 'host-exit-restarts-the-timer',
    breaks: ['host-exit-is-a-stutter', 'l0-is-invisible'],
    wrong: 'An exit that L0 handles sets the timer of L1 back.',
    seen: [kvm('B21', 'KVM: nVMX: Fully support nested VMX preemption timer (7854cbca81cc)', 2013, 'hearsay')],
    parts: {
      host: class extends Host {
        override step(state: State, event: HostEvent): State {
          const next = super.step(state, event);
          return event.kind === 'hostExit' ? withL0(next, { timer: false }) : next;
        }
      },
    },
  }),
  fault({
    id: 'pending-mtf-is-lost-at-an-exit-of-l0',
    breaks: [
      'host-exit-is-a-stutter',
      'l0-is-invisible',
      'mtf-exits-after-each-instruction',
      'mtf-exits-after-a-delivery',
    ],
    wrong: 'An MTF exit that the processor has pending is lost where L0 gets control for something else.',
    parts: {
      exitHandlers: class extends ExitHandlers {
        override keepsMtf({ l0 }: State): boolean {
          return l0.mtf;
        }
      },
    },
  }),
  fault({
    id: 'window-of-l0-is-reported',
    breaks: ['l0-window-is-not-reported', 'window-of-l1-is-reported-only-if-asked'],
    wrong: 'A window exit that L0 armed for itself is reported to L1.',
    parts: {
      exitHandlers: class extends ExitHandlers {
        override isAskedFor(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'host-window-makes-up-an-interrupt',
    breaks: ['host-window-is-no-interrupt', 'l0-window-is-not-reported', 'l0-is-invisible'],
    wrong: "A window that L0's own software asks for while L2 runs is turned into an external-interrupt exit to L1.",
    seen: [kvm('A04', 'KVM: nVMX: Properly handle userspace interrupt window request (a1c77abb8d93)', 2020)],
    parts: {
      nestedEvents: class extends NestedEvents {
        override plan(state: State, situation: Situation): Plan {
          const plan = super.plan(state, situation);
          const makesUp = state.l0.window && !state.l0.runPending;
          return plan === 'enter' && makesUp && this.parts.boundary.exitsOnInterrupt(situation.controls)
            ? 'exit-interrupt'
            : plan;
        }
      },
    },
  }),
  fault({
    id: 'no-window-is-armed-for-l1',
    breaks: [
      'windows-are-armed-per-level',
      'l1-takes-it-when-it-opens',
      'l0-is-invisible',
      'vector-is-chosen-when-it-is-taken',
    ],
    wrong: 'L0 arms no window when L1 cannot take what is pending: it waits for another exit.',
    config: { l0Apicv: false },
    parts: {
      look: class extends Look {
        override armsForL1(waits: boolean): boolean {
          super.armsForL1(waits);
          return false;
        }
      },
    },
  }),
  fault({
    id: 'apicv-is-thought-to-deliver-the-8259',
    breaks: [
      'windows-are-armed-per-level',
      'pic-bypasses-the-local-apic',
      'l1-takes-it-when-it-opens',
      'vector-is-chosen-when-it-is-taken',
    ],
    wrong: 'With APIC virtualization for L1 no window is armed for the 8259, which that does not deliver.',
    seen: [acrn('A38', 'hv: apicv: enable interrupt-window if any pending external interrupts (8e296155d)', 2018)],
    config: { l0Apicv: true },
    parts: {
      look: class extends Look {
        override armsForL1(waits: boolean): boolean {
          super.armsForL1(waits);
          return false;
        }
      },
    },
  }),
  fault({
    id: 'no-window-is-armed-for-l2',
    breaks: [
      'windows-are-armed-per-level',
      'direct-interrupt-obeys-l2',
      'l0-is-invisible',
      'direct-interrupt-is-acknowledged-once',
      'direct-interrupt-goes-through-the-idt-of-l2',
    ],
    wrong: 'L0 arms no window when L2 cannot take an interrupt that goes straight to it.',
    config: { preset: 'direct' },
    parts: {
      look: class extends Look {
        override armsForL2(waits: boolean): boolean {
          super.armsForL2(waits);
          return false;
        }
      },
    },
  }),
  fault({
    id: 'what-comes-after-the-look-is-not-seen',
    breaks: [
      'race-before-the-entry-is-closed',
      'l0-is-invisible',
      'pending-interrupt-survives-level-changes',
      'nmi-interrupts-l1',
      'l1-takes-it-when-it-opens',
      'init-exits',
      'vector-is-chosen-when-it-is-taken',
    ],
    wrong: 'What becomes pending after L0 has looked and before it enters waits for the next exit.',
    parts: {
      host: class extends Host {
        override kick(state: State): State {
          return state.inGuest ? super.kick(state) : state;
        }
      },
    },
  }),
  fault({
    id: 'vectoring-of-l0-leaks',
    breaks: [
      'vectoring-of-l0-does-not-leak',
      'interrupted-exit-is-never-vectoring',
      'injected-event-goes-before-exits',
      'violation-of-an-instruction-is-not-vectoring',
    ],
    wrong: 'The IDT-vectoring information of an exit that L0 has handled is in the next exit to L1 (M-11).',
    parts: {
      exitHandlers: class extends ExitHandlers {
        override interruptedDelivery(state: State, exit: VmExit): State {
          const next = super.interruptedDelivery(state, exit);
          const l0: Leaking = { ...next.l0, vectoring: next.runsL2 ? exit.vectoring : 0 };
          return { ...next, l0 };
        }
      },
      reflection: class extends Reflection {
        override exit(state: State, exit: VmExit): State {
          const { vectoring = 0 }: Leaking = state.l0;
          const l0: Leaking = { ...state.l0, vectoring: 0 };
          return super.exit({ ...state, l0 }, exit.vectoring === 0 ? { ...exit, vectoring } : exit);
        }
      },
    },
  }),
  fault({
    id: 'violation-of-l0-is-reflected',
    breaks: ['in-flight-event-is-delivered-first', 'vectoring-of-l0-does-not-leak', 'l0-is-invisible'],
    wrong: 'A delivery that meets a page which L0 has swapped out exits to L1, whose EPT has the page.',
    parts: {
      exitHandlers: class extends ExitHandlers {
        override isOwnedByL1({ runsL2 }: State): boolean {
          return runsL2;
        }
      },
    },
  }),
  fault({
    id: 'mtf-of-l2-outlives-the-exit',
    breaks: ['events-of-l2-never-reach-l1', 'mtf-goes-before-timer-and-interrupts'],
    wrong: 'An MTF exit that L0 has pending for L2 outlives an exit to L1.',
    parts: {
      reflection: class extends Reflection {
        override withoutL2(l0: Hypervisor): Hypervisor {
          return { ...super.withoutL2(l0), mtf: l0.mtf };
        }
      },
    },
  }),
  ...[
    ['the-mtf-exit', 'the MTF exit that is pending', { mtf: false }] as const,
    ['the-timer', 'that the timer is at zero', { timer: false }] as const,
    ['nmi-blocking', 'what bit 3 is for L1', { nmiBlocking: false }] as const,
  ].map(([what, text, lost]) =>
    fault({
      id: `saved-state-lacks-${what}`,
      breaks: ['migration-and-restore-keep-everything', 'l0-is-invisible'],
      wrong: `What is saved of a virtual CPU lacks ${text}.`,
      parts: {
        host: class extends Host {
          override restored(l0: Hypervisor): Hypervisor {
            return { ...super.restored(l0), ...lost };
          }
        },
      },
    }),
  ),
  fault({
    id: 'migration-loses-what-is-posted',
    breaks: ['migration-and-restore-keep-everything', 'l0-is-invisible'],
    wrong: 'What L0 has posted for L1 and nobody has processed yet is lost when the virtual CPU is moved.',
    config: { l0Apicv: true },
    parts: {
      host: class extends Host {
        override step(state: State, event: HostEvent): State {
          const next = super.step(state, event);
          if (event.kind !== 'hostMigrate') return next;
          const { guest } = next.vmcs01;
          const virtual = { ...guest.virtual, pir: 0, on: false };
          return { ...next, vmcs01: { ...next.vmcs01, guest: { ...guest, virtual } } };
        }
      },
    },
  }),
];
