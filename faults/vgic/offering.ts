import { Offer } from '../../model/vgic/hypervisor/offer.ts';
import { Flush } from '../../model/vgic/hypervisor/flush.ts';
import type { VgicState, VirtualState } from '../../model/vgic/index.ts';
import { fault, kvm } from './define.ts';

/** Guest entry: how one interrupt is put into a list register. */
export const offering = [
  fault({
    id: 'level-interrupt-is-offered-pending-and-active',
    breaks: ['level-never-pending-and-active'],
    wrong:
      'A level-sensitive interrupt whose line is still high while it is in service is offered as pending and active: its completion is never seen, and it storms.',
    seen: [kvm('D01', 'KVM: arm/arm64: vgic: Disallow Active+Pending for level interrupts (67b5b673ad4d)', 2018)],
    parts: {
      offer: class extends Offer {
        override allowsPendingActiveLevel(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'edge-waits-while-active',
    breaks: ['edge-may-be-pending-and-active', 'pending-bit-goes-into-the-list-register'],
    wrong: 'An edge-triggered interrupt that is active is not offered as pending too, though nothing forbids it.',
    parts: {
      offer: class extends Offer {
        override allowsPendingActiveEdge(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'latch-stays-set-when-offered',
    breaks: ['edge-latch-moves-into-the-list-register'],
    wrong: 'The latch of an edge-triggered interrupt stays set when it is offered: it is delivered twice.',
    parts: {
      offer: class extends Offer {
        override latchAfterOffer(irq: VirtualState): boolean {
          const latch = super.latchAfterOffer(irq);
          return irq.id.isSgi ? latch : irq.latch;
        }
      },
    },
  }),
  fault({
    id: 'level-list-register-lacks-the-eoi-bit',
    breaks: ['level-list-register-asks-for-eoi-maintenance'],
    wrong:
      'The list register of a software level-sensitive interrupt asks for no maintenance: nobody looks at the line when the guest completes it.',
    seen: [
      {
        project: 'FreeBSD arm64 vmm',
        change: 'Set EOI for level-triggered interrupts (pull request 2437)',
        year: 2026,
        bug: 'D58',
        evidence: 'read',
      },
      { project: 'MiniVisor', change: 'issue 9', bug: 'D58', evidence: 'heading' },
    ],
    parts: {
      offer: class extends Offer {
        override levelAsksForEoi(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'active-bit-is-not-restored',
    breaks: ['active-bit-goes-into-the-list-register'],
    wrong: 'An interrupt in service is offered without its active bit after an exit: its completion finds nothing.',
    parts: {
      offer: class extends Offer {
        override activeBit(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'priority-is-not-put-into-the-list-register',
    breaks: ['list-register-carries-priority-and-group'],
    wrong: 'Every list register has priority 0.',
    seen: [
      { project: 'Linux KVM/arm vgic', change: 'the vGIC before its rewrite of 2016', year: 2016, evidence: 'read' },
    ],
    parts: {
      offer: class extends Offer {
        override priority(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'group-is-not-put-into-the-list-register',
    breaks: [
      'list-register-carries-priority-and-group',
      'active-bit-goes-into-the-list-register',
      'list-is-sorted-only-when-it-overflows',
      'pending-bit-goes-into-the-list-register',
    ],
    wrong: 'Every list register is of group 0.',
    config: { groups: 'both' },
    parts: {
      offer: class extends Offer {
        override group(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'entry-activates-physical-interrupts',
    breaks: ['entry-leaves-the-physical-side'],
    wrong:
      'Entry makes the physical interrupt of everything that is mapped active, as the vGIC of 2015 did, though nothing at exit takes it back.',
    parts: {
      flush: class extends Flush {
        override physicalAfterEntry(state: VgicState, v: number): VgicState {
          return state.software.lists[v].reduce(
            (active, i) => {
              const irq = active.software.irqs[i];
              return irq.pIntId === 0 ? active : this.parts.mapping.setPhysicalActive(active, irq, true);
            },
            super.physicalAfterEntry(state, v),
          );
        }
      },
    },
  }),
];
