import { Flush } from '../../model/vgic/hypervisor/flush.ts';
import { Offer } from '../../model/vgic/hypervisor/offer.ts';
import { SgiRules } from '../../model/vgic/hypervisor/sgi.ts';
import { withIrq, type VgicState, type VirtualState } from '../../model/vgic/index.ts';
import { fault, kvm, xen } from './define.ts';

/** Software-generated interrupts and their sources. */
export const sgi = [
  fault({
    id: 'each-sgi-source-gets-a-list-register',
    breaks: [
      'one-list-register-per-intid',
      'remaining-sgi-sources-keep-the-latch',
      'lowest-sgi-source-is-offered-first',
      'unused-list-registers-are-empty',
      'aborted-entry-loses-nothing',
    ],
    wrong: 'An SGI from two sources is put into two list registers of the same INTID.',
    seen: [
      kvm(
        'D02',
        "KVM: arm/arm64: vgic: Don't populate multiple LRs with the same vintid (16ca6a607d84)",
        2018,
        'heading',
      ),
    ],
    config: { vcpus: 2 },
    parts: {
      flush: class extends Flush {
        override offersAgain(irq: VirtualState): boolean {
          return irq.id.isSgi && irq.sources !== 0 && !irq.active;
        }
      },
    },
  }),
  fault({
    id: 'sgi-sources-are-merged',
    breaks: [
      'remaining-sgi-sources-keep-the-latch',
      'lowest-sgi-source-is-offered-first',
      'each-sgi-source-is-delivered-once',
      'aborted-entry-loses-nothing',
    ],
    wrong: 'Offering one source of an SGI takes all others along: they are acknowledged once, together.',
    config: { vcpus: 2 },
    parts: {
      offer: class extends Offer {
        override sourcesAfterOffer(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'sgi-source-is-always-0',
    breaks: [
      'lowest-sgi-source-is-offered-first',
      'each-sgi-source-is-delivered-once',
      'acknowledge-returns-the-sgi-source',
      'gich-lr-layout',
      'ich-lr-layout',
      'ich-lr-holds-the-sgi-source-in-the-intid',
      'sgi-never-has-hw',
    ],
    wrong: 'Re-injected SGIs carry source 0.',
    seen: [
      {
        project: 'Jailhouse',
        change: 'core: arm: provide correct sender ID when reinjecting SGIs (9f4a52b2)',
        year: 2018,
        bug: 'D46',
        evidence: 'read',
      },
    ],
    config: { vcpus: 2 },
    parts: {
      offer: class extends Offer {
        override source(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'highest-sgi-source-is-offered-first',
    breaks: [
      'lowest-sgi-source-is-offered-first',
      'each-sgi-source-is-delivered-once',
      'remaining-sgi-sources-keep-the-latch',
    ],
    wrong: 'Of the waiting sources of an SGI the highest is offered.',
    config: { vcpus: 2 },
    parts: {
      offer: class extends Offer {
        override sourceToOffer(sources: number): number {
          return 31 - Math.clz32(sources);
        }
      },
    },
  }),
  fault({
    id: 'lower-priority-is-offered-between-sgi-sources',
    breaks: ['waiting-sgi-sources-hold-back-lower-priorities'],
    wrong: 'While sources of an SGI wait, interrupts of lower priority are offered, and overtake them.',
    config: { vcpus: 2 },
    parts: {
      flush: class extends Flush {
        override holdsBack(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'waiting-sgi-source-does-not-ask-for-the-exit',
    breaks: [
      'remaining-sgi-sources-keep-the-latch',
      'active-sgi-makes-other-sources-wait',
      'lowest-sgi-source-is-offered-first',
      'one-list-register-per-intid',
    ],
    wrong:
      'The list register of an SGI with further sources lacks the EOI bit: they wait for an exit that has other reasons.',
    config: { vcpus: 2 },
    parts: {
      offer: class extends Offer {
        override sgiAsksForEoi(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'sgi-in-service-is-offered-with-its-next-source',
    breaks: ['active-sgi-makes-other-sources-wait', 'level-never-pending-and-active'],
    wrong: 'An SGI in service is offered as pending and active, with the source that waits.',
    config: { vcpus: 2 },
    parts: {
      offer: class extends Offer {
        override waitsForActiveSource(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'sgi-for-the-list-goes-to-all-others',
    breaks: ['sgi-filter-0-sends-to-the-list'],
    wrong: 'GICD_SGIR with filter 0 falls through to filter 1.',
    seen: [kvm('D60', 'KVM: ARM: vgic: Fix sgi dispatch problem (91021a6c8ffd)', 2014, 'hearsay')],
    config: { vcpus: 2 },
    parts: {
      sgi: class extends SgiRules {
        override targets(filter: number, list: number, sender: number, cpus: number): number {
          const targets = super.targets(filter, list, sender, cpus);
          return filter === 0 ? ((1 << cpus) - 1) & ~(1 << sender) : targets;
        }
      },
    },
  }),
  fault({
    id: 'sgi-for-all-others-reaches-the-sender',
    breaks: ['sgi-filter-1-sends-to-all-others'],
    wrong: 'GICD_SGIR with filter 1 includes the sender.',
    config: { vcpus: 2 },
    parts: {
      sgi: class extends SgiRules {
        override allOthers(_sender: number, cpus: number): number {
          return (1 << cpus) - 1;
        }
      },
    },
  }),
  fault({
    id: 'reserved-sgi-filter-sends',
    breaks: ['sgi-filter-3-is-ignored'],
    wrong: 'GICD_SGIR with the reserved filter is taken for a target list.',
    seen: [xen('D37', 'ARM/vgic: Fix out-of-bounds accesses in vgic_mmio_write_sgir() (be7f0cc651)', 2025)],
    parts: {
      sgi: class extends SgiRules {
        override targets(filter: number, list: number, sender: number, cpus: number): number {
          const targets = super.targets(filter, list, sender, cpus);
          return filter === 3 ? list : targets;
        }
      },
    },
  }),
  fault({
    id: 'clearing-one-sgi-source-clears-all',
    breaks: ['clear-sgi-pending-clears-a-source'],
    wrong: 'GICD_CPENDSGIR makes the SGI not pending, whichever source is named.',
    config: { vcpus: 2 },
    parts: {
      sgi: class extends SgiRules {
        override clearPending(state: VgicState, i: number, source: number): VgicState {
          const cleared = super.clearPending(state, i, source);
          return withIrq(cleared, i, { ...cleared.software.irqs[i], sources: 0, latch: false });
        }
      },
    },
  }),
];
