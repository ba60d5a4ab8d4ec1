import { VirtualInterface } from '../../model/vgic/hardware/virtual-interface.ts';
import {
  withCpu,
  type CpuInterface,
  type Deactivation,
  type Hardware,
  type ListRegister,
} from '../../model/vgic/index.ts';
import { fault } from './define.ts';

const counting = (hardware: Hardware, p: number): Hardware => {
  const cpu = hardware.cpus[p];
  return withCpu(hardware, p, { ...cpu, hcr: { ...cpu.hcr, eoiCount: (cpu.hcr.eoiCount + 1) & 31 } });
};

/** What the guest's EOIR and DIR do. */
export const completion = [
  fault({
    id: 'eoi-of-a-special-intid-drops-a-priority',
    breaks: ['eoi-of-a-special-intid-is-ignored'],
    wrong: 'A write of 1023 to GICV_EOIR drops the running priority.',
    parts: {
      virtualInterface: class extends VirtualInterface {
        override eoirSpecial(hardware: Hardware, p: number): Hardware {
          const cpu = hardware.cpus[p];
          return withCpu(hardware, p, { ...cpu, apr: cpu.apr & (cpu.apr - 1) });
        }
      },
    },
  }),
  fault({
    id: 'eoi-of-a-special-intid-is-counted',
    breaks: ['eoi-of-a-special-intid-is-ignored'],
    wrong: 'A write of 1023 to GICV_EOIR adds to EOICount.',
    parts: {
      virtualInterface: class extends VirtualInterface {
        override eoirSpecial(hardware: Hardware, p: number): Hardware {
          return counting(hardware, p);
        }
      },
    },
  }),
  fault({
    id: 'eoi-drops-every-priority',
    breaks: ['eoi-restores-the-preempted-priority', 'eoi-drops-lowest-active-priority'],
    wrong: 'GICV_EOIR clears all of GICH_APR.',
    parts: {
      virtualInterface: class extends VirtualInterface {
        override aprAfterEoi(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'eoi-drops-the-outermost-priority',
    breaks: ['eoi-drops-lowest-active-priority', 'eoi-restores-the-preempted-priority'],
    wrong: 'GICV_EOIR clears the highest bit of GICH_APR, rather than the lowest.',
    parts: {
      virtualInterface: class extends VirtualInterface {
        override aprAfterEoi(apr: number): number {
          return apr === 0 ? 0 : (apr & ~(1 << (31 - Math.clz32(apr)))) >>> 0;
        }
      },
    },
  }),
  fault({
    id: 'eoi-in-mode-1-is-counted',
    breaks: ['eoi-in-mode-1-is-not-counted'],
    wrong: 'With EOImode 1 an EOIR that finds no list register adds to EOICount, as the DIR that follows does.',
    parts: {
      virtualInterface: class extends VirtualInterface {
        override eoir(hardware: Hardware, p: number, intid: number, source: number): Deactivation {
          const done = super.eoir(hardware, p, intid, source);
          const cpu = hardware.cpus[p];
          if (cpu.vmcr.eoiMode === 0 || this.found(cpu, intid, source) >= 0) return done;
          return { ...done, hardware: counting(done.hardware, p) };
        }
      },
    },
  }),
  fault({
    id: 'eoi-in-mode-1-deactivates',
    breaks: [
      'eoi-keeps-the-list-register-in-mode-1',
      'eoi-in-mode-1-keeps-the-physical-interrupt',
      'eoi-in-mode-1-is-not-counted',
    ],
    wrong: 'EOImode is ignored: GICV_EOIR drops and deactivates.',
    config: { eoiMode: 1 },
    parts: {
      virtualInterface: class extends VirtualInterface {
        override eoiDeactivates(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'unlisted-completion-is-not-counted',
    breaks: ['unlisted-eoi-is-counted', 'unlisted-dir-is-counted'],
    wrong: 'EOICount stays 0: the hypervisor never learns that the guest completed what no list register holds.',
    parts: {
      virtualInterface: class extends VirtualInterface {
        override eoiCountAfterUnlisted({ hcr }: CpuInterface): number {
          return hcr.eoiCount;
        }
      },
    },
  }),
  fault({
    id: 'deactivation-clears-the-pending-half',
    breaks: ['deactivation-keeps-the-pending-half', 'dir-deactivates', 'eoi-deactivates-in-mode-0'],
    wrong: 'Completion empties the list register of an interrupt that is pending again: the second edge is lost.',
    parts: {
      virtualInterface: class extends VirtualInterface {
        override deactivated(lr: ListRegister): ListRegister {
          return { ...lr, pending: false, active: false };
        }
      },
    },
  }),
  fault({
    id: 'dir-drops-a-priority',
    breaks: ['dir-keeps-the-active-priorities'],
    wrong: 'GICV_DIR drops the running priority too, which is that of another interrupt.',
    parts: {
      virtualInterface: class extends VirtualInterface {
        override dir(hardware: Hardware, p: number, intid: number, source: number): Deactivation {
          const done = super.dir(hardware, p, intid, source);
          const cpu = done.hardware.cpus[p];
          return { ...done, hardware: withCpu(done.hardware, p, { ...cpu, apr: cpu.apr & (cpu.apr - 1) }) };
        }
      },
    },
  }),
];
