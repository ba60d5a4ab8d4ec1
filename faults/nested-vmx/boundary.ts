import { exitReasons } from '../../spec/vmx/exit-reasons.ts';
import { activityStates } from '../../spec/vmx/guest-non-register-state.ts';
import {
  control,
  with12,
  withCurrent,
  type BareState,
  type EventFields,
  type Guest,
  type Machine,
  type NestedState as State,
  type Situation,
  type Taken,
  type VmExit,
} from '../../model/nested-vmx/index.ts';
import { BareBoundaries } from '../../model/nested-vmx/bare/boundaries.ts';
import { Reflection } from '../../model/nested-vmx/l0/reflection.ts';
import { Boundary } from '../../model/nested-vmx/processor/boundary.ts';
import { EventDelivery } from '../../model/nested-vmx/processor/event-delivery.ts';
import { Instructions, type Interceptable } from '../../model/nested-vmx/processor/instructions.ts';
import { Loading } from '../../model/nested-vmx/processor/loading.ts';
import { bochs, fault, unitTests } from './define.ts';

/** What comes first at a boundary; windows, monitor trap flag, timer; exits of instructions. */
export const boundary = [
  fault({
    id: 'init-comes-last',
    breaks: ['init-goes-before-the-rest'],
    wrong: 'INIT is looked at after everything else.',
    profile: 'bare',
    parts: {
      boundary: class extends Boundary {
        override choose(situation: Situation, machine: Machine): Taken | undefined {
          return super.choose({ ...situation, init: false }, machine) ?? super.choose(situation, machine);
        }
      },
    },
  }),
  fault({
    id: 'exit-follows-a-delivery-at-the-same-boundary',
    breaks: ['one-action-at-a-boundary', 'nmi-goes-before-interrupts', 'virtual-interrupt-goes-before-exit'],
    wrong: 'What waits behind an event that is delivered is taken at the same boundary.',
    profile: 'bare',
    parts: {
      bareBoundaries: class extends BareBoundaries {
        override ofL2(state: BareState): BareState {
          const next = super.ofL2(state);
          return next.runsL2 && next.out.delivery.level === 2 ? super.ofL2(next) : next;
        }
      },
    },
  }),
  fault({
    id: 'timer-goes-before-mtf',
    breaks: ['mtf-goes-before-timer-and-interrupts'],
    wrong: 'The timer exit goes before a pending MTF exit.',
    profile: 'bare',
    parts: {
      boundary: class extends Boundary {
        override choose(situation: Situation, machine: Machine): Taken | undefined {
          return super.choose({ ...situation, mtf: situation.mtf && !situation.timer }, machine);
        }
      },
    },
  }),
  fault({
    id: 'nmi-goes-before-the-timer',
    breaks: ['timer-goes-before-windows-and-interrupts'],
    wrong: 'An NMI goes before the timer exit.',
    profile: 'bare',
    parts: {
      boundary: class extends Boundary {
        override choose(situation: Situation, machine: Machine): Taken | undefined {
          return super.choose({ ...situation, timer: situation.timer && !situation.nmi }, machine);
        }
      },
    },
  }),
  fault({
    id: 'nmi-goes-before-its-window',
    breaks: ['nmi-window-goes-before-the-nmi'],
    wrong: 'An NMI exit goes before the NMI-window exit.',
    profile: 'bare',
    config: { preset: 'acknowledge' },
    parts: {
      boundary: class extends Boundary {
        override choose(situation: Situation, machine: Machine): Taken | undefined {
          const { controls, nmi } = situation;
          return super.choose({ ...situation, controls: nmi ? controls & ~control.nmiWindow : controls }, machine);
        }
      },
    },
  }),
  fault({
    id: 'interrupt-goes-before-the-window',
    breaks: ['window-goes-before-interrupt'],
    wrong: 'The exit for an interrupt goes before the interrupt-window exit.',
    profile: 'bare',
    parts: {
      boundary: class extends Boundary {
        override virtual(situation: Situation): Taken | undefined {
          const first = super.virtual(situation);
          return first === 'interrupt-window' && situation.interrupt !== 0 ? undefined : first;
        }
      },
    },
  }),
  fault({
    id: 'interrupt-goes-before-a-virtual-one',
    breaks: ['virtual-interrupt-goes-before-exit'],
    wrong: 'The exit for an interrupt goes before a virtual interrupt that L2 can take.',
    profile: 'bare',
    config: { preset: 'virtual', apicVirtualization: 'virtual' },
    parts: {
      boundary: class extends Boundary {
        override virtual(situation: Situation): Taken | undefined {
          const first = super.virtual(situation);
          return first === 'virtual-interrupt' && situation.interrupt !== 0 ? undefined : first;
        }
      },
    },
  }),
  fault({
    id: 'window-needs-an-interrupt',
    breaks: ['interrupt-window-opens'],
    wrong: 'The interrupt-window exit comes only where an interrupt is pending.',
    profile: 'bare',
    parts: {
      boundary: class extends Boundary {
        override virtual(situation: Situation): Taken | undefined {
          const first = super.virtual(situation);
          return first === 'interrupt-window' && situation.interrupt === 0 ? undefined : first;
        }
      },
    },
  }),
  fault({
    id: 'window-opens-in-the-shadow',
    breaks: ['interrupt-after-the-first-opening', 'mov-ss-blocks-one-instruction', 'interrupt-window-opens'],
    wrong: 'The interrupt window is open as soon as IF is 1.',
    profile: 'bare',
    parts: {
      boundary: class extends Boundary {
        override virtual(situation: Situation): Taken | undefined {
          super.virtual(situation);
          return super.virtual({ ...situation, core: { ...situation.core, blocking: 0 } });
        }
      },
    },
  }),
  fault({
    id: 'nmi-window-opens-under-virtual-nmi-blocking',
    breaks: ['nmi-window-opens', 'virtual-nmi-blocking-holds-no-nmi'],
    wrong: 'The NMI window is open with virtual-NMI blocking.',
    profile: 'bare',
    config: { preset: 'acknowledge' },
    parts: {
      boundary: class extends Boundary {
        override nmiWindowIsOpen(situation: Situation, machine: Machine): boolean {
          return super.nmiWindowIsOpen({ ...situation, core: { ...situation.core, nmiBlocking: false } }, machine);
        }
      },
    },
  }),
  fault({
    id: 'window-disarms-itself',
    breaks: ['window-of-l1-is-reported-only-if-asked', 'interrupt-window-opens'],
    wrong: 'L0 clears the window in the VMCS of L1 when it reports it.',
    parts: {
      reflection: class extends Reflection {
        override exit(state: State, exit: VmExit): State {
          const next = super.exit(state, exit);
          if (exit.reason !== exitReasons.interruptWindow) return next;
          return with12(next, { controls: next.vmcs12.controls & ~control.interruptWindow });
        }
      },
    },
  }),
  fault({
    id: 'window-exit-wakes-l2',
    breaks: ['exit-from-hlt-saves-hlt', 'interrupt-window-opens'],
    wrong: 'A window exit out of HLT saves the active state.',
    seen: [unitTests('A26', 'vmx: activity state across interrupt-window and NMI-window exits (40d62026)', 2019)],
    parts: {
      reflection: class extends Reflection {
        override exit(state: State, exit: VmExit): State {
          const window = exit.reason === exitReasons.interruptWindow || exit.reason === exitReasons.nmiWindow;
          return super.exit(window ? woken(state) : state, exit);
        }
      },
    },
  }),
  fault({
    id: 'timer-exit-wakes-l2',
    breaks: ['exit-from-hlt-saves-hlt', 'timer-exits-with-reason-52'],
    wrong: 'The timer exit out of HLT saves the active state.',
    seen: [
      bochs('A25', 'bugfix: vmx preemption timer vmexit should not wakeup CPU from sleep state (9651b5d53)', 2013),
    ],
    parts: {
      reflection: class extends Reflection {
        override exit(state: State, exit: VmExit): State {
          return super.exit(exit.reason === exitReasons.preemptionTimer ? woken(state) : state, exit);
        }
      },
    },
  }),
  fault({
    id: 'mtf-does-not-follow-a-delivery',
    breaks: ['mtf-exits-after-a-delivery'],
    wrong: 'With "monitor trap flag" no exit follows the delivery of an event.',
    profile: 'bare',
    parts: {
      eventDelivery: class extends EventDelivery {
        override mtfAfterDelivery(guest: Guest): boolean {
          super.mtfAfterDelivery(guest);
          return guest.mtf;
        }
      },
    },
  }),
  fault({
    id: 'mtf-waits-for-the-second-instruction',
    breaks: ['mtf-exits-after-each-instruction'],
    wrong: 'With "monitor trap flag" the exit does not follow an instruction at the first of a handler.',
    profile: 'bare',
    parts: {
      instructions: class extends Instructions {
        override mtfAfterInstruction(guest: Guest): boolean {
          const mtf = super.mtfAfterInstruction(guest);
          return guest.core.steps === 0 ? guest.mtf : mtf;
        }
      },
    },
  }),
  fault({
    id: 'injected-mtf-is-ignored',
    breaks: ['injected-mtf-exits-at-once', 'each-injection-has-one-fate'],
    wrong: 'An injected event of type 7 does nothing.',
    parts: {
      loading: class extends Loading {
        override injectsMtf(event: EventFields): boolean {
          super.injectsMtf(event);
          return false;
        }
      },
    },
  }),
  fault({
    id: 'timer-of-zero-never-expires',
    breaks: ['timer-of-zero-exits-before-the-first-instruction'],
    wrong: 'A timer value of 0 at the entry does not exit.',
    parts: {
      loading: class extends Loading {
        override timer(controls: number, expired: boolean): boolean {
          super.timer(controls, expired);
          return false;
        }
      },
    },
  }),
  fault({
    id: 'timer-waits-for-if',
    breaks: ['timer-exits-with-reason-52', 'timer-of-zero-exits-before-the-first-instruction'],
    wrong: 'The timer exit is held off by IF 0 and blocking.',
    profile: 'bare',
    parts: {
      boundary: class extends Boundary {
        override choose(situation: Situation, machine: Machine): Taken | undefined {
          const open = this.parts.quiet.interruptibility.isOpen(situation.core);
          return super.choose({ ...situation, timer: situation.timer && open }, machine);
        }
      },
    },
  }),
  fault({
    id: 'exception-bitmap-is-not-looked-at',
    breaks: ['intercepted-exception-exits'],
    wrong: '#UD is delivered to L2 although its bit in the exception bitmap is 1.',
    parts: {
      instructions: class extends Instructions {
        override interceptsInvalidOpcode(controls: number): boolean {
          super.interceptsInvalidOpcode(controls);
          return false;
        }
      },
    },
  }),
  fault({
    id: 'every-exception-exits',
    breaks: ['exception-of-l2-goes-before-interrupts-behind-it'],
    wrong: '#UD exits without its bit in the exception bitmap.',
    parts: {
      instructions: class extends Instructions {
        override interceptsInvalidOpcode(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'instruction-length-is-that-of-another-exit',
    breaks: ['vmcall-exits'],
    wrong: 'The exit of HLT has the instruction length of a VMCALL.',
    seen: [bochs('B25', 'fixed bug 3548108 VMEXIT instruction length Not always getting updated (e0729e32b)', 2012)],
    parts: {
      instructions: class extends Instructions {
        override intercept(controls: number, instruction: Interceptable): VmExit | undefined {
          const exit = super.intercept(controls, instruction);
          return exit?.reason === exitReasons.hlt ? { ...exit, length: 3 } : exit;
        }
      },
    },
  }),
  fault({
    id: 'vmcall-is-completed-before-its-exit',
    breaks: ['vmcall-exits'],
    wrong: 'The exit of VMCALL has the position behind it, and has ended blocking.',
    parts: {
      reflection: class extends Reflection {
        override exit(state: State, exit: VmExit): State {
          if (exit.reason !== exitReasons.vmcall) return super.exit(state, exit);
          const { guest } = state.vmcs02;
          const core = this.parts.quiet.instructions.completed(guest.core);
          return super.exit(withCurrent(state, { guest: { ...guest, core } }), exit);
        }
      },
    },
  }),
  fault({
    id: 'violation-of-an-instruction-ends-blocking',
    breaks: ['violation-of-an-instruction-is-not-vectoring'],
    wrong: 'The exit of a read that violates the EPT of L1 saves no blocking.',
    parts: {
      reflection: class extends Reflection {
        override exit(state: State, exit: VmExit): State {
          if (exit.reason !== exitReasons.eptViolation) return super.exit(state, exit);
          const { guest } = state.vmcs02;
          return super.exit(withCurrent(state, { guest: { ...guest, core: { ...guest.core, blocking: 0 } } }), exit);
        }
      },
    },
  }),
];

/** L2, made active before it is left. */
function woken(state: State): State {
  const { guest } = state.vmcs02;
  const { activity } = guest.core;
  const next = activity === activityStates.hlt ? activityStates.active : activity;
  return withCurrent(state, { guest: { ...guest, core: { ...guest.core, activity: next } } });
}
