import { exitReasons } from '../../spec/vmx/exit-reasons.ts';
import { activityStates } from '../../spec/vmx/guest-non-register-state.ts';
import {
  hasActed,
  withChips,
  type BareState,
  type Core,
  type EventFields,
  type Exit,
  type Machine,
  type NestedState as State,
  type Plan,
  type Situation,
  type Taken,
  type VmExit,
} from '../../model/nested-vmx/index.ts';
import { BareBoundaries } from '../../model/nested-vmx/bare/boundaries.ts';
import { BareDevices } from '../../model/nested-vmx/bare/devices.ts';
import { NestedDevices } from '../../model/nested-vmx/l0/devices.ts';
import { NestedEvents } from '../../model/nested-vmx/l0/nested-events.ts';
import { Reflection } from '../../model/nested-vmx/l0/reflection.ts';
import { Boundary } from '../../model/nested-vmx/processor/boundary.ts';
import { ExitToL1 } from '../../model/nested-vmx/processor/exit-to-l1.ts';
import { Interruptibility } from '../../model/nested-vmx/processor/interruptibility.ts';
import { fault, kvm } from './define.ts';

/** HLT, shutdown, wait-for-SIPI; INIT and SIPI. */
export const activity = [
  fault({
    id: 'halted-l2-is-not-left',
    breaks: ['interrupt-exits-from-hlt', 'l2-if-does-not-block-the-exit', 'processing-leaves-l2-halted'],
    wrong: 'An interrupt that exits does not make a halted L2 exit.',
    seen: [kvm('A28', 'KVM: nVMX: Rework interception of IRQs and NMIs (b6b8a1451fc4)', 2014)],
    parts: {
      nestedEvents: class extends NestedEvents {
        override interrupt(state: State, situation: Situation): Plan {
          const plan = super.interrupt(state, situation);
          return plan === 'exit-interrupt' && situation.core.activity === activityStates.hlt ? 'enter' : plan;
        }
      },
    },
  }),
  fault({
    id: 'exit-from-hlt-saves-active',
    breaks: ['exit-from-hlt-saves-hlt'],
    wrong: 'An exit out of HLT saves the active state (M-14).',
    parts: {
      exitToL1: class extends ExitToL1 {
        override savedActivity(core: Core): number {
          const saved = super.savedActivity(core);
          return saved === activityStates.hlt ? activityStates.active : saved;
        }
      },
    },
  }),
  fault({
    id: 'masked-interrupt-wakes-l2',
    breaks: ['masked-interrupt-does-not-wake', 'direct-interrupt-obeys-l2'],
    wrong: 'An interrupt that a halted L2 cannot take makes it active.',
    profile: 'bare',
    config: { preset: 'direct' },
    parts: {
      bareBoundaries: class extends BareBoundaries {
        override ofL2(state: BareState): BareState {
          const next = super.ofL2(state);
          const { guest } = next;
          const waits = guest.core.activity === activityStates.hlt && next.chips.apic.irr !== 0;
          if (hasActed(next.out) || !waits) return next;
          return { ...next, guest: { ...guest, core: { ...guest.core, activity: activityStates.active } } };
        }
      },
    },
  }),
  fault({
    id: 'init-stays-after-its-exit',
    breaks: ['init-exits'],
    wrong: 'The exit of INIT does not consume it: L2 exits again.',
    parts: {
      reflection: class extends Reflection {
        override exit(state: State, exit: VmExit): State {
          const next = super.exit(state, exit);
          return exit.reason === exitReasons.init ? withChips(next, { init: true }) : next;
        }
      },
    },
  }),
  fault({
    id: 'init-in-root-operation-is-lost',
    breaks: ['init-waits-in-root-operation', 'init-exits'],
    wrong: 'INIT that L1 finds pending is discarded.',
    profile: 'bare',
    parts: {
      bareBoundaries: class extends BareBoundaries {
        override ofL1(state: BareState): BareState {
          const next = super.ofL1(state);
          return { ...next, chips: { ...next.chips, init: false } };
        }
      },
    },
  }),
  fault({
    id: 'sipi-exits-an-active-l2',
    breaks: ['sipi-is-discarded-elsewhere'],
    wrong: 'SIPI makes an active L2 exit.',
    seen: [
      kvm('A23', 'KVM: nVMX: Ignore SIPI that arrives in L2 when vCPU is not in WFS (c2086eca8658)', 2022, 'heading'),
    ],
    parts: {
      nestedDevices: class extends NestedDevices {
        override acceptsSipi(state: State): boolean {
          super.acceptsSipi(state);
          return state.runsL2;
        }
      },
      nestedEvents: class extends NestedEvents {
        override plan(state: State, situation: Situation): Plan {
          const plan = super.plan(state, situation);
          return plan === 'enter' && situation.sipi ? 'exit-sipi' : plan;
        }
      },
    },
  }),
  fault({
    id: 'sipi-outlives-the-moment',
    breaks: ['sipi-is-discarded-elsewhere', 'sipi-exits-in-wait-for-sipi'],
    wrong: 'SIPI that comes while L1 runs is kept for an L2 that waits for one.',
    profile: 'bare',
    parts: {
      bareDevices: class extends BareDevices {
        override acceptsSipi(state: BareState): boolean {
          super.acceptsSipi(state);
          return true;
        }
      },
    },
  }),
  fault({
    id: 'sipi-exit-does-not-tell-the-vector',
    breaks: ['sipi-exits-in-wait-for-sipi'],
    wrong: 'The exit of SIPI has the qualification 0.',
    parts: {
      exitToL1: class extends ExitToL1 {
        override report(exit: VmExit, core: Core, entry: EventFields): Exit {
          const report = super.report(exit, core, entry);
          return exit.reason === exitReasons.sipi ? { ...report, qualification: 0 } : report;
        }
      },
    },
  }),
  fault({
    id: 'shutdown-takes-interrupts',
    breaks: ['shutdown-blocks-interrupts'],
    wrong: 'An L2 in shutdown exits for interrupts, and through its windows.',
    profile: 'bare',
    parts: {
      interruptibility: class extends Interruptibility {
        override takesInterrupts(core: Core): boolean {
          super.takesInterrupts(core);
          return core.activity !== activityStates.waitForSipi;
        }
      },
    },
  }),
  fault({
    id: 'nmi-does-not-leave-shutdown',
    breaks: ['shutdown-blocks-interrupts'],
    wrong: 'An L2 in shutdown does not exit for an NMI.',
    profile: 'bare',
    parts: {
      boundary: class extends Boundary {
        override nmi(situation: Situation, machine: Machine): Taken | undefined {
          const taken = super.nmi(situation, machine);
          return situation.core.activity === activityStates.shutdown ? undefined : taken;
        }
      },
    },
  }),
  fault({
    id: 'init-leaves-wait-for-sipi',
    breaks: ['wait-for-sipi-blocks-everything-else'],
    wrong: 'INIT makes an L2 in wait-for-SIPI exit.',
    profile: 'bare',
    parts: {
      boundary: class extends Boundary {
        override choose(situation: Situation, machine: Machine): Taken | undefined {
          const taken = super.choose(situation, machine);
          return taken === undefined && situation.init ? 'init' : taken;
        }
      },
    },
  }),
];
