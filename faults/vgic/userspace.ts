import { Userspace } from '../../model/vgic/hypervisor/userspace.ts';
import { Wake } from '../../model/vgic/hypervisor/wake.ts';
import { withIrq, type VgicState, type VirtualState } from '../../model/vgic/index.ts';
import { fault } from './define.ts';

/** Save and restore, and what ends WFI. */
export const userspace = [
  fault({
    id: 'saved-pending-state-includes-the-line',
    breaks: ['user-pending-read-is-the-latch-alone'],
    wrong:
      'Userspace reads latch or line as pending state: restored, a level-sensitive interrupt stays pending for ever.',
    parts: {
      userspace: class extends Userspace {
        override readPending(state: VgicState, i: number): boolean {
          return this.parts.routing.isPending(state.software.irqs[i]);
        }
      },
    },
  }),
  fault({
    id: 'restore-latches-the-line',
    breaks: ['save-restore-is-the-identity', 'restore-queues-what-it-makes-pending-or-active'],
    wrong: 'Restoring sets the latch of what was pending by its line: it stays pending when the line falls.',
    parts: {
      userspace: class extends Userspace {
        override restored(irq: VirtualState): VirtualState {
          return { ...super.restored(irq), latch: this.parts.routing.isPending(irq) };
        }
      },
    },
  }),
  fault({
    id: 'restore-forgets-active-interrupts',
    breaks: ['save-restore-is-the-identity', 'restore-queues-what-it-makes-pending-or-active'],
    wrong: 'What was in service when the VM was saved is not after it was restored.',
    parts: {
      userspace: class extends Userspace {
        override restored(irq: VirtualState): VirtualState {
          return { ...super.restored(irq), active: false };
        }
      },
    },
  }),
  fault({
    id: 'restore-does-not-queue',
    breaks: ['restore-queues-what-it-makes-pending-or-active', 'save-restore-is-the-identity'],
    wrong: 'What was pending when the VM was saved is on no list after it was restored.',
    parts: {
      userspace: class extends Userspace {
        override requeued(state: VgicState): VgicState {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'userspace-clears-the-line-with-the-latch',
    breaks: ['user-pending-write-is-the-latch-alone'],
    wrong: 'A write of userspace that clears the pending state lowers the line too.',
    parts: {
      userspace: class extends Userspace {
        override setPending(state: VgicState, v: number, i: number, value: boolean): VgicState {
          const written = super.setPending(state, v, i, value);
          return value ? written : withIrq(written, i, { ...written.software.irqs[i], line: false });
        }
      },
    },
  }),
  fault({
    id: 'userspace-pending-write-reaches-the-physical-interrupt',
    breaks: ['user-access-spares-the-physical-side'],
    wrong: 'A write of userspace to the pending state or the line of a mapped interrupt acts on the physical one.',
    parts: {
      userspace: class extends Userspace {
        override physicalAfterAccess(state: VgicState, irq: VirtualState, value: boolean): VgicState {
          return irq.pIntId === 0 ? state : this.parts.mapping.setPhysicalActive(state, irq, value);
        }
      },
    },
  }),
  fault({
    id: 'userspace-active-write-reaches-a-mapped-interrupt',
    breaks: ['user-active-write-of-a-mapped-interrupt-is-ignored', 'user-access-spares-the-physical-side'],
    wrong: 'Userspace can make a mapped interrupt active behind the back of its device.',
    parts: {
      userspace: class extends Userspace {
        override ignoresActiveWrite(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'masked-interrupt-ends-wfi',
    breaks: ['no-wake-for-masked-priority'],
    wrong: 'An interrupt that the priority mask of the guest holds back wakes it from WFI.',
    parts: {
      wake: class extends Wake {
        override isBelowMask(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'active-interrupt-ends-wfi',
    breaks: ['no-wake-for-disabled-or-active'],
    wrong: 'An interrupt that is in service already, and whose line is still high, wakes the guest from WFI.',
    parts: {
      wake: class extends Wake {
        override isEligible(irq: VirtualState): boolean {
          return irq.enabled;
        }
      },
    },
  }),
  fault({
    id: 'disabled-interrupt-ends-wfi',
    breaks: ['no-wake-for-disabled-or-active'],
    wrong: 'A disabled interrupt wakes the guest from WFI.',
    parts: {
      wake: class extends Wake {
        override isEligible(irq: VirtualState): boolean {
          return !irq.active;
        }
      },
    },
  }),
  fault({
    id: 'distributor-off-ends-wfi',
    breaks: ['no-wake-while-the-distributor-is-off'],
    wrong: 'A guest whose distributor is off wakes from WFI for what it cannot be offered.',
    parts: {
      wake: class extends Wake {
        override distributorForwards(): boolean {
          return true;
        }
      },
    },
  }),
];
