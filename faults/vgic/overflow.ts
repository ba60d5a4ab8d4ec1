import { Flush } from '../../model/vgic/hypervisor/flush.ts';
import { Fold } from '../../model/vgic/hypervisor/fold.ts';
import {
  emptyListRegister,
  Machine,
  withCpu,
  withHardware,
  withIrq,
  type VgicState,
  type VirtualState,
} from '../../model/vgic/index.ts';
import { fault, xen } from './define.ts';

const jailhouse = (change: string) =>
  ({ project: 'Jailhouse', change, year: 2016, bug: 'D44', evidence: 'read' }) as const;

/** More interrupts than list registers. */
export const overflow = [
  fault({
    id: 'overflow-is-dropped',
    breaks: [
      'overflowed-interrupt-waits-in-software',
      'edge-latch-moves-into-the-list-register',
      'pending-bit-goes-into-the-list-register',
      'overflow-sets-uie',
    ],
    wrong: 'What finds no list register is no longer pending.',
    config: { nrLr: 1 },
    parts: {
      flush: class extends Flush {
        override enter(state: VgicState, v: number): VgicState {
          const entered = super.enter(state, v);
          const { listRegisters } = entered.hardware.cpus[entered.software.vcpus[v].loadedOn];
          return entered.software.lists[v].reduce((dropped, i) => {
            const irq = dropped.software.irqs[i];
            const held = listRegisters.some((lr) => (lr.pending || lr.active) && lr.intid === irq.id.intid);
            return held || !irq.edge || !this.isFor(dropped, irq, v)
              ? dropped
              : withIrq(dropped, i, { ...irq, latch: false, sources: 0 });
          }, entered);
        }
      },
    },
  }),
  fault({
    id: 'only-two-list-registers-are-used',
    breaks: [
      'pending-bit-goes-into-the-list-register',
      'unused-list-registers-are-empty',
      'active-bit-goes-into-the-list-register',
      'only-own-interrupts-are-offered',
      'mapped-level-line-falls-when-offered',
      'edge-latch-moves-into-the-list-register',
      'overflow-sets-uie',
    ],
    wrong:
      'The hypervisor takes GICH_VTR for a constant: where there are four list registers it fills two, and says nothing of the rest.',
    config: { nrLr: 4 },
    parts: {
      flush: class extends Flush {
        override enter(state: VgicState, v: number): VgicState {
          const { nrLr } = state.machine.config;
          if (nrLr !== 4) return super.enter(state, v);
          const entered = super.enter({ ...state, machine: new Machine({ ...state.machine.config, nrLr: 2 }) }, v);
          const p = entered.software.vcpus[v].loadedOn;
          const cpu = entered.hardware.cpus[p];
          const listRegisters = [...cpu.listRegisters, emptyListRegister, emptyListRegister];
          const hardware = withCpu(entered.hardware, p, { ...cpu, listRegisters, hcr: { ...cpu.hcr, uie: false } });
          return { ...withHardware(entered, hardware), machine: state.machine };
        }
      },
    },
  }),
  fault({
    id: 'overflow-is-served-in-order-of-arrival',
    breaks: [
      'pending-sorts-by-priority',
      'list-is-sorted-only-when-it-overflows',
      'overflowed-interrupt-waits-in-software',
    ],
    wrong: 'The list registers go to those that came first, whatever their priority.',
    config: { nrLr: 1 },
    parts: {
      flush: class extends Flush {
        override comparePriority(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'overflow-is-served-lowest-priority-first',
    breaks: [
      'pending-sorts-by-priority',
      'overflowed-interrupt-waits-in-software',
      'list-is-sorted-only-when-it-overflows',
    ],
    wrong: 'The list is sorted with the larger priority value first.',
    seen: [xen('D34', 'arm: fix inflight_irqs list priority ordering (df16fc180f)', 2012)],
    config: { nrLr: 1 },
    parts: {
      flush: class extends Flush {
        override comparePriority(a: VirtualState, b: VirtualState): number {
          return -super.comparePriority(a, b);
        }
      },
    },
  }),
  fault({
    id: 'active-interrupt-is-evicted-by-a-pending-one',
    breaks: ['active-sorts-before-pending'],
    wrong:
      'An interrupt in service is sorted by its priority among the pending ones, and loses its list register to one that is more urgent.',
    config: { nrLr: 1 },
    parts: {
      flush: class extends Flush {
        override compareActive(a: VirtualState, b: VirtualState): number {
          return a.priority - b.priority;
        }
      },
    },
  }),
  fault({
    id: 'undeliverable-sorts-among-deliverable',
    breaks: ['deliverable-sorts-before-undeliverable', 'overflow-sets-uie', 'overflowed-interrupt-waits-in-software'],
    wrong: 'Interrupts that are disabled, or no longer pending, sort by priority among those to be offered.',
    config: { nrLr: 1 },
    parts: {
      flush: class extends Flush {
        override compareDeliverable(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'equal-priorities-change-places',
    breaks: ['sorting-is-stable', 'overflowed-interrupt-waits-in-software', 'pending-sorts-by-priority'],
    wrong: 'Sorting turns the order of equal priorities round: what came first waits longest.',
    config: { nrLr: 1 },
    parts: {
      flush: class extends Flush {
        override sorted(state: VgicState, list: readonly number[]): readonly number[] {
          return super.sorted(state, list.toReversed());
        }
      },
    },
  }),
  fault({
    id: 'list-is-sorted-always',
    breaks: [
      'list-is-sorted-only-when-it-overflows',
      'sorting-is-stable',
      'pending-sorts-by-priority',
      'active-sorts-before-pending',
      'deliverable-sorts-before-undeliverable',
      'overflow-sets-uie',
      'hw-list-register-names-its-physical-interrupt',
    ],
    wrong: 'The list is sorted though everything fits, which changes what is acknowledged first.',
    parts: {
      flush: class extends Flush {
        override needsSorting(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'underflow-is-not-asked-for',
    breaks: ['overflow-sets-uie', 'maintenance-underflow-with-at-most-one-valid'],
    wrong: 'UIE is not set when something waits for a list register: it starves until an exit that has other reasons.',
    seen: [
      jailhouse('arm: Enable maintenance interrupt also from irqchip_set_pending (e24bab3f)'),
      {
        project: 'Bao',
        change: 'fix(vgic): enable maintenance when spilling lr (c68cbc8)',
        year: 2022,
        bug: 'D51',
        evidence: 'read',
      },
    ],
    config: { nrLr: 1 },
    parts: {
      flush: class extends Flush {
        override asksForUnderflow(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'underflow-is-asked-for-in-vain',
    breaks: ['overflow-sets-uie', 'list-register-carries-priority-and-group'],
    wrong: 'UIE is set whenever the list registers are full, and nothing waits: an exit storm.',
    config: { nrLr: 1 },
    parts: {
      flush: class extends Flush {
        override asksForUnderflow(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'underflow-is-never-switched-off',
    breaks: ['uie-lasts-until-the-next-exit', 'exit-zeroes-list-registers'],
    wrong: 'UIE stays set once something has overflowed.',
    seen: [jailhouse('arm: Disable maintenance interrupt on successful injection (35b1928d)')],
    config: { nrLr: 1 },
    parts: {
      fold: class extends Fold {
        override quiet(state: VgicState, p: number): VgicState {
          const { uie } = state.hardware.cpus[p].hcr;
          const quiet = super.quiet(state, p);
          const cpu = quiet.hardware.cpus[p];
          return withHardware(quiet, withCpu(quiet.hardware, p, { ...cpu, hcr: { ...cpu.hcr, uie } }));
        }
      },
    },
  }),
  fault({
    id: 'overflow-asks-for-none-pending',
    breaks: ['overflow-sets-uie', 'maintenance-underflow-with-at-most-one-valid'],
    wrong:
      'NPIE is set in the place of UIE: with all list registers active the maintenance interrupt is signalled at once, and for ever.',
    seen: [{ project: 'Bao', change: 'pull request 398', evidence: 'heading' }],
    config: { nrLr: 1 },
    parts: {
      flush: class extends Flush {
        override enter(state: VgicState, v: number): VgicState {
          const entered = super.enter(state, v);
          const p = entered.software.vcpus[v].loadedOn;
          const cpu = entered.hardware.cpus[p];
          const hcr = { ...cpu.hcr, uie: false, npie: cpu.hcr.uie };
          return withHardware(entered, withCpu(entered.hardware, p, { ...cpu, hcr }));
        }
      },
    },
  }),
];
