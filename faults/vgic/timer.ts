import { HostInterrupt } from '../../model/vgic/hypervisor/host-interrupt.ts';
import { TimerRules } from '../../model/vgic/hypervisor/timer.ts';
import { Run } from '../../model/vgic/hypervisor/run.ts';
import { withCpu, withHardware, withIrq, type Timer, type VgicState } from '../../model/vgic/index.ts';
import { fault } from './define.ts';

/** The timer that guests share, and what travels with a virtual CPU. */
export const timer = [
  fault({
    id: 'load-leaves-the-physical-active-state',
    breaks: [
      'load-sets-the-physical-active-state',
      'load-drops-the-active-state-of-the-last-guest',
      'physical-interrupt-is-active-under-a-hw-list-register',
    ],
    wrong:
      'The active state of the physical timer interrupt is not switched with the guest: the next one inherits it, the first one finds it gone.',
    config: { vcpus: 2 },
    parts: {
      timer: class extends TimerRules {
        override activateAtLoad(state: VgicState): VgicState {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'load-activates-for-the-line-alone',
    breaks: [
      'load-sets-the-physical-active-state',
      'physical-interrupt-is-active-under-a-hw-list-register',
      'load-drops-the-active-state-of-the-last-guest',
    ],
    wrong:
      'Load forgets that the virtual timer interrupt is in service: the physical one is not active, and fires under the guest.',
    parts: {
      timer: class extends TimerRules {
        override isHeldAtLoad(state: VgicState, v: number): boolean {
          return state.software.vcpus[v].irqLevel;
        }
      },
    },
  }),
  fault({
    id: 'load-does-not-tell-the-timer-level',
    breaks: [
      'load-tells-the-timer-level',
      'load-sets-the-physical-active-state',
      'physical-interrupt-is-active-under-a-hw-list-register',
    ],
    wrong: 'A timer that expired while its virtual CPU was not loaded is not injected at load.',
    parts: {
      timer: class extends TimerRules {
        override tellLevel(state: VgicState): VgicState {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'timer-runs-on-without-its-guest',
    breaks: ['put-silences-the-timer', 'unloaded-timer-expires-without-a-line'],
    wrong: 'The line of the timer stays high when its virtual CPU is taken off.',
    parts: {
      timer: class extends TimerRules {
        override lineAfterPut(state: VgicState, v: number): boolean {
          return this.shouldFire(state.environment.timers[v]);
        }
      },
    },
  }),
  fault({
    id: 'timer-interrupt-goes-to-the-first-guest',
    breaks: ['timer-interrupt-goes-to-the-loaded-guest'],
    wrong: 'The handler of the timer injects into the virtual CPU that it knows, rather than the one that is loaded.',
    config: { vcpus: 2 },
    parts: {
      hostInterrupt: class extends HostInterrupt {
        override timerRecipient(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'masked-timer-asserts-its-line',
    breaks: [
      'timer-asserts-while-enabled-unmasked-and-due',
      'load-tells-the-timer-level',
      'physical-pending-is-latch-or-level-line',
    ],
    wrong: 'CNTV_CTL.IMASK is ignored.',
    parts: {
      timer: class extends TimerRules {
        override shouldFire(timerState: Timer): boolean {
          return timerState.deadline === 'now';
        }
      },
    },
  }),
  fault({
    id: 'active-priorities-are-lost-at-load',
    breaks: ['load-restores-mask-and-active-priorities'],
    wrong:
      'GICH_APR is not saved with the guest: what it has in service holds nothing back any more, and its EOI drops nothing.',
    parts: {
      run: class extends Run {
        override restored(state: VgicState, v: number, p: number): VgicState {
          const restored = super.restored(state, v, p);
          const cpu = { ...restored.hardware.cpus[p], apr: 0 };
          return withHardware(restored, withCpu(restored.hardware, p, cpu));
        }
      },
    },
  }),
  fault({
    id: 'priority-mask-is-not-switched',
    breaks: ['load-restores-mask-and-active-priorities'],
    wrong: 'GICH_VMCR is not restored with the guest.',
    config: { vcpus: 2 },
    parts: {
      run: class extends Run {
        override restored(state: VgicState, v: number, p: number): VgicState {
          const restored = super.restored(state, v, p);
          const cpu = { ...restored.hardware.cpus[p], vmcr: state.hardware.cpus[p].vmcr };
          return withHardware(restored, withCpu(restored.hardware, p, cpu));
        }
      },
    },
  }),
  fault({
    id: 'reset-leaves-the-timer-interrupt-active',
    breaks: ['reset-withdraws-the-mapped-interrupt'],
    wrong: 'The reset of a virtual CPU leaves its timer interrupt in service.',
    parts: {
      timer: class extends TimerRules {
        override withdraw(state: VgicState, i: number): VgicState {
          const { active } = state.software.irqs[i];
          const withdrawn = super.withdraw(state, i);
          return withIrq(withdrawn, i, { ...withdrawn.software.irqs[i], active });
        }
      },
    },
  }),
];
