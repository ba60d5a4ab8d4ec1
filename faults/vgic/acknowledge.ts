import { spurious, spuriousGroup1 } from '../../spec/vgic/universe.ts';
import { Priority } from '../../model/vgic/hardware/priority.ts';
import { VirtualInterface } from '../../model/vgic/hardware/virtual-interface.ts';
import type { Acknowledgement, CpuInterface, Knobs, ListRegister, Vmcr } from '../../model/vgic/index.ts';
import { fault } from './define.ts';

/** What is signalled to the guest, and what its acknowledge returns. */
export const acknowledge = [
  fault({
    id: 'priority-equal-to-the-mask-is-signalled',
    breaks: ['priority-must-be-below-the-mask', 'virq-while-an-interrupt-is-signalled'],
    wrong: 'An interrupt whose priority equals the mask is signalled.',
    parts: {
      priority: class extends Priority {
        override isBelowMask(lr: ListRegister, vmcr: Vmcr): boolean {
          return lr.priority <= vmcr.pmr;
        }
      },
    },
  }),
  fault({
    id: 'running-priority-is-ignored',
    breaks: ['group-priority-must-preempt-the-running-one', 'virq-while-an-interrupt-is-signalled'],
    wrong: 'An interrupt is signalled whatever priority is active.',
    parts: {
      priority: class extends Priority {
        override preempts(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'binary-point-of-group-1-is-off-by-one',
    breaks: ['group-1-splits-by-abpr', 'acknowledge-sets-the-active-priority-bit', 'aiar-acknowledges-group-1-only'],
    wrong: 'ABPR is read as BPR is: one bit of group priority is lost for group 1.',
    config: { groups: 'both' },
    parts: {
      priority: class extends Priority {
        override subpriorityBits(group: number, vmcr: Vmcr): number {
          return group === 1 && !vmcr.cbpr ? vmcr.abpr + 1 : super.subpriorityBits(group, vmcr);
        }
      },
    },
  }),
  fault({
    id: 'common-binary-point-is-ignored',
    breaks: ['group-1-splits-by-abpr', 'acknowledge-sets-the-active-priority-bit', 'aiar-acknowledges-group-1-only'],
    wrong: 'With CBPR the binary point of group 1 is taken from BPR without the one that it differs by.',
    profile: 'arch',
    config: { groups: 'both' },
    parts: {
      priority: class extends Priority {
        override subpriorityBits(group: number, vmcr: Vmcr): number {
          return group === 1 && vmcr.cbpr ? vmcr.bpr : super.subpriorityBits(group, vmcr);
        }
      },
    },
  }),
  fault({
    id: 'pending-and-active-is-acknowledged',
    breaks: ['only-pending-list-registers-are-candidates'],
    wrong: 'A list register that is pending and active is signalled again.',
    parts: {
      priority: class extends Priority {
        override isCandidate(lr: ListRegister): boolean {
          return lr.pending;
        }
      },
    },
  }),
  fault({
    id: 'lower-priority-is-acknowledged-first',
    breaks: [
      'highest-priority-is-acknowledged-first',
      'virq-while-an-interrupt-is-signalled',
      'priority-must-be-below-the-mask',
      'group-0-splits-by-bpr',
      'group-1-splits-by-abpr',
      'group-priority-must-preempt-the-running-one',
    ],
    wrong: 'The numerically highest priority is taken for the most urgent one.',
    parts: {
      priority: class extends Priority {
        override isHigher(a: ListRegister, b: ListRegister): boolean {
          return a.priority > b.priority;
        }
      },
    },
  }),
  fault({
    id: 'disabled-group-is-acknowledged',
    breaks: ['disabled-group-is-never-acknowledged'],
    wrong: 'The group enables of GICV_CTLR are ignored.',
    parts: {
      priority: class extends Priority {
        override isGroupEnabled(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'disabled-group-stands-in-the-way',
    breaks: ['disabled-group-is-never-acknowledged', 'group-0-takes-vfiq-with-fiqen'],
    wrong: 'A pending interrupt of a disabled group keeps one of the other group from being signalled.',
    profile: 'arch',
    config: { groups: 'both', disabledGroup: 'ignored' },
    parts: {
      priority: class extends Priority {
        override best(cpu: CpuInterface): readonly number[] {
          const open = super.best({ ...cpu, vmcr: { ...cpu.vmcr, group0: true, group1: true } });
          return open.filter((n) => this.isGroupEnabled(cpu.listRegisters[n], cpu.vmcr));
        }
      },
    },
  }),
  fault({
    id: 'disabled-interface-signals',
    breaks: ['disabled-interface-signals-nothing'],
    wrong: 'GICH_HCR.En does not matter.',
    profile: 'arch',
    parts: {
      priority: class extends Priority {
        override isSignalled(cpu: CpuInterface, n: number): boolean {
          return super.isSignalled({ ...cpu, hcr: { ...cpu.hcr, en: true } }, n);
        }
      },
    },
  }),
  fault({
    id: 'group-1-is-spurious-without-ackctl',
    breaks: ['group-1-acknowledge-needs-ackctl'],
    wrong: 'GICV_IAR returns 1023 where 1022 would tell the guest to use GICV_AIAR.',
    config: { groups: 'both' },
    parts: {
      virtualInterface: class extends VirtualInterface {
        override iarSpecial(lr: ListRegister, ackCtl: boolean): number {
          return super.iarSpecial(lr, ackCtl) === 0 ? 0 : spurious;
        }
      },
    },
  }),
  fault({
    id: 'group-1-is-acknowledged-without-ackctl',
    breaks: ['group-1-acknowledge-needs-ackctl'],
    wrong: 'GICV_IAR acknowledges an interrupt of group 1, whatever AckCtl says.',
    config: { groups: 'both' },
    parts: {
      virtualInterface: class extends VirtualInterface {
        override iarSpecial(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'spurious-acknowledge-is-1022',
    breaks: ['acknowledge-of-nothing-is-1023'],
    wrong: 'GICV_IAR returns 1022 when nothing is signalled.',
    parts: {
      virtualInterface: class extends VirtualInterface {
        override iar(cpu: CpuInterface, knobs: Knobs): readonly Acknowledgement[] {
          const outcomes = super.iar(cpu, knobs);
          return outcomes.map((one) => (one.value === spurious ? { ...one, value: spuriousGroup1 } : one));
        }
      },
    },
  }),
  fault({
    id: 'aiar-acknowledges-group-0',
    breaks: ['aiar-acknowledges-group-1-only'],
    wrong: 'GICV_AIAR acknowledges interrupts of both groups.',
    config: { groups: 'both' },
    parts: {
      virtualInterface: class extends VirtualInterface {
        override aiarSpecial(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'acknowledge-hides-the-sgi-source',
    breaks: ['acknowledge-returns-the-sgi-source', 'every-edge-is-delivered'],
    wrong: 'GICV_IAR returns an SGI without its source.',
    config: { vcpus: 2 },
    parts: {
      virtualInterface: class extends VirtualInterface {
        override reads(lr: ListRegister): number {
          return lr.intid;
        }
      },
    },
  }),
  fault({
    id: 'nested-acknowledge-forgets-outer-priorities',
    breaks: ['nested-acknowledge-keeps-outer-priorities', 'acknowledge-sets-the-active-priority-bit'],
    wrong: 'GICH_APR holds the running priority alone: the priority of what was preempted is lost.',
    parts: {
      virtualInterface: class extends VirtualInterface {
        override aprAfterAcknowledge(cpu: CpuInterface, lr: ListRegister): number {
          return super.aprAfterAcknowledge({ ...cpu, apr: 0 }, lr);
        }
      },
    },
  }),
  fault({
    id: 'active-priority-is-kept-in-full',
    breaks: ['acknowledge-sets-the-active-priority-bit', 'group-0-splits-by-bpr', 'group-1-splits-by-abpr'],
    wrong:
      'The bit in GICH_APR is that of the full priority, subpriority included: interrupts preempt within their group.',
    parts: {
      virtualInterface: class extends VirtualInterface {
        override aprAfterAcknowledge(cpu: CpuInterface, lr: ListRegister): number {
          return (cpu.apr | (1 << (lr.priority >> 3))) >>> 0;
        }
      },
    },
  }),
  fault({
    id: 'hppir-hides-the-sgi-source',
    breaks: ['hppir-shows-the-signalled-interrupt'],
    wrong: 'GICV_HPPIR returns an SGI without its source.',
    config: { vcpus: 2 },
    parts: {
      virtualInterface: class extends VirtualInterface {
        override hppirReads(cpu: CpuInterface, lr: ListRegister): number {
          return super.hppirReads(cpu, lr) & 0x3ff;
        }
      },
    },
  }),
  fault({
    id: 'binary-point-has-no-floor',
    breaks: ['binary-point-has-a-floor', 'gich-vmcr-layout', 'ich-vmcr-layout'],
    wrong: 'GICV_BPR takes any value.',
    parts: {
      virtualInterface: class extends VirtualInterface {
        override binaryPoint(value: number): number {
          return value;
        }
      },
    },
  }),
];
