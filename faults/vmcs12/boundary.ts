import type { Skip } from '../../spec/contract.ts';
import { activityStates } from '../../spec/vmx/guest-non-register-state.ts';
import { eventTypes } from '../../spec/vmx/interruption-information.ts';
import { bits, controls, vmcsOf, withL2, type L2, type Vmcs12State as State } from '../../model/vmcs12/index.ts';
import { Entry } from '../../model/vmcs12/entry/entry.ts';
import { Boundary } from '../../model/vmcs12/l2/boundary.ts';
import { Execution } from '../../model/vmcs12/l2/execution.ts';
import { Signals } from '../../model/vmcs12/l2/signals.ts';
import { fault, kvm } from './define.ts';

/** What comes between two instructions of L2, and from outside. */
export const boundary = [
  fault({
    id: 'interrupts-off-hold-the-exit-back',
    breaks: ['external-interrupt-exits-by-control'],
    wrong: 'An external interrupt does not exit while IF of L2 is 0.',
    parts: {
      signals: class extends Signals {
        override interrupt(state: State, vector: number): State | Skip {
          const waits = this.interruptExits(state) && !bits.any(state.l2.rflags, bits.rflags.if);
          return waits ? state : super.interrupt(state, vector);
        }
      },
    },
  }),
  fault({
    id: 'halted-l2-is-not-left',
    breaks: ['external-interrupt-exits-by-control'],
    wrong: 'An interrupt that exits does not make a halted L2 exit.',
    seen: [kvm('A28', 'KVM: nVMX: Rework interception of IRQs and NMIs (b6b8a1451fc4)', 2014)],
    parts: {
      signals: class extends Signals {
        override interrupt(state: State, vector: number): State | Skip {
          const sleeps = this.interruptExits(state) && state.l2.activity === activityStates.hlt;
          return sleeps ? state : super.interrupt(state, vector);
        }
      },
    },
  }),
  fault({
    id: 'virtual-nmi-blocking-holds-nmis-back',
    breaks: ['nmi-exits-by-control'],
    wrong: 'An NMI that exits waits until L2 has ended its own, virtual, blocking by NMI.',
    seen: [kvm('A13', 'KVM: nVMX: Report NMIs as allowed when in L2 and Exit-on-NMI is set', 2020)],
    parts: {
      signals: class extends Signals {
        override nmi(state: State): State | Skip {
          const exited = super.nmi(state);
          return state.l2.nmiBlocking && 'platform' in exited ? state : exited;
        }
      },
    },
  }),
  fault({
    id: 'nmi-always-exits',
    breaks: ['nmi-exits-by-control'],
    wrong: 'L0\'s "NMI exiting" decides: an NMI exits to L1 whether it asks or not.',
    parts: {
      signals: class extends Signals {
        override nmi(state: State): State | Skip {
          const taken = super.nmi(state);
          if (controls(state, 'nmiExiting') || !('platform' in taken)) return taken;
          return this.parts.exits.exit(state, { reason: 0, by: 'event', interruption: 0x8000_0202 });
        }
      },
    },
  }),
  fault({
    id: 'sipi-exits-from-any-state',
    breaks: ['sipi-exits-from-wait-for-sipi-only'],
    wrong: 'A SIPI exits though L2 does not wait for one.',
    seen: [
      kvm('A23', 'KVM: nVMX: Ignore SIPI that arrives in L2 when vCPU is not in WFS (c2086eca8658)', 2022, 'heading'),
    ],
    parts: {
      signals: class extends Signals {
        override takesSipi(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'sipi-is-discarded-always',
    breaks: ['sipi-exits-from-wait-for-sipi-only'],
    wrong: 'A SIPI does not exit though L2 waits for one.',
    parts: {
      signals: class extends Signals {
        override takesSipi(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'interrupt-window-opens-in-a-shadow',
    breaks: ['windows-exit-when-open', 'vmcs-is-still-while-l2-runs', 'entry-loads-guest-state'],
    wrong: 'An interrupt window opens in the shadow of STI or MOV SS.',
    parts: {
      boundary: class extends Boundary {
        override interruptWindowIsOpen(state: State): boolean {
          return super.interruptWindowIsOpen(withL2(state, { shadow: 0 }));
        }
      },
    },
  }),
  fault({
    id: 'nmi-window-opens-while-nmis-are-blocked',
    breaks: ['windows-exit-when-open', 'entry-loads-guest-state', 'vmcs-is-still-while-l2-runs'],
    wrong: 'An NMI window opens while NMIs are blocked.',
    parts: {
      boundary: class extends Boundary {
        override nmiWindowIsOpen(state: State): boolean {
          return super.nmiWindowIsOpen(withL2(state, { nmiBlocking: false }));
        }
      },
    },
  }),
  fault({
    id: 'halted-l2-has-no-interrupt-window',
    breaks: ['windows-exit-when-open'],
    wrong: 'An interrupt window does not open while L2 is halted.',
    parts: {
      boundary: class extends Boundary {
        override interruptWindowIsOpen(state: State): boolean {
          return state.l2.activity === activityStates.active && super.interruptWindowIsOpen(state);
        }
      },
    },
  }),
  fault({
    id: 'monitor-trap-does-not-follow-an-event',
    breaks: ['monitor-trap-exits-after-each-step'],
    wrong: 'There is no MTF exit after an event has been delivered.',
    parts: {
      boundary: class extends Boundary {
        override reach(state: State, mtfDue: boolean): State {
          return super.reach(state, mtfDue && state.delivery.event === 0);
        }
      },
    },
  }),
  fault({
    id: 'monitor-trap-waits-behind-an-emulated-instruction',
    breaks: ['monitor-trap-exits-after-each-step'],
    wrong: 'There is no MTF exit after an instruction that L0 emulates: nobody asks for another look.',
    seen: [
      kvm('A19', 'KVM: nVMX: Make an event request when pending an MTF nested VM-Exit (2ea89c7f7f7b)', 2022, 'heading'),
    ],
    parts: {
      execution: class extends Execution {
        override complete(state: State, before: L2, length: number, shadow = 0): State {
          const changed = (name: 'cr0' | 'cr4'): boolean =>
            bits.any(state.l2[name].shadow ^ before[name].shadow, ~before[name].owned);
          if (!changed('cr0') && !changed('cr4')) return super.complete(state, before, length, shadow);
          return this.parts.boundary.reach(this.retired(state, before, length, shadow), false);
        }
      },
    },
  }),
  fault({
    id: 'injected-monitor-trap-is-lost',
    breaks: ['monitor-trap-exits-after-each-step'],
    wrong: 'An injected pending MTF does not exit.',
    parts: {
      entry: class extends Entry {
        override inject(state: State): State {
          const type = this.injectedType(vmcsOf(state));
          return type === eventTypes.other ? this.parts.boundary.reach(state, false) : super.inject(state);
        }
      },
    },
  }),
  fault({
    id: 'timer-is-not-looked-at-after-an-injection',
    breaks: ['timer-exits-at-zero'],
    wrong: 'A VMX-preemption timer of 0 does not exit behind an injected event.',
    seen: [kvm('A14', 'KVM: nVMX: Open a window for pending nested VMX preemption timer', 2020, 'heading')],
    parts: {
      boundary: class extends Boundary {
        override timerIsDue(state: State): boolean {
          return super.timerIsDue(state) && state.delivery.event === 0;
        }
      },
    },
  }),
  fault({
    id: 'interrupts-off-hold-the-timer-back',
    breaks: ['timer-exits-at-zero'],
    wrong: 'The VMX-preemption timer does not exit at an entry with IF = 0.',
    parts: {
      boundary: class extends Boundary {
        override timerIsDue(state: State): boolean {
          return super.timerIsDue(state) && bits.any(state.l2.rflags, bits.rflags.if);
        }
      },
    },
  }),
  fault({
    id: 'interrupt-window-goes-before-an-nmi-window',
    breaks: ['windows-exit-when-open'],
    wrong: 'An interrupt window exits before an NMI window that is open at the same boundary.',
    parts: {
      boundary: class extends Boundary {
        override nmiWindowIsOpen(state: State): boolean {
          return super.nmiWindowIsOpen(state) && !this.interruptWindowIsOpen(state);
        }
      },
    },
  }),
  fault({
    id: 'branches-are-stepped-as-instructions',
    breaks: [
      'single-step-traps',
      'msr-access-exits-by-bitmap',
      'debug-exception-clears-lbr-and-btf',
      'vmcs-is-still-while-l2-runs',
    ],
    wrong: 'TF traps after each instruction though BTF is 1.',
    parts: {
      execution: class extends Execution {
        override isStepping(l2: L2): boolean {
          return bits.any(l2.rflags, bits.rflags.tf);
        }
      },
    },
  }),
  fault({
    id: 'instruction-is-not-stepped',
    breaks: ['single-step-traps'],
    wrong: 'TF makes no instruction of L2 trap.',
    parts: {
      execution: class extends Execution {
        override singleStep(): number {
          return 0;
        }
      },
    },
  }),
] as const;
