import { PhysicalDistributor } from '../../model/vgic/hardware/physical-distributor.ts';
import { HardwareAccess } from '../../model/vgic/environment/hardware-access.ts';
import { Encoding } from '../../model/vgic/hardware/encoding.ts';
import {
  withCpu,
  withHardware,
  type Hardware,
  type ListRegister,
  type PhysicalState,
  type VgicState,
} from '../../model/vgic/index.ts';
import { fault } from './define.ts';

/** The physical distributor, and the layout of registers. */
export const physical = [
  fault({
    id: 'active-state-of-an-spi-is-banked',
    breaks: [
      'spi-active-state-is-shared',
      'spi-completion-reaches-the-distributor-from-any-cpu',
      'virtual-deactivation-deactivates-the-physical-interrupt',
      'high-line-after-completion-fires-again',
      'deactivated-interrupt-is-signalled-again-at-once',
      'physical-pending-is-latch-or-level-line',
      'physical-edge-sets-the-latch-once',
    ],
    wrong:
      'Each physical CPU has an active state of its own for SPIs: completion on one does not end what another began.',
    config: { vcpus: 2, pcpus: 2 },
    parts: {
      physical: class extends PhysicalDistributor {
        override bank(_pIntId: number, p: number): number {
          return p;
        }
      },
    },
  }),
  fault({
    id: 'ppi-is-shared',
    breaks: [
      'ppi-state-is-banked',
      'timer-asserts-while-enabled-unmasked-and-due',
      'load-sets-the-physical-active-state',
      'physical-pending-is-latch-or-level-line',
      'load-drops-the-active-state-of-the-last-guest',
      'spi-active-state-is-shared',
    ],
    wrong: 'All physical CPUs share one state of the timer interrupt.',
    config: { vcpus: 2, pcpus: 2 },
    parts: {
      physical: class extends PhysicalDistributor {
        override bank(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'deactivated-interrupt-is-not-signalled-again',
    breaks: [
      'deactivated-interrupt-is-signalled-again-at-once',
      'high-line-after-completion-fires-again',
      'physical-pending-is-latch-or-level-line',
      'high-line-stays-pending-while-active',
    ],
    wrong: 'Deactivation takes the pending state along: what was asserted meanwhile is lost.',
    parts: {
      physical: class extends PhysicalDistributor {
        override deactivate(hardware: Hardware, pIntId: number, p: number): Hardware {
          const interrupt = this.of(hardware, pIntId, p);
          if (!interrupt.active) return hardware;
          return this.put(hardware, pIntId, p, { ...interrupt, active: false, latch: false, line: false });
        }
      },
    },
  }),
  fault({
    id: 'active-interrupt-is-signalled',
    breaks: [
      'active-interrupt-is-never-signalled',
      'host-acknowledge-moves-pending-to-active',
      'high-line-stays-pending-while-active',
    ],
    wrong: 'A physical interrupt that is active and pending is signalled to the host.',
    parts: {
      physical: class extends PhysicalDistributor {
        override maySignal(interrupt: PhysicalState): boolean {
          return super.maySignal({ ...interrupt, active: false });
        }
      },
    },
  }),
  fault({
    id: 'disabled-physical-interrupt-is-signalled',
    breaks: ['disabled-interrupt-is-never-signalled'],
    wrong: 'A disabled physical interrupt is signalled to the host.',
    profile: 'arch',
    parts: {
      physical: class extends PhysicalDistributor {
        override maySignal(interrupt: PhysicalState): boolean {
          return super.maySignal({ ...interrupt, enabled: true });
        }
      },
    },
  }),
  fault({
    id: 'falling-line-clears-the-latch',
    breaks: ['physical-falling-line-keeps-the-latch', 'physical-pending-is-latch-or-level-line'],
    wrong: 'A falling line ends the pending state that GICD_ISPENDR set.',
    profile: 'arch',
    parts: {
      physical: class extends PhysicalDistributor {
        override latchAfterLine(interrupt: PhysicalState, high: boolean): boolean {
          return high && interrupt.latch;
        }
      },
    },
  }),
  fault({
    id: 'setting-active-acknowledges',
    breaks: ['setting-active-has-no-other-effect', 'set-pending-activates-the-physical-interrupt'],
    wrong: 'GICD_ISACTIVER clears the pending latch, as an acknowledge would.',
    profile: 'arch',
    parts: {
      physical: class extends PhysicalDistributor {
        override setActive(hardware: Hardware, pIntId: number, p: number, active: boolean): Hardware {
          const changed = super.setActive(hardware, pIntId, p, active);
          return active ? this.setLatch(changed, pIntId, p, false) : changed;
        }
      },
    },
  }),
  fault({
    id: 'acknowledged-host-interrupt-holds-nothing-off',
    breaks: [
      'acknowledged-host-interrupt-holds-off-equals',
      'host-acknowledge-moves-pending-to-active',
      'host-eoi-drops-priority-only',
    ],
    wrong: 'A second interrupt of the same priority is signalled before the host has dropped that of the first.',
    profile: 'arch',
    parts: {
      physical: class extends PhysicalDistributor {
        override holdsOff(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'hcr-write-keeps-the-eoi-count',
    breaks: ['hcr-write-resets-eoicount', 'hcr-layout', 'maintenance-lrenp-while-eois-are-counted'],
    wrong: 'EOICount survives a write to GICH_HCR.',
    profile: 'arch',
    parts: {
      hardwareAccess: class extends HardwareAccess {
        override writeHcr(state: VgicState, value: number): VgicState {
          const { eoiCount } = state.hardware.cpus[0].hcr;
          const written = super.writeHcr(state, value);
          const cpu = written.hardware.cpus[0];
          return withHardware(written, withCpu(written.hardware, 0, { ...cpu, hcr: { ...cpu.hcr, eoiCount } }));
        }
      },
    },
  }),
  fault({
    id: 'gicv3-list-register-has-the-gicv2-priority',
    breaks: ['ich-lr-layout'],
    wrong: 'The priority is written to ICH_LRn_EL2 shifted, as GICH_LRn wants it.',
    config: { encoding: 'gicv3' },
    parts: {
      encoding: class extends Encoding {
        override ichLr(lr: ListRegister): readonly [low: number, high: number] {
          return super.ichLr({ ...lr, priority: lr.priority >> 3 });
        }
      },
    },
  }),
  fault({
    id: 'sgi-source-stays-out-of-the-gicv3-list-register',
    breaks: ['ich-lr-holds-the-sgi-source-in-the-intid', 'ich-lr-layout'],
    wrong: 'The list register of a GICv3 has no source for the SGI of a GICv2 guest.',
    config: { encoding: 'gicv3', vcpus: 2 },
    parts: {
      encoding: class extends Encoding {
        override vIntId(lr: ListRegister): number {
          return lr.intid;
        }
      },
    },
  }),
];
