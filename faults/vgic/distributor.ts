import { DistributorRegisters } from '../../model/vgic/hypervisor/distributor-registers.ts';
import { Injection } from '../../model/vgic/hypervisor/injection.ts';
import { withIrq, type VgicState, type VirtualState } from '../../model/vgic/index.ts';
import { fault, kvm, xen } from './define.ts';

/** The emulated distributor, and injection. */
export const distributor = [
  fault({
    id: 'edge-during-service-is-dropped',
    breaks: ['edge-sets-the-pending-latch'],
    wrong: 'An edge that comes while the interrupt is in service is dropped.',
    parts: {
      injection: class extends Injection {
        override latched(irq: VirtualState): VirtualState {
          return irq.active ? irq : super.latched(irq);
        }
      },
    },
  }),
  fault({
    id: 'assertion-of-an-interrupt-in-flight-is-dropped',
    breaks: ['changed-level-is-stored', 'mapped-interrupt-is-injected-by-its-handler'],
    wrong:
      'An interrupt that is asserted while it is still on its way to the guest is not noted: it is lost with the completion of the one before.',
    seen: [xen('D25', 'arm: vgic: fix race between evtchn upcall and evtchnop_send (db453468d9)', 2013)],
    parts: {
      injection: class extends Injection {
        override inject(state: VgicState, i: number, level: boolean): VgicState {
          const { holder, edge } = state.software.irqs[i];
          return level && !edge && holder >= 0 ? state : super.inject(state, i, level);
        }
      },
    },
  }),
  fault({
    id: 'falling-line-injects-an-edge',
    breaks: ['falling-edge-is-ignored'],
    wrong: 'The injector is called for both levels of an edge-triggered line, and injects both times.',
    seen: [kvm('D16', 'KVM: arm/arm64: vgic: Stop injecting the MSI occurrence twice (0bdbf3b07198)', 2016, 'heading')],
    parts: {
      injection: class extends Injection {
        override ignoresEdge(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'enable-does-not-sample',
    breaks: ['enable-samples-a-mapped-level', 'enable-deactivates-what-has-fallen'],
    wrong:
      'A mapped interrupt that was asserted while it was disabled is injected when it is enabled, though its line has fallen.',
    seen: [kvm('D05', 'KVM: arm/arm64: vgic: Reevaluate level sensitive interrupts on enable (16e604a437c8)', 2019)],
    parts: {
      distributorRegisters: class extends DistributorRegisters {
        override sampledAtEnable(state: VgicState): VgicState {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'enable-leaves-a-fallen-interrupt-active',
    breaks: ['enable-deactivates-what-has-fallen'],
    wrong: 'GICD_ISENABLER withdraws a mapped interrupt whose line has fallen, and leaves the physical one active.',
    parts: {
      distributorRegisters: class extends DistributorRegisters {
        override deactivatesAtEnable(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'sgi-can-be-disabled',
    breaks: ['sgis-are-always-enabled'],
    wrong: 'GICD_ICENABLER disables SGIs.',
    parts: {
      distributorRegisters: class extends DistributorRegisters {
        override isFixedEnable(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'set-pending-is-ignored',
    breaks: ['set-pending-sets-the-latch'],
    wrong: 'A write to GICD_ISPENDR makes nothing pending.',
    seen: [xen('D39', 'xen/vgic: Implement write to ISPENDR in vGICv{2, 3} (067935804a)', 2021)],
    parts: {
      distributorRegisters: class extends DistributorRegisters {
        override setPending(state: VgicState): VgicState {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'set-pending-leaves-the-physical-interrupt-inactive',
    breaks: ['set-pending-activates-the-physical-interrupt'],
    wrong:
      'GICD_ISPENDR on a mapped interrupt leaves the physical one inactive: it fires under the guest, and completion deactivates what is not active.',
    parts: {
      distributorRegisters: class extends DistributorRegisters {
        override physicalAfterSetPending(state: VgicState): VgicState {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'clear-pending-clears-a-high-level',
    breaks: ['clear-pending-keeps-a-high-level'],
    wrong: 'GICD_ICPENDR ends the pending state of an interrupt whose line is still high.',
    parts: {
      distributorRegisters: class extends DistributorRegisters {
        override lineAfterClear(irq: VirtualState): boolean {
          return super.lineAfterClear(irq) && irq.edge;
        }
      },
    },
  }),
  fault({
    id: 'clear-pending-leaves-the-physical-interrupt-active',
    breaks: ['clear-pending-deactivates-what-is-not-in-service'],
    wrong: 'GICD_ISPENDR followed by GICD_ICPENDR leaves the physical interrupt active: it never fires again.',
    seen: [kvm('D11', 'arm/arm64: KVM: Clear map->active on pend/active clear (544c572e0317)', 2015)],
    parts: {
      distributorRegisters: class extends DistributorRegisters {
        override deactivatesAfterClear(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'active-write-does-not-reach-the-physical-interrupt',
    breaks: ['active-write-reaches-the-physical-interrupt'],
    wrong: 'GICD_ICACTIVER on a mapped interrupt leaves the physical one active: the device never interrupts again.',
    seen: [kvm('D11', 'arm/arm64: KVM: Clear map->active on pend/active clear (544c572e0317)', 2015)],
    parts: {
      distributorRegisters: class extends DistributorRegisters {
        override physicalAfterActive(state: VgicState): VgicState {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'pending-write-is-lost-while-the-distributor-is-off',
    breaks: [
      'clear-pending-clears-the-latch',
      'clear-pending-deactivates-what-is-not-in-service',
      'clear-pending-clears-physical-pending',
    ],
    wrong:
      'While the distributor is off GICD_ICPENDR changes nothing, and what was cleared is delivered when it is switched on.',
    seen: [kvm('D59', 'KVM: arm/arm64: Fix disabled distributor operation (0d997491f814)', 2015, 'hearsay')],
    parts: {
      distributorRegisters: class extends DistributorRegisters {
        override clearPending(state: VgicState, i: number): VgicState {
          return state.software.distributorOn[state.software.irqs[i].id.vm] ? super.clearPending(state, i) : state;
        }
      },
    },
  }),
  fault({
    id: 'active-access-does-not-stop-the-vm',
    breaks: [
      'active-access-of-an-spi-stops-the-vm',
      'active-read-is-virtual',
      'active-write-sets-the-active-state',
      'exit-zeroes-list-registers',
    ],
    wrong:
      'The active state of an SPI is read from memory, or changed there, while the list register of a running virtual CPU knows better.',
    seen: [
      kvm('D06', 'KVM: arm: vgic: Synchronize the whole guest on GIC{D,R}_I{S,C}ACTIVER read (9a50ebbffa98)', 2020),
      kvm(
        'D14',
        'arm/arm64: KVM: vgic: Force VM halt when changing the active state of GICv3 PPIs/SGIs (107352a24900)',
        2018,
      ),
    ],
    config: { vcpus: 2, pcpus: 2 },
    parts: {
      distributorRegisters: class extends DistributorRegisters {
        override stopForActive(state: VgicState): VgicState {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'set-active-clears',
    breaks: [
      'active-write-sets-the-active-state',
      'active-write-reaches-the-physical-interrupt',
      'active-write-of-an-sgi-names-the-writer',
    ],
    wrong: 'GICD_ISACTIVER is handled by the code of GICD_ICACTIVER.',
    seen: [
      {
        project: 'Bao',
        change: 'fix(armv8/vgicv3): fix GICR ISACTIVER and ICACTIVER handler mappings (b6b5320)',
        year: 2026,
        bug: 'D54',
        evidence: 'read',
      },
    ],
    parts: {
      distributorRegisters: class extends DistributorRegisters {
        override writeActive(state: VgicState, v: number, i: number): VgicState {
          return super.writeActive(state, v, i, false);
        }
      },
    },
  }),
  fault({
    id: 'pending-read-of-a-mapped-level-is-what-was-injected',
    breaks: ['pending-read-of-a-mapped-level-asks-the-device', 'pending-read-is-latch-or-line'],
    wrong:
      'A read of the pending state of a mapped interrupt returns what was injected, rather than the level of the device.',
    parts: {
      distributorRegisters: class extends DistributorRegisters {
        override readsDevice(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'access-to-one-target-reaches-another',
    breaks: [
      'target-is-the-lowest-existing-cpu',
      'empty-target-means-the-first-cpu',
      'pending-interrupt-goes-to-its-target',
      'queueing-appends-at-the-tail',
      'active-interrupt-without-holder-goes-to-its-target',
      'prune-moves-retargeted-to-the-tail',
      'retargeted-pending-interrupt-is-served-once',
      'restore-queues-what-it-makes-pending-or-active',
    ],
    wrong: 'The target of the first SPI is changed, whichever is addressed.',
    seen: [xen('D38', 'arm/vgic-v3: fix virq offset in the rank when storing irouter (800f21499e)', 2022)],
    config: { vcpus: 2 },
    parts: {
      distributorRegisters: class extends DistributorRegisters {
        override setTargets(state: VgicState, i: number, cpus: number): VgicState {
          return super.setTargets(state, state.machine.spi(state.software.irqs[i].id.vm, 32), cpus);
        }
      },
    },
  }),
  fault({
    id: 'byte-write-of-a-target-is-ignored',
    breaks: [
      'target-is-the-lowest-existing-cpu',
      'empty-target-means-the-first-cpu',
      'prune-moves-retargeted-to-the-tail',
      'pending-interrupt-goes-to-its-target',
      'queueing-appends-at-the-tail',
      'active-interrupt-without-holder-goes-to-its-target',
      'retargeted-pending-interrupt-is-served-once',
      'restore-queues-what-it-makes-pending-or-active',
    ],
    wrong: 'GICD_ITARGETSR takes writes to the first byte of a word only.',
    seen: [xen('D42', 'xen/arm: vgic-v2: Handle correctly byte write in ITARGETSR (9f5e16e765)', 2015)],
    config: { vcpus: 2 },
    parts: {
      distributorRegisters: class extends DistributorRegisters {
        override setTargets(state: VgicState, i: number, cpus: number): VgicState {
          return state.software.irqs[i].id.intid % 4 === 0 ? super.setTargets(state, i, cpus) : state;
        }
      },
    },
  }),
  fault({
    id: 'target-is-the-highest-cpu',
    breaks: [
      'target-is-the-lowest-existing-cpu',
      'prune-moves-retargeted-to-the-tail',
      'pending-interrupt-goes-to-its-target',
      'queueing-appends-at-the-tail',
      'active-interrupt-without-holder-goes-to-its-target',
      'retargeted-pending-interrupt-is-served-once',
      'restore-queues-what-it-makes-pending-or-active',
    ],
    wrong: 'Of several virtual CPUs in GICD_ITARGETSR the last one becomes the target.',
    config: { vcpus: 2 },
    parts: {
      distributorRegisters: class extends DistributorRegisters {
        override targetOf(members: readonly number[], cpus: number): number {
          return members.findLast((_, place) => (cpus & (1 << place)) !== 0) ?? members[0];
        }
      },
    },
  }),
  fault({
    id: 'disable-clears-what-is-pending',
    breaks: ['disable-keeps-pending-and-active'],
    wrong: 'GICD_ICENABLER forgets the pending state of the interrupt.',
    parts: {
      distributorRegisters: class extends DistributorRegisters {
        override disable(state: VgicState, i: number): VgicState {
          const disabled = super.disable(state, i);
          const irq = disabled.software.irqs[i];
          return irq.id.isSgi ? disabled : withIrq(disabled, i, { ...irq, latch: false });
        }
      },
    },
  }),
];
