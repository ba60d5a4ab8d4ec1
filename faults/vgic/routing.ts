import { DistributorRegisters } from '../../model/vgic/hypervisor/distributor-registers.ts';
import { Flush } from '../../model/vgic/hypervisor/flush.ts';
import { Routing } from '../../model/vgic/hypervisor/routing.ts';
import { Showing } from '../../model/vgic/showing.ts';
import { withIrq, type VgicState, type VirtualState } from '../../model/vgic/index.ts';
import { fault, kvm, xen } from './define.ts';

/** Shows what the lists hold, where an interrupt does not know all of its holders. */
class ListsShown extends Showing {
  override show(state: VgicState, before: VgicState | undefined): VgicState {
    const shown = super.show(state, before);
    const software = shown.shown.software.map((image, v) => {
      const listed = state.software.lists[v].reduce((set, i) => set | (1 << state.software.irqs[i].id.bit), 0);
      return { ...image, words: image.words.with(2, listed) };
    });
    return { ...shown, shown: { ...shown.shown, software } };
  }
}

/** Which virtual CPU an interrupt is for, and the lists. */
export const routing = [
  fault({
    id: 'disabling-orphans-an-active-interrupt',
    breaks: [
      'active-interrupt-stays-with-its-holder',
      'prune-removes-what-is-for-nobody',
      'edge-may-be-pending-and-active',
      'active-bit-goes-into-the-list-register',
      'active-interrupt-without-holder-goes-to-its-target',
    ],
    wrong:
      'GICD_ICENABLER takes an interrupt in service off its list: its completion hits no list register, and the physical interrupt stays active for ever.',
    seen: [{ project: 'Bao', change: 'issue 371', evidence: 'heading' }],
    parts: {
      routing: class extends Routing {
        override targetOfActive(state: VgicState, irq: VirtualState): number {
          const target = super.targetOfActive(state, irq);
          return irq.enabled ? target : -1;
        }
      },
    },
  }),
  fault({
    id: 'disabled-interrupt-is-delivered',
    breaks: ['disabled-interrupt-is-for-nobody'],
    wrong: 'An interrupt that is disabled while it is pending is delivered.',
    parts: {
      routing: class extends Routing {
        override mayOffer(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'distributor-off-is-ignored',
    breaks: ['distributor-off-offers-no-pending'],
    wrong: 'GICD_CTLR does not hold anything back.',
    parts: {
      routing: class extends Routing {
        override distributorForwards(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'distributor-off-holds-back-active',
    breaks: [
      'distributor-enable-does-not-hold-back-active',
      'active-interrupt-stays-with-its-holder',
      'prune-removes-what-is-for-nobody',
      'distributor-off-offers-no-pending',
    ],
    wrong: 'With the distributor off an interrupt in service loses its list register.',
    parts: {
      routing: class extends Routing {
        override targetOfActive(state: VgicState, irq: VirtualState): number {
          const target = super.targetOfActive(state, irq);
          return state.software.distributorOn[irq.id.vm] ? target : -1;
        }
      },
    },
  }),
  fault({
    id: 'active-interrupt-moves-with-its-target',
    breaks: [
      'active-interrupt-stays-with-its-holder',
      'prune-moves-retargeted-to-the-tail',
      'active-bit-goes-into-the-list-register',
      'hw-list-register-names-its-physical-interrupt',
      'edge-may-be-pending-and-active',
      'aborted-entry-loses-nothing',
    ],
    wrong:
      'An SPI in service moves to the virtual CPU that it is retargeted to: who acknowledged it cannot complete it.',
    config: { vcpus: 2 },
    parts: {
      routing: class extends Routing {
        override targetOfActive(_state: VgicState, irq: VirtualState): number {
          return irq.target;
        }
      },
    },
  }),
  fault({
    id: 'retargeted-interrupt-is-lost',
    breaks: ['prune-moves-retargeted-to-the-tail', 'interrupt-is-on-at-most-one-list'],
    wrong:
      'A pending SPI that is retargeted leaves the list of its old target, and never gets onto that of the new one.',
    config: { vcpus: 2 },
    parts: {
      routing: class extends Routing {
        override move(state: VgicState): VgicState {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'retargeted-interrupt-is-offered-by-its-old-target',
    breaks: ['only-own-interrupts-are-offered', 'retargeted-pending-interrupt-is-served-once'],
    wrong: 'Entry offers everything on the list, without asking again whom it is for.',
    parts: {
      flush: class extends Flush {
        override isFor(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'retargeting-queues-at-once',
    breaks: [
      'retargeting-moves-nothing-by-itself',
      'target-is-the-lowest-existing-cpu',
      'empty-target-means-the-first-cpu',
      'interrupt-is-on-at-most-one-list',
      'queueing-appends-at-the-tail',
    ],
    wrong:
      'A change of the target puts a pending SPI onto the list of the new target while it is still on that of the old one.',
    seen: [
      xen('D28', 'vgic: refuse irq migration when one is already in progress (91ef736493)', 2017),
      xen('D28', 'arm: remove irq from inflight, then change physical affinity (31bc6a93a0)', 2017),
    ],
    config: { vcpus: 2 },
    parts: {
      showing: ListsShown,
      distributorRegisters: class extends DistributorRegisters {
        override setTargets(state: VgicState, i: number, cpus: number): VgicState {
          const retargeted = super.setTargets(state, i, cpus);
          const { holder, target } = retargeted.software.irqs[i];
          return holder >= 0 && holder !== target ? this.parts.routing.append(retargeted, i, target) : retargeted;
        }
      },
    },
  }),
  fault({
    id: 'listed-interrupt-is-queued-again',
    breaks: [
      'listed-interrupt-is-not-queued-twice',
      'one-list-register-per-intid',
      'queueing-appends-at-the-tail',
      'enable-offers-what-is-pending',
      'edge-may-be-pending-and-active',
      'active-bit-goes-into-the-list-register',
      'unused-list-registers-are-empty',
      'list-register-carries-priority-and-group',
      'overflow-sets-uie',
    ],
    wrong: 'An interrupt that is queued already is queued once more for every request, and gets two list registers.',
    seen: [
      xen('D31', 'xen/arm: do not add a second irq to the LRs if one is already present (1dc955639e)', 2013),
      {
        project: 'seL4 libsel4vm',
        change: 'Enqueue IRQs only once (seL4_projects_libs pull request 28)',
        year: 2022,
        bug: 'D57',
        evidence: 'read',
      },
    ],
    parts: {
      routing: class extends Routing {
        override mayQueue(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'interrupt-is-queued-at-the-head',
    breaks: [
      'queueing-appends-at-the-tail',
      'prune-moves-retargeted-to-the-tail',
      'highest-priority-is-acknowledged-first',
      'tie-goes-to-some-list-register',
      'list-is-sorted-only-when-it-overflows',
    ],
    wrong: 'What comes last is offered first.',
    parts: {
      routing: class extends Routing {
        override append(state: VgicState, i: number, v: number): VgicState {
          const appended = super.append(state, i, v);
          const list = [i, ...state.software.lists[v]];
          return { ...appended, software: { ...appended.software, lists: appended.software.lists.with(v, list) } };
        }
      },
    },
  }),
  fault({
    id: 'enable-routes-to-the-writer',
    breaks: ['enable-offers-what-is-pending', 'pending-interrupt-goes-to-its-target', 'queueing-appends-at-the-tail'],
    wrong: 'GICD_ISENABLER makes an SPI one of the virtual CPU that wrote the register, whatever GICD_ITARGETSR says.',
    seen: [
      xen('D29', 'xen/arm: observe itargets setting in vgic_enable_irqs and vgic_disable_irqs (5b3a817ea3)', 2014),
    ],
    config: { vcpus: 2 },
    parts: {
      distributorRegisters: class extends DistributorRegisters {
        override enable(state: VgicState, i: number, v: number): VgicState {
          const irq = state.software.irqs[i];
          return super.enable(irq.id.isSpi ? withIrq(state, i, { ...irq, target: v }) : state, i, v);
        }
      },
    },
  }),
  fault({
    id: 'distributor-enable-forgets-what-is-pending',
    breaks: ['enabling-the-distributor-requeues'],
    wrong: 'What became pending while the distributor was off is not looked at when it is switched on.',
    seen: [kvm('D59', 'KVM: arm/arm64: Fix disabled distributor operation (0d997491f814)', 2015, 'hearsay')],
    config: { distEnableRequeues: true },
    parts: {
      distributorRegisters: class extends DistributorRegisters {
        override requeuesAtEnable(): boolean {
          return false;
        }
      },
    },
  }),
];
