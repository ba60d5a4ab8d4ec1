import {
  withCore,
  withDescriptor,
  withSchedule,
  withVcpu,
  type Descriptor,
  type PostedInterruptsState as State,
  type VirtualCpu,
} from '../../model/posted-interrupts/index.ts';
import { Acceptance } from '../../model/posted-interrupts/software/acceptance.ts';
import { Blocking } from '../../model/posted-interrupts/software/blocking.ts';
import { HostInterrupt } from '../../model/posted-interrupts/software/host-interrupt.ts';
import { Scheduling } from '../../model/posted-interrupts/software/scheduling.ts';
import { Switching } from '../../model/posted-interrupts/software/switching.ts';
import { fault, kvm } from './define.ts';

/** Scheduling in and out, blocking, waking: whole events. */
export const scheduling = [
  fault({
    id: 'sn-is-never-set',
    breaks: ['sn-is-set-on-preemption-only'],
    wrong: 'A preempted virtual CPU keeps SN 0: devices notify a physical CPU that it has left.',
    config: { apicv: 'on', devicePosting: true },
    parts: {
      scheduling: class extends Scheduling {
        override suppress(state: State, v: number): State {
          super.suppress(state, v);
          return state;
        }
      },
    },
  }),
  fault({
    id: 'sn-is-set-on-every-unload',
    breaks: ['sn-is-set-on-preemption-only', 'sleeper-is-listed-with-wakeup-vector', 'block-consumes-nothing'],
    wrong: 'SN is set whenever a virtual CPU leaves its physical CPU: a sleeper is never woken by the device.',
    config: { apicv: 'on', devicePosting: true },
    parts: {
      scheduling: class extends Scheduling {
        override deschedule(state: State, v: number): State {
          return super.deschedule(this.suppress(state, v), v);
        }
      },
    },
  }),
  fault({
    id: 'load-keeps-sn',
    breaks: ['load-restores-the-control-word', 'recheck-after-sn', 'load-undoes-what-block-did'],
    wrong: 'SN stays set at scheduling in.',
    config: { apicv: 'on', devicePosting: true },
    parts: {
      scheduling: class extends Scheduling {
        override controlAfterLoad(state: State, v: number): Pick<Descriptor, 'sn' | 'nv' | 'ndst'> {
          return { ...super.controlAfterLoad(state, v), sn: state.vcpus[v].descriptor.sn };
        }
      },
    },
  }),
  fault({
    id: 'load-keeps-the-wakeup-vector',
    breaks: ['load-restores-the-control-word', 'load-undoes-what-block-did', 'recheck-after-sn'],
    wrong: 'NV stays the wake-up vector at scheduling in: what devices post makes the guest exit.',
    config: { apicv: 'on', devicePosting: true },
    parts: {
      scheduling: class extends Scheduling {
        override controlAfterLoad(state: State, v: number): Pick<Descriptor, 'sn' | 'nv' | 'ndst'> {
          return { ...super.controlAfterLoad(state, v), nv: state.vcpus[v].descriptor.nv };
        }
      },
    },
  }),
  fault({
    id: 'load-keeps-ndst',
    breaks: ['ndst-changes-outside-the-guest', 'load-restores-the-control-word', 'descriptor-layout'],
    wrong: 'NDST stays that of the physical CPU before: devices notify the one that the virtual CPU has left.',
    config: { apicv: 'on', pcpus: 2 },
    parts: {
      scheduling: class extends Scheduling {
        override controlAfterLoad(state: State, v: number): Pick<Descriptor, 'sn' | 'nv' | 'ndst'> {
          return { ...super.controlAfterLoad(state, v), ndst: state.vcpus[v].descriptor.ndst };
        }
      },
    },
  }),
  fault({
    id: 'pir-is-not-rechecked-after-sn',
    breaks: ['recheck-after-sn', 'recheck-follows-the-clearing-of-sn', 'load-restores-the-control-word'],
    wrong: 'ON stays 0 at scheduling in: what was posted with SN 1 is never taken (M-19).',
    config: { apicv: 'on', devicePosting: true },
    parts: {
      scheduling: class extends Scheduling {
        override announcesAfterLoad(descriptor: Descriptor): boolean {
          super.announcesAfterLoad(descriptor);
          return false;
        }
      },
    },
  }),
  fault({
    id: 'every-load-sets-on',
    breaks: ['recheck-after-sn', 'recheck-follows-the-clearing-of-sn'],
    wrong: 'ON is set at scheduling in whether or not PIR is empty: the next post notifies nobody.',
    config: { apicv: 'on' },
    parts: {
      scheduling: class extends Scheduling {
        override announcesAfterLoad(descriptor: Descriptor): boolean {
          super.announcesAfterLoad(descriptor);
          return true;
        }
      },
    },
  }),
  fault({
    id: 'block-ignores-pir',
    breaks: ['block-looks-at-pir', 'block-consumes-nothing'],
    wrong: 'The look before sleeping does not include what is posted: a vector that came after HLT is slept on (M-18).',
    config: { apicv: 'on' },
    parts: {
      blocking: class extends Blocking {
        override findsPosted(vcpu: VirtualCpu): boolean {
          super.findsPosted(vcpu);
          return false;
        }
      },
    },
  }),
  fault({
    id: 'hidden-vector-ends-the-block',
    breaks: ['block-ends-for-a-deliverable-interrupt', 'woken-cpu-looks-again', 'block-consumes-nothing'],
    wrong: 'A pending vector that TPR or IF hides keeps a halted virtual CPU from sleeping.',
    parts: {
      blocking: class extends Blocking {
        override hasReason(vcpu: VirtualCpu): boolean {
          const has = super.hasReason(vcpu);
          return has || vcpu.apic.irr !== 0;
        }
      },
    },
  }),
  fault({
    id: 'block-ignores-nmi',
    breaks: ['block-ends-for-a-deliverable-interrupt', 'nmi-reaches-every-state', 'block-consumes-nothing'],
    wrong: 'A halted virtual CPU sleeps with an NMI pending.',
    parts: {
      blocking: class extends Blocking {
        override hasReason(vcpu: VirtualCpu): boolean {
          if (vcpu.core.nmi) this.cite('nmi-reaches-every-state');
          return super.hasReason({ ...vcpu, core: { ...vcpu.core, nmi: false } });
        }
      },
    },
  }),
  fault({
    id: 'block-consumes-the-vector',
    breaks: ['block-consumes-nothing', 'block-ends-for-a-deliverable-interrupt'],
    wrong: 'The vector that ends the sleep is taken out of IRR.',
    parts: {
      blocking: class extends Blocking {
        override goOn(state: State, v: number): State {
          const next = super.goOn(state, v);
          const vcpu = next.vcpus[v];
          const irr = vcpu.apic.irr & (vcpu.apic.irr - 1);
          return withVcpu(next, v, { ...vcpu, apic: { ...vcpu.apic, irr } });
        }
      },
    },
  }),
  fault({
    id: 'sleeper-is-not-listed',
    breaks: ['sleeper-is-listed-with-wakeup-vector'],
    wrong: 'A sleeper is on no wake-up list: the wake-up vector finds nobody.',
    config: { apicv: 'on', devicePosting: true },
    parts: {
      blocking: class extends Blocking {
        override enlist(state: State): State {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'nv-is-not-switched',
    breaks: ['sleeper-is-listed-with-wakeup-vector', 'load-restores-the-control-word'],
    wrong: 'A sleeper keeps the notification vector: what devices post wakes nobody (M-18).',
    config: { apicv: 'on', devicePosting: true },
    parts: {
      blocking: class extends Blocking {
        override switchNv(state: State, v: number): State {
          super.switchNv(state, v);
          return state;
        }
      },
    },
  }),
  fault({
    id: 'sleeper-with-if-0-is-listed',
    breaks: ['sleeper-with-if-0-is-not-listed', 'sleeper-is-listed-with-wakeup-vector'],
    wrong: 'A virtual CPU that sleeps with IF 0 is woken by every device post.',
    config: { apicv: 'on', devicePosting: true },
    parts: {
      blocking: class extends Blocking {
        override needsWakeup(state: State, v: number): boolean {
          super.needsWakeup(state, v);
          return state.assigned;
        }
      },
    },
  }),
  fault({
    id: 'sleeper-is-listed-without-a-device',
    breaks: ['sleeper-with-if-0-is-not-listed', 'sleeper-is-listed-with-wakeup-vector'],
    wrong: 'A sleeper is listed though no device is assigned.',
    config: { apicv: 'on' },
    parts: {
      blocking: class extends Blocking {
        override needsWakeup(state: State, v: number): boolean {
          return super.needsWakeup({ ...state, assigned: true }, v);
        }
      },
    },
  }),
  fault({
    id: 'wakeup-vector-wakes-the-whole-list',
    breaks: ['wakeup-wakes-whom-on-marks'],
    wrong: 'The wake-up vector wakes everybody on the list, whatever ON is.',
    config: { apicv: 'on', devicePosting: true },
    parts: {
      hostInterrupt: class extends HostInterrupt {
        override wakesFor(vcpu: VirtualCpu, p: number): boolean {
          return super.wakesFor({ ...vcpu, descriptor: { ...vcpu.descriptor, on: true } }, p);
        }
      },
    },
  }),
  fault({
    id: 'wakeup-vector-wakes-nobody',
    breaks: ['wakeup-wakes-whom-on-marks'],
    wrong: 'The wake-up vector wakes nobody.',
    config: { apicv: 'on', devicePosting: true },
    parts: {
      hostInterrupt: class extends HostInterrupt {
        override wakesFor(vcpu: VirtualCpu, p: number): boolean {
          super.wakesFor(vcpu, p);
          return false;
        }
      },
    },
  }),
  fault({
    id: 'wakeup-clears-on',
    breaks: ['wakeup-leaves-the-descriptor', 'wakeup-wakes-whom-on-marks'],
    wrong: 'The handler of the wake-up vector clears ON: the sync before the entry finds nothing.',
    config: { apicv: 'on', devicePosting: true },
    parts: {
      hostInterrupt: class extends HostInterrupt {
        override handleWakeup(state: State, p: number): State {
          const next = super.handleWakeup(state, p);
          return next.vcpus.reduce(
            (left, { schedule }, v) => (schedule.list === 1 + p ? withDescriptor(left, v, { on: false }) : left),
            next,
          );
        }
      },
    },
  }),
  fault({
    id: 'wakeup-takes-off-the-list',
    breaks: ['wakeup-leaves-the-descriptor', 'wakeup-wakes-whom-on-marks'],
    wrong: 'The handler of the wake-up vector takes whom it wakes off the list; it may sleep on.',
    config: { apicv: 'on', devicePosting: true },
    parts: {
      hostInterrupt: class extends HostInterrupt {
        override handleWakeup(state: State, p: number): State {
          const next = super.handleWakeup(state, p);
          return next.vcpus.reduce(
            (left, { schedule }, v) => (schedule.list === 1 + p ? withSchedule(left, v, { list: 0 }) : left),
            next,
          );
        }
      },
    },
  }),
  fault({
    id: 'load-stays-listed-without-a-device',
    breaks: ['load-undoes-what-block-did'],
    wrong: 'Scheduling in leaves the virtual CPU on its list when the last device has gone while it slept.',
    seen: [kvm('C32', 'KVM: VMX: avoid double list add with VT-d posted interrupts (8b306e2f3c41)', 2017)],
    config: { apicv: 'on', devicePosting: true },
    parts: {
      scheduling: class extends Scheduling {
        override unlist(state: State, v: number): State {
          const next = super.unlist(state, v);
          return state.assigned ? next : state;
        }
      },
    },
  }),
  fault({
    id: 'assignment-wakes-nobody',
    breaks: ['assignment-wakes-sleepers'],
    wrong: 'Whoever sleeps when the device is assigned sleeps on, without the wake-up vector.',
    config: { apicv: 'on', devicePosting: true },
    parts: {
      switching: class extends Switching {
        override wakeSleepers(state: State): State {
          super.wakeSleepers(state);
          return state;
        }
      },
    },
  }),
  fault({
    id: 'woken-cpu-goes-on',
    breaks: ['woken-cpu-looks-again', 'new-on-wakes-a-blocked-target', 'inactive-apicv-refuses-posting'],
    wrong: 'Whoever is woken is no longer halted, though it may not take what woke it.',
    parts: {
      blocking: class extends Blocking {
        override wake(state: State, v: number): State {
          const { blocked } = state.vcpus[v].schedule;
          const next = super.wake(state, v);
          if (blocked) this.cite('woken-cpu-looks-again');
          return blocked ? withCore(next, v, { halted: false }) : next;
        }
      },
    },
  }),
  fault({
    id: 'nmi-kicks-nobody',
    breaks: ['nmi-reaches-every-state'],
    wrong: 'An NMI neither kicks the guest nor wakes a sleeper.',
    parts: {
      switching: class extends Switching {
        override nmi(state: State, v: number): State {
          super.nmi(state, v);
          return withCore(state, v, { nmi: true });
        }
      },
    },
  }),
  fault({
    id: 'kick-does-not-wake',
    breaks: ['inactive-apicv-refuses-posting', 'nmi-reaches-every-state', 'acceptance-sets-irr'],
    wrong: 'A sleeper is not woken by a vector that goes into IRR.',
    parts: {
      acceptance: class extends Acceptance {
        override kick(state: State, v: number): State {
          return state.vcpus[v].schedule.blocked ? state : super.kick(state, v);
        }
      },
    },
  }),
];
