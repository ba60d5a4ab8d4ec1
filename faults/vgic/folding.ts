import { withVcpu, type ListRegister, type VgicState, type VirtualState } from '../../model/vgic/index.ts';
import { Fold } from '../../model/vgic/hypervisor/fold.ts';
import { Run } from '../../model/vgic/hypervisor/run.ts';
import { HostInterrupt } from '../../model/vgic/hypervisor/host-interrupt.ts';
import { fault, kvm } from './define.ts';

/** Guest exit: what comes back from the list registers. */
export const folding = [
  fault({
    id: 'level-pending-is-copied-back',
    breaks: ['level-pending-is-never-copied-back'],
    wrong:
      'The pending bit of a level-sensitive interrupt comes back from its list register like an edge: it is delivered after its line has fallen.',
    parts: {
      fold: class extends Fold {
        override levelLatch(irq: VirtualState, lr: ListRegister): boolean {
          return super.levelLatch(irq, lr) || lr.pending;
        }
      },
    },
  }),
  fault({
    id: 'edge-pending-is-not-copied-back',
    breaks: ['unacknowledged-edge-returns-to-the-latch', 'distributor-access-exits-first'],
    wrong: 'An edge that the guest has not acknowledged is lost at exit.',
    parts: {
      fold: class extends Fold {
        override edgeLatch(irq: VirtualState, lr: ListRegister): boolean {
          const latch = super.edgeLatch(irq, lr);
          return irq.id.isSgi ? latch : irq.latch;
        }
      },
    },
  }),
  fault({
    id: 'sgi-source-is-not-copied-back',
    breaks: ['unacknowledged-sgi-returns-to-its-source'],
    wrong:
      'An SGI that the guest has not acknowledged comes back without its source: as coming from the virtual CPU 0.',
    config: { vcpus: 2 },
    parts: {
      fold: class extends Fold {
        override sources(irq: VirtualState, lr: ListRegister): number {
          return irq.id.isSgi && lr.pending ? irq.sources | 1 : irq.sources;
        }
      },
    },
  }),
  fault({
    id: 'soft-pending-level-is-never-consumed',
    breaks: ['completed-level-clears-the-latch'],
    wrong: 'A level-sensitive interrupt that GICD_ISPENDR made pending stays pending after it was delivered.',
    parts: {
      fold: class extends Fold {
        override levelLatch(irq: VirtualState): boolean {
          return irq.latch;
        }
      },
    },
  }),
  fault({
    id: 'active-state-is-not-folded',
    breaks: ['active-follows-the-list-register'],
    wrong: 'Exit does not notice that an interrupt was acknowledged: it is offered once more, as pending.',
    parts: {
      fold: class extends Fold {
        override active(irq: VirtualState): boolean {
          return irq.active;
        }
      },
    },
  }),
  fault({
    id: 'source-in-service-is-forgotten',
    breaks: [
      'active-sgi-source-follows-the-list-register',
      'active-bit-goes-into-the-list-register',
      'active-sgi-makes-other-sources-wait',
      'sgi-never-has-hw',
      'ich-lr-holds-the-sgi-source-in-the-intid',
      'one-list-register-per-intid',
    ],
    wrong: 'After an exit an SGI in service comes from another source.',
    config: { vcpus: 2 },
    parts: {
      fold: class extends Fold {
        override activeSource(irq: VirtualState): number {
          return irq.activeSource;
        }
      },
    },
  }),
  fault({
    id: 'completion-of-a-level-spi-is-not-reported',
    breaks: ['completed-level-spi-is-reported'],
    wrong:
      'GICH_ELRSR is read without regard to GICH_EISR: a list register that waits for its EOI to be seen is taken for empty, and no resample follows.',
    parts: {
      fold: class extends Fold {
        override reportsCompletion(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'list-registers-survive-the-exit',
    breaks: ['exit-zeroes-list-registers'],
    wrong: 'Exit reads the list registers and leaves them as they are, for the next guest to find.',
    parts: {
      fold: class extends Fold {
        override listRegistersAfterExit(listRegisters: readonly ListRegister[]): readonly ListRegister[] {
          return listRegisters;
        }
      },
    },
  }),
  fault({
    id: 'aborted-entry-discards-what-was-offered',
    breaks: [
      'aborted-entry-loses-nothing',
      'unacknowledged-edge-returns-to-the-latch',
      'unacknowledged-sgi-returns-to-its-source',
      'unacknowledged-mapped-level-is-sampled',
      'asserted-mapped-level-is-offered-again',
      'active-follows-the-list-register',
    ],
    wrong:
      'When an entry is called off, the empty list registers of the run before are believed, and what was just written is dropped.',
    seen: [kvm('D08', 'arm/arm64: KVM: Keep elrsr/aisr in sync with software model (ae705930fca6)', 2015)],
    parts: {
      run: class extends Run {
        override abort(state: VgicState, v: number): VgicState {
          const entered = this.enter(state, v);
          // Nothing is read back, as nothing is marked as used.
          return this.exit(withVcpu(entered, v, { ...entered.software.vcpus[v], used: 0 }), v);
        }
      },
    },
  }),
  fault({
    id: 'host-handler-runs-before-the-fold',
    breaks: [
      'fold-precedes-the-host-handler',
      'timer-interrupt-goes-to-the-loaded-guest',
      'mapped-interrupt-is-injected-by-its-handler',
      'changed-level-is-stored',
      'tie-goes-to-some-list-register',
      'queueing-appends-at-the-tail',
      'hw-list-register-names-its-physical-interrupt',
      'pending-bit-goes-into-the-list-register',
      'software-resampling-unmasks-at-rest',
      'list-is-sorted-only-when-it-overflows',
    ],
    wrong:
      'The handler of a physical interrupt runs before the list registers of the interrupted guest are folded, which then undoes what it injected.',
    parts: {
      hostInterrupt: class extends HostInterrupt {
        override take(state: VgicState, p: number): VgicState | undefined {
          const v = state.software.vcpus.findIndex(({ loadedOn, running }) => loadedOn === p && running);
          const taken = super.take(state, p);
          if (taken === undefined || v < 0) return taken;
          this.early = true;
          const handled = super.take(state, p);
          this.early = false;
          return handled && { ...this.parts.run.exit(handled, v), reply: taken.reply };
        }
        override exitFirst(state: VgicState, p: number): VgicState {
          return this.early ? state : super.exitFirst(state, p);
        }
        private early = false;
      },
    },
  }),
];
