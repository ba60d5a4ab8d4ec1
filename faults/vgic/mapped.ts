import { physicalInterrupts, virtualInterrupts } from '../../spec/vgic/universe.ts';
import { Guest } from '../../model/vgic/environment/guest.ts';
import { VirtualInterface } from '../../model/vgic/hardware/virtual-interface.ts';
import { PhysicalDistributor } from '../../model/vgic/hardware/physical-distributor.ts';
import { Fold } from '../../model/vgic/hypervisor/fold.ts';
import { Offer } from '../../model/vgic/hypervisor/offer.ts';
import { HostInterrupt } from '../../model/vgic/hypervisor/host-interrupt.ts';
import {
  withHardware,
  type Deactivation,
  type Hardware,
  type ListRegister,
  type Machine,
  type VgicState,
  type VirtualState,
} from '../../model/vgic/index.ts';
import { fault } from './define.ts';

const virtualOf = (pIntId: number): number => virtualInterrupts.find((it) => it.pIntId === pIntId)?.intid ?? 0;

/** Interrupts that stand for physical ones: who deactivates what, and when. */
export const mapped = [
  fault({
    id: 'hw-interrupt-is-offered-pending-and-active',
    breaks: [
      'hw-never-pending-and-active',
      'new-pending-of-an-active-mapped-interrupt-waits',
      'second-mapped-edge-waits-for-deactivation',
    ],
    wrong: 'A mapped interrupt that is active and pending again is written to its list register in both states.',
    parts: {
      offer: class extends Offer {
        override allowsPendingActiveHw(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'sgi-is-offered-with-hw',
    breaks: ['sgi-never-has-hw'],
    wrong: 'HW is set in the list register of an SGI: its completion deactivates a physical interrupt.',
    parts: {
      offer: class extends Offer {
        override listRegister(irq: VirtualState, pending: boolean, machine: Machine): ListRegister {
          const lr = super.listRegister(irq, pending, machine);
          return irq.id.isSgi ? { ...lr, hw: true, pIntId: 41, source: 0, eoi: false } : lr;
        }
      },
    },
  }),
  fault({
    id: 'hw-is-set-without-hardware-deactivation',
    breaks: ['no-hw-without-hardware-deactivation'],
    wrong: 'HW is set although completion by the guest cannot reach the physical interrupt.',
    config: { hwDeactivation: false },
    parts: {
      offer: class extends Offer {
        override usesHw(irq: VirtualState): boolean {
          return irq.pIntId !== 0;
        }
      },
    },
  }),
  fault({
    id: 'host-handler-deactivates-a-mapped-interrupt',
    breaks: ['mapped-interrupt-stays-active-for-the-guest'],
    wrong:
      'The handler of a mapped interrupt deactivates it as it would any other: the line fires again under the guest.',
    parts: {
      hostInterrupt: class extends HostInterrupt {
        override hold(state: VgicState, pIntId: number, p: number): VgicState {
          const held = super.hold(state, pIntId, p);
          return { ...held, hardware: this.parts.physical.deactivate(held.hardware, pIntId, p) };
        }
      },
    },
  }),
  fault({
    id: 'host-eoi-deactivates',
    breaks: ['host-eoi-drops-priority-only'],
    wrong: 'The write of the host to GICC_EOIR deactivates, with EOImode 1 too.',
    profile: 'arch',
    parts: {
      physical: class extends PhysicalDistributor {
        override dropPriority(hardware: Hardware, p: number): Hardware {
          const { hostAcknowledged } = hardware.cpus[p];
          return super.dropPriority(
            hostAcknowledged === 0 ? hardware : this.deactivate(hardware, hostAcknowledged, p),
            p,
          );
        }
      },
    },
  }),
  fault({
    id: 'eoir-in-mode-1-deactivates-the-physical-interrupt',
    breaks: ['eoi-in-mode-1-keeps-the-physical-interrupt', 'eoi-keeps-the-list-register-in-mode-1'],
    wrong: 'With EOImode 1 GICV_EOIR deactivates the physical interrupt already.',
    parts: {
      virtualInterface: class extends VirtualInterface {
        override eoir(hardware: Hardware, p: number, intid: number, source: number): Deactivation {
          const { listRegisters, vmcr } = hardware.cpus[p];
          const lr = listRegisters.find((held) => held.active && held.hw && held.intid === intid);
          const done = super.eoir(hardware, p, intid, source);
          if (vmcr.eoiMode === 0 || lr === undefined) return done;
          return { ...done, hardware: this.parts.physical.deactivate(done.hardware, lr.pIntId, p) };
        }
      },
    },
  }),
  fault({
    id: 'acknowledge-deactivates-the-physical-interrupt',
    breaks: ['acknowledge-leaves-the-physical-interrupt', 'acknowledge-moves-pending-to-active'],
    wrong:
      'The physical interrupt is deactivated when the guest acknowledges the virtual one, rather than when it completes it.',
    parts: {
      guest: class extends Guest {
        override acknowledge(state: VgicState, v: number, aliased: boolean): readonly VgicState[] {
          const p = state.software.vcpus[v].loadedOn;
          const before = state.hardware.cpus[p].listRegisters;
          return super.acknowledge(state, v, aliased).map((next) => {
            const lr = next.hardware.cpus[p].listRegisters.find((held, n) => held.active && !before[n].active);
            if (!lr?.hw) return next;
            return withHardware(next, this.parts.physical.deactivate(next.hardware, lr.pIntId, p));
          });
        }
      },
    },
  }),
  fault({
    id: 'completion-does-not-reach-the-physical-interrupt',
    breaks: ['virtual-deactivation-deactivates-the-physical-interrupt', 'hw-completion-raises-no-maintenance'],
    wrong: 'The completion of a list register with HW=1 leaves the physical interrupt active for ever.',
    parts: {
      virtualInterface: class extends VirtualInterface {
        override reachesPhysical(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'completion-without-hw-reaches-a-physical-interrupt',
    breaks: ['deactivation-without-hw-keeps-physical-state'],
    wrong: 'The completion of a list register deactivates the physical interrupt of the same INTID, with HW=0 too.',
    profile: 'arch',
    parts: {
      virtualInterface: class extends VirtualInterface {
        override eoir(hardware: Hardware, p: number, intid: number, source: number): Deactivation {
          const n = this.found(hardware.cpus[p], intid, source);
          const done = super.eoir(hardware, p, intid, source);
          if (n < 0 || hardware.cpus[p].listRegisters[n].hw) return done;
          const physical = physicalInterrupts.find(({ pIntId }) => virtualOf(pIntId) === intid);
          if (physical === undefined || hardware.cpus[p].vmcr.eoiMode !== 0) return done;
          return { ...done, hardware: this.parts.physical.deactivate(done.hardware, physical.pIntId, p) };
        }
      },
    },
  }),
  fault({
    id: 'exit-deactivates-what-the-guest-has-in-service',
    breaks: ['served-mapped-level-is-not-sampled', 'active-follows-the-list-register'],
    wrong: 'Exit clears the physical active state of a mapped interrupt in service, and entry does not set it again.',
    parts: {
      fold: class extends Fold {
        override samples(irq: VirtualState, lr: ListRegister, deactivated: boolean): boolean {
          return super.samples(irq, lr, deactivated) || lr.active;
        }
        override deactivatesAfterSample(line: boolean, wasPending: boolean): boolean {
          return super.deactivatesAfterSample(line, wasPending) || !wasPending;
        }
      },
    },
  }),
  fault({
    id: 'withdrawn-interrupt-leaves-the-physical-one-active',
    breaks: ['withdrawn-mapped-level-is-not-delivered'],
    wrong:
      'A line that falls before the acknowledge leaves the physical interrupt active: the next assertion never reaches the host.',
    parts: {
      fold: class extends Fold {
        override deactivatesAfterSample(line: boolean, wasPending: boolean): boolean {
          return super.deactivatesAfterSample(line, wasPending) && !wasPending;
        }
      },
    },
  }),
  fault({
    id: 'line-stays-high-when-a-mapped-level-is-offered',
    breaks: ['mapped-level-line-falls-when-offered'],
    wrong:
      'The line of a mapped level-sensitive interrupt stays high in software after it was offered: it is delivered again after completion.',
    parts: {
      offer: class extends Offer {
        override mappedLineAfterOffer(irq: VirtualState): boolean {
          return irq.line;
        }
      },
    },
  }),
  fault({
    id: 'stale-line-is-believed-after-deactivation',
    breaks: ['stale-line-is-sampled-after-deactivation'],
    wrong:
      'A line that was high in software when the guest completed the interrupt is not sampled, and delivered although the device is low.',
    parts: {
      fold: class extends Fold {
        override samplesAfterDeactivation(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'interrupt-in-service-is-sampled',
    breaks: ['served-mapped-level-is-not-sampled', 'active-follows-the-list-register'],
    wrong:
      'Exit samples a mapped interrupt that the guest has in service, and deactivates the physical one if the line has fallen.',
    parts: {
      fold: class extends Fold {
        override samples(irq: VirtualState, lr: ListRegister, deactivated: boolean): boolean {
          return super.samples(irq, lr, deactivated) || lr.active;
        }
      },
    },
  }),
  fault({
    id: 'unmapped-interrupt-is-left-active',
    breaks: ['unmapped-interrupt-is-completed-by-the-host', 'host-acknowledge-moves-pending-to-active'],
    wrong:
      'A physical interrupt without a mapping is left active by its handler, as if a guest were going to complete it.',
    parts: {
      hostInterrupt: class extends HostInterrupt {
        override unmapped(state: VgicState): VgicState {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'mask-is-kept-at-rest',
    breaks: ['software-resampling-unmasks-at-rest'],
    wrong:
      'Without hardware deactivation the physical interrupt stays masked after the guest has completed the virtual one.',
    config: { hwDeactivation: false },
    parts: {
      fold: class extends Fold {
        override unmasks(): boolean {
          return false;
        }
      },
    },
  }),
];
