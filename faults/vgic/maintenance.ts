import { Maintenance } from '../../model/vgic/hardware/maintenance.ts';
import { isValid, type CpuInterface, type Hcr, type ListRegister, type Vmcr } from '../../model/vgic/index.ts';
import { fault } from './define.ts';

/** What the hardware tells of its list registers. */
export const maintenance = [
  fault({
    id: 'elrsr-shows-awaited-eoi',
    breaks: ['elrsr-leaves-out-awaited-eoi'],
    wrong:
      'GICH_ELRSR shows a list register as empty whose EOI nobody has seen yet: it is used again, and the resample is lost.',
    parts: {
      maintenance: class extends Maintenance {
        override isEmpty(lr: ListRegister): boolean {
          return !isValid(lr);
        }
      },
    },
  }),
  fault({
    id: 'hw-completion-raises-maintenance',
    breaks: [
      'hw-completion-raises-no-maintenance',
      'eisr-shows-completed-with-eoi',
      'maintenance-eoi-while-eisr-is-not-empty',
      'elrsr-leaves-out-awaited-eoi',
    ],
    wrong: 'The completion of a list register with HW=1 is shown in GICH_EISR, and exits the guest for nothing.',
    parts: {
      maintenance: class extends Maintenance {
        override awaitsEoi(lr: ListRegister): boolean {
          return super.awaitsEoi(lr) || (!isValid(lr) && lr.hw);
        }
      },
    },
  }),
  fault({
    id: 'misr-is-latched',
    breaks: ['misr-is-recomputed-at-once'],
    wrong: 'A bit of GICH_MISR stays set when its cause has gone.',
    parts: {
      maintenance: class extends Maintenance {
        override misr(cpu: CpuInterface, eisr: number, before: number): number {
          return super.misr(cpu, eisr, before) | before;
        }
      },
    },
  }),
  fault({
    id: 'underflow-only-when-empty',
    breaks: ['maintenance-underflow-with-at-most-one-valid', 'misr-is-recomputed-at-once', 'misr-layout'],
    wrong: 'GICH_MISR.U waits until no list register is valid, rather than one.',
    parts: {
      maintenance: class extends Maintenance {
        override underflow(hcr: Hcr, listRegisters: readonly ListRegister[]): boolean {
          return hcr.uie && !listRegisters.some(isValid);
        }
      },
    },
  }),
  fault({
    id: 'pending-and-active-counts-as-pending',
    breaks: ['maintenance-np-while-none-is-pending', 'misr-is-recomputed-at-once', 'misr-layout'],
    wrong: 'A list register that is pending and active keeps GICH_MISR.NP clear.',
    profile: 'arch',
    parts: {
      maintenance: class extends Maintenance {
        override nonePending(hcr: Hcr, listRegisters: readonly ListRegister[]): boolean {
          return hcr.npie && !listRegisters.some((lr) => lr.pending);
        }
      },
    },
  }),
  fault({
    id: 'eoi-count-raises-no-maintenance',
    breaks: [
      'maintenance-lrenp-while-eois-are-counted',
      'misr-is-recomputed-at-once',
      'misr-layout',
      'unlisted-dir-is-counted',
      'unlisted-eoi-is-counted',
    ],
    wrong: 'GICH_MISR.LRENP stays 0.',
    profile: 'arch',
    parts: {
      maintenance: class extends Maintenance {
        override lrenp(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'group-0-disabled-looks-at-group-1',
    breaks: ['maintenance-group-0-disabled', 'misr-is-recomputed-at-once', 'misr-layout'],
    wrong: 'GICH_MISR.VGrp0D follows the enable of group 1.',
    profile: 'arch',
    parts: {
      maintenance: class extends Maintenance {
        override group0Disabled(hcr: Hcr, vmcr: Vmcr): boolean {
          return super.group0Disabled(hcr, { ...vmcr, group0: vmcr.group1 });
        }
      },
    },
  }),
  fault({
    id: 'group-1-disabled-looks-at-group-0',
    breaks: ['maintenance-group-1-disabled', 'misr-is-recomputed-at-once', 'misr-layout'],
    wrong: 'GICH_MISR.VGrp1D follows the enable of group 0.',
    profile: 'arch',
    parts: {
      maintenance: class extends Maintenance {
        override group1Disabled(hcr: Hcr, vmcr: Vmcr): boolean {
          return super.group1Disabled(hcr, { ...vmcr, group1: vmcr.group0 });
        }
      },
    },
  }),
  fault({
    id: 'misr-is-empty-without-the-enable',
    breaks: ['misr-shows-causes-without-the-enable', 'misr-is-recomputed-at-once', 'misr-layout'],
    wrong: 'With GICH_HCR.En 0 GICH_MISR reads 0.',
    profile: 'arch',
    parts: {
      maintenance: class extends Maintenance {
        override misr(cpu: CpuInterface, eisr: number, before: number): number {
          return cpu.hcr.en ? super.misr(cpu, eisr, before) : 0;
        }
      },
    },
  }),
  fault({
    id: 'maintenance-interrupt-ignores-the-enable',
    breaks: [
      'maintenance-interrupt-needs-the-enable',
      'disabled-interface-signals-nothing',
      'misr-is-recomputed-at-once',
    ],
    wrong: 'The maintenance interrupt is signalled with GICH_HCR.En 0 too.',
    profile: 'arch',
    parts: {
      maintenance: class extends Maintenance {
        override line(_hcr: Hcr, misr: number): boolean {
          return misr !== 0;
        }
      },
    },
  }),
];
