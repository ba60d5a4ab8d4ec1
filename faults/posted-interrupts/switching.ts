import {
  universe,
  withSchedule,
  withVcpu,
  type PostedInterruptsState as State,
  type VirtualApic,
  type VirtualCpu,
} from '../../model/posted-interrupts/index.ts';
import { Switching } from '../../model/posted-interrupts/software/switching.ts';
import { fault, kvm, xen } from './define.ts';

/** APICv switched off and on, state saved and restored. */
export const switching = [
  fault({
    id: 'apicv-switch-drops-irr',
    breaks: ['apicv-switch-keeps-pending-and-in-service'],
    wrong: 'Switching APICv loses what is pending.',
    seen: [
      kvm(
        'C21',
        "KVM: x86: lapic: don't touch irr_pending in kvm_apic_update_apicv when inhibiting it (755c2bf87860)",
        2022,
      ),
    ],
    config: { apicv: 'on' },
    parts: {
      switching: class extends Switching {
        override switched(vcpu: VirtualCpu, on: boolean): VirtualCpu {
          const next = super.switched(vcpu, on);
          return on ? next : { ...next, apic: { ...next.apic, irr: 0 } };
        }
      },
    },
  }),
  fault({
    id: 'apicv-switch-drops-pir',
    breaks: ['apicv-switch-keeps-pending-and-in-service'],
    wrong: 'Switching APICv off empties the descriptor.',
    config: { apicv: 'on' },
    parts: {
      switching: class extends Switching {
        override switched(vcpu: VirtualCpu, on: boolean): VirtualCpu {
          const next = super.switched(vcpu, on);
          return on ? next : { ...next, descriptor: { ...next.descriptor, pir: 0, on: false } };
        }
      },
    },
  }),
  fault({
    id: 'apicv-switch-lets-guests-run',
    breaks: ['apicv-switch-makes-guests-leave', 'apicv-switch-keeps-pending-and-in-service'],
    wrong: 'APICv is switched under running guests: a poster takes the old way, and nobody kicks the target.',
    seen: [
      kvm('C22', 'KVM: SVM: fix race between interrupt delivery and AVIC inhibition (66fa226c131f)', 2022, 'heading'),
    ],
    config: { apicv: 'on' },
    parts: {
      switching: class extends Switching {
        override makeLeave(state: State, v: number): State {
          const { mode } = state.vcpus[v].schedule;
          return withSchedule(super.makeLeave(state, v), v, { mode });
        }
      },
    },
  }),
  fault({
    id: 'apicv-on-keeps-rvi-0',
    breaks: ['apicv-on-restores-rvi-and-svi', 'apicv-switch-keeps-pending-and-in-service'],
    wrong: 'Switching APICv on does not set RVI from IRR.',
    config: { apicv: 'off' },
    parts: {
      switching: class extends Switching {
        override statusAfterSwitch(vcpu: VirtualCpu, on: boolean): Pick<VirtualApic, 'rvi' | 'svi'> {
          return { ...super.statusAfterSwitch(vcpu, on), rvi: 0 };
        }
      },
    },
  }),
  fault({
    id: 'apicv-on-keeps-svi-0',
    breaks: ['apicv-on-restores-rvi-and-svi', 'apicv-switch-keeps-pending-and-in-service'],
    wrong: 'Switching APICv on does not set SVI from ISR: the EOI completes nothing.',
    config: { apicv: 'off' },
    parts: {
      switching: class extends Switching {
        override statusAfterSwitch(vcpu: VirtualCpu, on: boolean): Pick<VirtualApic, 'rvi' | 'svi'> {
          return { ...super.statusAfterSwitch(vcpu, on), svi: 0 };
        }
      },
    },
  }),
  fault({
    id: 'save-misses-pir',
    breaks: ['save-takes-posted-vectors', 'restore-rebuilds-the-processor-state'],
    wrong: 'What is posted and not yet in IRR is not saved.',
    seen: [xen('C17', 'vmx: fix save/restore issue with apicv (607e8494c4)', 2014)],
    config: { apicv: 'on' },
    parts: {
      switching: class extends Switching {
        override saved(vcpu: VirtualCpu): VirtualCpu {
          return { ...super.saved(vcpu), apic: vcpu.apic };
        }
      },
    },
  }),
  fault({
    id: 'save-obeys-on',
    breaks: ['save-takes-posted-vectors', 'restore-rebuilds-the-processor-state'],
    wrong: 'What is posted with ON 0 is not saved.',
    config: { apicv: 'on', devicePosting: true },
    parts: {
      switching: class extends Switching {
        override saved(vcpu: VirtualCpu): VirtualCpu {
          const next = super.saved(vcpu);
          return vcpu.descriptor.on ? next : { ...next, apic: vcpu.apic };
        }
      },
    },
  }),
  fault({
    id: 'restore-loses-the-eoi-exit-bitmap',
    breaks: ['restore-rebuilds-the-processor-state', 'level-vectors-exit-on-eoi'],
    wrong: 'The EOI-exit bitmap is empty after a restore: the EOI of a level-triggered vector is not trapped.',
    seen: [xen('C17', 'vmx: fix save/restore issue with apicv (607e8494c4)', 2014)],
    config: { apicv: 'on' },
    parts: {
      switching: class extends Switching {
        override eoiExitAfterRestore(levelVectors: number): number {
          super.eoiExitAfterRestore(levelVectors);
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'restore-loses-rvi',
    breaks: ['restore-rebuilds-the-processor-state', 'save-takes-posted-vectors'],
    wrong: 'RVI is 0 after a restore.',
    config: { apicv: 'on' },
    parts: {
      switching: class extends Switching {
        override restored(vcpu: VirtualCpu, state: State, v: number): VirtualCpu {
          const next = super.restored(vcpu, state, v);
          return { ...next, virtual: { ...next.virtual, rvi: 0 } };
        }
      },
    },
  }),
  fault({
    id: 'restore-loses-what-is-in-flight',
    breaks: ['restore-keeps-what-is-in-flight', 'save-takes-posted-vectors'],
    wrong: 'An event in flight is not saved.',
    parts: {
      switching: class extends Switching {
        override saveRestore(state: State): State {
          const next = super.saveRestore(state);
          this.cite('restore-keeps-what-is-in-flight');
          return next.vcpus.reduce(
            (left, vcpu, v) => withVcpu(left, v, { ...vcpu, core: { ...vcpu.core, inflight: 0 } }),
            next,
          );
        }
      },
    },
  }),
  fault({
    id: 'restore-makes-what-is-in-flight-pending',
    breaks: ['restore-keeps-what-is-in-flight', 'save-takes-posted-vectors', 'restore-rebuilds-the-processor-state'],
    wrong: 'The vector in flight is pending again after a restore, and is delivered twice.',
    config: { apicv: 'on' },
    parts: {
      switching: class extends Switching {
        override saved(vcpu: VirtualCpu): VirtualCpu {
          const next = super.saved(vcpu);
          const irr = universe.with(next.apic.irr, vcpu.core.inflight & 0xff);
          return { ...next, apic: { ...next.apic, irr } };
        }
      },
    },
  }),
];
