import {
  isValid,
  typeOf,
  universe,
  vectorOf,
  withPhysical,
  type NestedState as State,
  type Plan,
  type Situation,
} from '../../model/nested-vmx/index.ts';
import { Commit } from '../../model/nested-vmx/l0/commit.ts';
import { Look } from '../../model/nested-vmx/l0/look.ts';
import { NestedEvents } from '../../model/nested-vmx/l0/nested-events.ts';
import { fault, kvm } from './define.ts';

/** An entry that has not been made yet, and what L0 has in flight. */
export const pendingEntry = [
  fault({
    id: 'pending-entry-drops-the-interrupt',
    breaks: ['entry-recognizes-nothing', 'entry-executes-nothing-first', 'pending-interrupt-survives-level-changes'],
    wrong: 'An interrupt for L1 that L0 finds while an entry is pending is dropped (M-07).',
    config: { l0Apicv: false },
    parts: {
      look: class extends Look {
        override look(state: State): State {
          const { chips, l0, runsL2 } = state;
          const vector = this.parts.quiet.localApic.deliverable(chips.apic);
          if (!runsL2 || !l0.runPending || vector === 0) return super.look(state);
          const irr = universe.without(chips.apic.irr, vector);
          return super.look({ ...state, chips: { ...chips, apic: { ...chips.apic, irr } } });
        }
      },
    },
  }),
  fault({
    id: 'exit-overtakes-the-entry',
    breaks: [
      'injected-event-goes-before-exits',
      'entry-recognizes-nothing',
      'each-injection-has-one-fate',
      'nmi-goes-before-interrupts',
    ],
    wrong: 'L0 exits to L1 while an entry is pending: the event that L1 injects is gone (M-06).',
    parts: {
      nestedEvents: class extends NestedEvents {
        override cannotExitNow(state: State, situation: Situation): boolean {
          super.cannotExitNow(state, situation);
          return false;
        }
      },
    },
  }),
  fault({
    id: 'timer-behind-an-injection-waits-for-another-exit',
    breaks: ['timer-of-zero-exits-before-the-first-instruction', 'timer-exits-with-reason-52'],
    wrong: 'A timer that has expired when the entry injects an event is not looked at again behind the delivery.',
    seen: [kvm('A14', 'KVM: nVMX: Open a window for pending nested VMX preemption timer', 2020, 'heading')],
    parts: {
      look: class extends Look {
        override exitsAtOnce(situation: Situation, plan: Plan): boolean {
          return super.exitsAtOnce({ ...situation, timer: false }, plan);
        }
      },
    },
  }),
  fault({
    id: 'interrupt-behind-an-injection-waits-for-another-exit',
    breaks: ['injected-event-goes-before-exits', 'entry-executes-nothing-first', 'in-flight-event-is-delivered-first'],
    wrong: 'Behind an injection L0 does not come back before L2 executes: an interrupt waits for the next exit.',
    parts: {
      look: class extends Look {
        override exitsAtOnce(situation: Situation, plan: Plan): boolean {
          return super.exitsAtOnce({ ...situation, interrupt: 0 }, plan);
        }
      },
    },
  }),
  fault({
    id: 'event-in-flight-is-overtaken',
    breaks: ['in-flight-event-is-delivered-first', 'interrupted-exit-is-never-vectoring'],
    wrong: 'A delivery that a violation of L0 has interrupted is given up for an exit of L1.',
    parts: {
      nestedEvents: class extends NestedEvents {
        override isInFlight(state: State, situation: Situation): boolean {
          super.isInFlight(state, situation);
          return !this.remains(situation);
        }
      },
    },
  }),
  fault({
    id: 'injection-swallows-what-is-pending',
    breaks: ['injection-acknowledges-nothing'],
    wrong:
      "An interrupt that L1 injects into L2 is acknowledged in L1's local APIC: one of its vector that waits there is gone.",
    config: { l0Apicv: false },
    parts: {
      commit: class extends Commit {
        override commit(state: State): State {
          const { plan, inflight } = state.l0;
          const { information } = inflight;
          const isInterrupt = isValid(information) && typeOf(information) === 0;
          if (plan !== 'inject-in-flight' || !isInterrupt) return super.commit(state);
          const { apic } = state.chips;
          const irr = universe.without(apic.irr, vectorOf(information));
          return super.commit({ ...state, chips: { ...state.chips, apic: { ...apic, irr } } });
        }
      },
    },
  }),
  fault({
    id: 'l0-does-not-send-to-itself',
    breaks: [
      'l0-is-invisible',
      'blocking-may-hold-off-the-exit',
      'window-goes-before-interrupt',
      'entry-executes-nothing-first',
      'pending-interrupt-survives-level-changes',
      'exit-without-acknowledge-tells-no-vector',
      'exit-without-acknowledge-leaves-it-pending',
      'nmi-goes-before-interrupts',
    ],
    wrong: 'What must exit and cannot yet is not brought to the processor: L0 hopes for another exit.',
    config: { preset: 'exit' },
    parts: {
      look: class extends Look {
        override look(state: State): State {
          return withPhysical(super.look(state), { interrupt: false, nmi: false });
        }
      },
    },
  }),
];
