import type { Skip } from '../../spec/contract.ts';
import { activityStates, interruptibility } from '../../spec/vmx/guest-non-register-state.ts';
import { typeOf } from '../../model/vmcs12/exit/exit-information.ts';
import { SavedNonRegister } from '../../model/vmcs12/exit/saved-non-register.ts';
import type { FieldValues, L2, Vmcs12State as State, VmExit } from '../../model/vmcs12/index.ts';
import { controls, withL2 } from '../../model/vmcs12/index.ts';
import { GuestStateLoading } from '../../model/vmcs12/entry/guest-state-loading.ts';
import { Boundary } from '../../model/vmcs12/l2/boundary.ts';
import { Delivery } from '../../model/vmcs12/l2/delivery.ts';
import { Exceptions } from '../../model/vmcs12/l2/exceptions.ts';
import { Signals } from '../../model/vmcs12/l2/signals.ts';
import { bochs, fault, unitTests } from './define.ts';

const awake = (state: State): State => withL2(state, { activity: activityStates.active });

/** Activity, interruptibility and pending debug exceptions as an exit saves them. */
export const nonRegister = [
  fault({
    id: 'activity-is-saved-as-active',
    breaks: ['activity-is-that-before-the-exit'],
    wrong: 'An exit saves the active state, whatever L2 was in (M-14).',
    parts: {
      savedNonRegister: class extends SavedNonRegister {
        override activity(): number {
          return activityStates.active;
        }
      },
    },
  }),
  fault({
    id: 'delivery-leaves-l2-halted',
    breaks: ['delivery-ends-a-halt'],
    wrong: 'An event that is delivered to a halted L2 leaves it in HLT, and the exit saves that (M-14).',
    parts: {
      delivery: class extends Delivery {
        override activity(l2: L2): number {
          return l2.activity;
        }
      },
    },
  }),
  fault({
    id: 'timer-wakes-l2',
    breaks: ['activity-is-that-before-the-exit'],
    wrong: 'The expiry of the VMX-preemption timer takes L2 out of HLT before the exit.',
    seen: [
      bochs('A25', 'bugfix: vmx preemption timer vmexit should not wakeup CPU from sleep state (9651b5d53)', 2013),
    ],
    parts: {
      boundary: class extends Boundary {
        override timer(state: State): State {
          return super.timer(awake(state));
        }
      },
    },
  }),
  fault({
    id: 'window-wakes-l2',
    breaks: ['activity-is-that-before-the-exit'],
    wrong: 'An interrupt-window or NMI-window exit takes L2 out of HLT before the exit.',
    seen: [unitTests('A26', 'activity state across interrupt-window and NMI-window exits (40d62026)', 2019)],
    parts: {
      boundary: class extends Boundary {
        override interruptWindow(state: State): State {
          return super.interruptWindow(awake(state));
        }

        override nmiWindow(state: State): State {
          return super.nmiWindow(awake(state));
        }
      },
    },
  }),
  fault({
    id: 'signal-wakes-l2',
    breaks: ['activity-is-that-before-the-exit'],
    wrong: 'An interrupt or NMI that exits takes L2 out of HLT before the exit.',
    parts: {
      signals: class extends Signals {
        override leavingHlt(state: State): State {
          return awake(super.leavingHlt(state));
        }
      },
    },
  }),
  fault({
    id: 'shadow-is-not-saved',
    breaks: ['shadow-is-saved-as-before-the-exit'],
    wrong: 'Blocking by STI and by MOV SS is saved as 0.',
    parts: {
      savedNonRegister: class extends SavedNonRegister {
        override shadow(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'shadow-is-saved-during-delivery',
    breaks: ['ended-shadow-is-not-saved'],
    wrong: 'An exit during the delivery of an event saves the shadow in which the event came.',
    parts: {
      savedNonRegister: class extends SavedNonRegister {
        override shadow(state: State): number {
          return state.l2.shadow;
        }
      },
    },
  }),
  fault({
    id: 'smi-blocking-is-saved',
    breaks: ['smi-blocking-is-saved-clear', 'nmi-blocking-is-saved'],
    wrong: 'The exit saves blocking by SMI.',
    seen: [
      bochs('B27', 'Fix that the blocking by SMI bit maybe set when a VM-exit ends outside SMM (0ae5e6789)', 2022),
    ],
    parts: {
      savedNonRegister: class extends SavedNonRegister {
        override smiBlocking(): number {
          return interruptibility.blockingBySmi;
        }
      },
    },
  }),
  fault({
    id: 'nmi-blocking-is-not-saved',
    breaks: ['nmi-blocking-is-saved'],
    wrong: 'Blocking by NMI is saved as 0.',
    parts: {
      savedNonRegister: class extends SavedNonRegister {
        override nmiBlocking(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'nmi-blocks-before-its-exit',
    breaks: ['nmi-that-exits-does-not-block', 'nmi-blocking-is-saved'],
    wrong: 'An NMI that exits is saved as blocking further ones.',
    seen: [bochs('B39', 'Incorrect "Blocking by NMI" bit when handling NMI VM-exit (6b48d6e33)', 2024)],
    parts: {
      savedNonRegister: class extends SavedNonRegister {
        override isNmiBlocking(state: State, exit: VmExit): boolean {
          return super.isNmiBlocking(state, exit) || exit.interruption === 0x8000_0202;
        }
      },
    },
  }),
  fault({
    id: 'nmi-in-flight-does-not-block',
    breaks: ['nmi-blocking-is-saved'],
    wrong: 'An NMI whose delivery exits is saved as not delivered: without blocking by NMI.',
    parts: {
      savedNonRegister: class extends SavedNonRegister {
        override isNmiBlocking(state: State, exit: VmExit): boolean {
          const isInFlight = exit.inFlight !== undefined && typeOf(exit.inFlight.information) === 2;
          return super.isNmiBlocking(state, exit) && !isInFlight;
        }
      },
    },
  }),
  fault({
    id: 'iret-that-faults-keeps-nmis-blocked',
    breaks: ['iret-unblocks-even-if-it-faults', 'nmi-blocking-is-saved'],
    wrong: 'An IRET that faults leaves blocking by NMI.',
    parts: {
      exceptions: class extends Exceptions {
        override iret(state: State, meets: 'nothing' | 'ept' | 'gp'): State | Skip {
          return meets === 'gp' ? this.fault(state, 'gp', state.l2.nmiBlocking) : super.iret(state, meets);
        }
      },
    },
  }),
  fault({
    id: 'iret-unblocks-nmis-that-exit',
    breaks: ['iret-unblocks-even-if-it-faults', 'nmi-blocking-is-saved'],
    wrong: 'IRET ends blocking by NMI with "NMI exiting" and without "virtual NMIs", too.',
    parts: {
      exceptions: class extends Exceptions {
        override nmiBlockingAfterIret(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'pending-debug-of-a-trap-like-exit-is-lost',
    breaks: ['pending-debug-of-a-trap-like-exit'],
    wrong: 'An exit after an instruction saves no pending debug exceptions, though the instruction was stepped.',
    parts: {
      savedNonRegister: class extends SavedNonRegister {
        override pendingDebug(state: State, exit: VmExit): number {
          const saved = super.pendingDebug(state, exit);
          return exit.by === 'trap' && state.l2.shadow !== interruptibility.blockingByMovSs ? 0 : saved;
        }
      },
    },
  }),
  fault({
    id: 'pending-debug-in-a-shadow-is-lost',
    breaks: ['pending-debug-in-a-mov-ss-shadow'],
    wrong: 'An exit in the shadow of MOV SS saves no pending debug exceptions.',
    parts: {
      savedNonRegister: class extends SavedNonRegister {
        override pendingDebug(state: State, exit: VmExit): number {
          const saved = super.pendingDebug(state, exit);
          return state.l2.shadow === interruptibility.blockingByMovSs ? 0 : saved;
        }
      },
    },
  }),
  fault({
    id: 'debug-trap-that-exits-is-still-pending',
    breaks: ['pending-debug-is-saved-clear'],
    wrong: 'The debug trap that exits is saved as pending as well.',
    parts: {
      boundary: class extends Boundary {
        override debugTrapExit(state: State, causes: number): State {
          return super.debugTrapExit(withL2(state, { pendingDebug: causes }), causes);
        }
      },
    },
  }),
  fault({
    id: 'pending-debug-is-not-loaded',
    breaks: ['pending-debug-is-delivered-by-the-entry', 'entry-loads-guest-state'],
    wrong: 'An entry drops the pending debug exceptions of the field.',
    parts: {
      guestStateLoading: class extends GuestStateLoading {
        override load(state: State): State {
          return withL2(super.load(state), { pendingDebug: 0 });
        }
      },
    },
  }),
  fault({
    id: 'mov-ss-holds-no-trap-back',
    breaks: ['pending-debug-is-delivered-by-the-entry', 'single-step-traps'],
    wrong: 'A debug trap comes at once behind MOV SS.',
    parts: {
      boundary: class extends Boundary {
        override trapIsDue(state: State): boolean {
          return super.trapIsDue(withL2(state, { shadow: 0 }));
        }
      },
    },
  }),
  fault({
    id: 'timer-is-saved-always',
    breaks: ['unsaved-timer-keeps-what-l1-wrote', 'timer-is-saved-by-the-exit-control'],
    wrong: 'What is left of the VMX-preemption timer is saved at every exit.',
    parts: {
      savedNonRegister: class extends SavedNonRegister {
        override timer(state: State): FieldValues {
          const saved = super.timer(state);
          return controls(state, 'preemptionTimer') ? { timerValue: state.l2.timer } : saved;
        }
      },
    },
  }),
  fault({
    id: 'timer-is-never-saved',
    breaks: ['timer-is-saved-by-the-exit-control'],
    wrong: 'What is left of the VMX-preemption timer is not saved, whatever "save VMX-preemption timer value" is.',
    parts: {
      savedNonRegister: class extends SavedNonRegister {
        override timer(): FieldValues {
          return {};
        }
      },
    },
  }),
] as const;
