import { Seed2015Offering } from '../../model/vgic/seed-2015/offering.ts';
import { Seed2015Sync } from '../../model/vgic/seed-2015/sync.ts';
import type { VgicState, VirtualState } from '../../model/vgic/index.ts';
import { fault, kvm } from './define.ts';

const profile = 'seed-2015';

/** The hazards of the patch of 2015: a flag per interrupt, and completion read off the physical active state. */
export const seed2015 = [
  fault({
    id: 'entry-does-not-activate-again',
    breaks: ['seed-entry-activates-what-is-listed-with-hw', 'seed-list-registers-outlive-exits'],
    wrong:
      'Exit makes the physical interrupt quiescent, and entry does not make it active again: the host takes it under the guest.',
    profile,
    parts: {
      offering: class extends Seed2015Offering {
        override activateListed(state: VgicState): VgicState {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'offering-does-not-activate',
    breaks: ['seed-offering-activates-the-physical-interrupt', 'seed-entry-activates-what-is-listed-with-hw'],
    wrong: 'Offering a mapped interrupt leaves the physical one as it is, and so does entry.',
    profile,
    parts: {
      offering: class extends Seed2015Offering {
        override activateOffered(state: VgicState): VgicState {
          return state;
        }
        override activateListed(state: VgicState): VgicState {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'exit-leaves-the-physical-interrupt-active',
    breaks: ['seed-exit-makes-the-physical-interrupt-quiescent'],
    wrong: 'Exit leaves the physical interrupt of a guest active, for whoever runs next.',
    profile,
    parts: {
      sync: class extends Seed2015Sync {
        override quiesced(state: VgicState): VgicState {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'completion-leaves-an-edge-queued',
    breaks: [
      'seed-completion-allows-the-next-offer',
      'seed-offering-activates-the-physical-interrupt',
      'seed-mapped-interrupt-is-offered-with-hw',
      'seed-queued-interrupt-is-passed-over',
      'seed-overflow-sets-uie-and-stops',
      'seed-edge-loses-its-latch-when-offered',
    ],
    wrong:
      'The mark that an edge-triggered mapped interrupt was offered is not taken back when the guest completes it: the next edge is never delivered.',
    seen: [kvm('D10', 'arm/arm64: KVM: Support edge-triggered forwarded interrupts (8fe2f19e6e60)', 2015)],
    profile,
    parts: {
      sync: class extends Seed2015Sync {
        override queuedAfterCompletion(irq: VirtualState): boolean {
          return irq.edge;
        }
      },
    },
  }),
  fault({
    id: 'mapped-interrupt-is-not-marked-as-queued',
    breaks: [
      'seed-offering-marks-queued',
      'seed-pending-joins-its-list-register',
      'seed-queued-interrupt-is-passed-over',
    ],
    wrong: 'A mapped interrupt is offered again while it is in service: pending and active, with HW=1.',
    profile,
    parts: {
      offering: class extends Seed2015Offering {
        override queuedAfterOffer(irq: VirtualState): boolean {
          return irq.pIntId === 0;
        }
      },
    },
  }),
  fault({
    id: 'completed-line-is-not-sampled',
    breaks: ['seed-completed-mapped-level-is-sampled'],
    wrong: 'The line of a completed mapped interrupt is believed to be as it was.',
    profile,
    parts: {
      sync: class extends Seed2015Sync {
        override lineAfterCompletion(_state: VgicState, irq: VirtualState): boolean {
          return irq.line;
        }
      },
    },
  }),
  fault({
    id: 'empty-list-register-stays-in-use',
    breaks: [
      'seed-empty-list-register-is-free',
      'seed-level-completion-clears-the-latch',
      'seed-offering-marks-queued',
      'seed-list-registers-outlive-exits',
      'seed-lowest-free-list-register-is-taken',
    ],
    wrong: 'A list register that the guest has emptied is never used again.',
    profile,
    parts: {
      sync: class extends Seed2015Sync {
        override isFree(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'full-list-registers-ask-for-nothing',
    breaks: ['seed-overflow-sets-uie-and-stops'],
    wrong: 'UIE is not set when no list register is free.',
    profile,
    config: { nrLr: 1 },
    parts: {
      offering: class extends Seed2015Offering {
        override hcrWhenFull(): ReturnType<Seed2015Offering['hcrWhenFull']> {
          return { ...super.hcrWhenFull(), uie: false };
        }
      },
    },
  }),
];
