import type { Descriptor, PostedInterruptsState as State } from '../../model/posted-interrupts/index.ts';
import { universe, withDescriptor, withSchedule } from '../../model/posted-interrupts/index.ts';
import { Iommu } from '../../model/posted-interrupts/devices/iommu.ts';
import { Acceptance } from '../../model/posted-interrupts/software/acceptance.ts';
import { Posting } from '../../model/posted-interrupts/software/posting.ts';
import { Scheduling } from '../../model/posted-interrupts/software/scheduling.ts';
import { fault, kvm, xen } from './define.ts';

/** Putting a vector into a descriptor: by a CPU, and by a device. */
export const posting = [
  fault({
    id: 'xapic-ndst-is-not-shifted',
    breaks: ['descriptor-layout', 'ndst-changes-outside-the-guest', 'load-restores-the-control-word'],
    wrong: 'NDST holds the APIC ID in bits 7:0 with xAPIC too.',
    config: { mode: 'xapic', apicv: 'on', pcpus: 2 },
    parts: {
      scheduling: class extends Scheduling {
        override ndstOf(state: State, p: number): number {
          super.ndstOf(state, p);
          return p;
        }
      },
    },
  }),
  fault({
    id: 'inactive-apicv-posts',
    breaks: ['inactive-apicv-refuses-posting', 'acceptance-sets-irr'],
    wrong: 'A CPU posts although APICv is switched off, and nobody processes the notification.',
    seen: [
      kvm('C22', 'KVM: SVM: fix race between interrupt delivery and AVIC inhibition (66fa226c131f)', 2022, 'heading'),
    ],
    config: { apicv: 'off' },
    parts: {
      acceptance: class extends Acceptance {
        override isPosted(state: State, v: number): boolean {
          super.isPosted(state, v);
          return state.machine.canPost;
        }
      },
    },
  }),
  fault({
    id: 'direct-acceptance-does-not-kick',
    breaks: ['inactive-apicv-refuses-posting', 'kick-makes-the-target-leave-once'],
    wrong: 'A target in the guest is not told of a vector that went into IRR.',
    config: { apicv: 'off' },
    parts: {
      acceptance: class extends Acceptance {
        override kick(state: State, v: number): State {
          const { mode } = state.vcpus[v].schedule;
          return mode === 0 ? super.kick(state, v) : state;
        }
      },
    },
  }),
  fault({
    id: 'target-is-kicked-again-and-again',
    breaks: ['kick-makes-the-target-leave-once'],
    wrong: 'A target that has been told to leave the guest is kicked again.',
    config: { apicv: 'off' },
    parts: {
      acceptance: class extends Acceptance {
        override kick(state: State, v: number): State {
          const { mode } = state.vcpus[v].schedule;
          return super.kick(mode === 2 ? withSchedule(state, v, { mode: 1 }) : state, v);
        }
      },
    },
  }),
  fault({
    id: 'posts-are-counted',
    breaks: ['post-coalesces-in-pir', 'notify-once-per-on', 'post-sets-pir-first', 'new-on-notifies-a-running-guest'],
    wrong: 'A CPU that finds the bit of its vector set in PIR goes on, and notifies again.',
    config: { apicv: 'on' },
    parts: {
      posting: class extends Posting {
        override setPir(descriptor: Descriptor, vector: number): Descriptor {
          const marked = super.setPir(descriptor, vector);
          return marked ?? { ...descriptor, on: false };
        }
      },
    },
  }),
  fault({
    id: 'on-that-is-set-loses-the-second-vector',
    breaks: ['post-sets-pir-first'],
    wrong: 'A CPU that finds ON set returns before it has set PIR: the second vector is lost (M-20).',
    config: { apicv: 'on' },
    parts: {
      posting: class extends Posting {
        override setPir(descriptor: Descriptor, vector: number): Descriptor | undefined {
          const marked = super.setPir(descriptor, vector);
          return descriptor.on ? undefined : marked;
        }
      },
    },
  }),
  fault({
    id: 'post-leaves-on',
    breaks: ['post-sets-on'],
    wrong: 'A CPU sends the notification and does not set ON: the sync before the next entry finds nothing.',
    config: { apicv: 'on' },
    parts: {
      posting: class extends Posting {
        override setOn(descriptor: Descriptor): Descriptor | undefined {
          const announced = super.setOn(descriptor);
          return announced === undefined ? undefined : { ...announced, on: false };
        }
      },
    },
  }),
  fault({
    id: 'every-post-notifies',
    breaks: ['notify-once-per-on'],
    wrong: 'A CPU notifies although ON was set: whoever has set it does so too.',
    config: { apicv: 'on' },
    parts: {
      posting: class extends Posting {
        override setOn(descriptor: Descriptor): Descriptor | undefined {
          super.setOn(descriptor);
          return { ...descriptor, on: true };
        }
      },
    },
  }),
  fault({
    id: 'notification-is-suppressed-after-the-first',
    breaks: ['new-on-notifies-a-running-guest', 'post-sets-on'],
    wrong:
      'A CPU takes a target that still has something in IRR or ISR for one that has been told, and sends no notification.',
    seen: [xen('C25', 'x86/apicv: fix wrong IPI suppression during posted interrupt delivery (b151125b4d)', 2017)],
    config: { apicv: 'on' },
    parts: {
      posting: class extends Posting {
        override sendNotification(state: State, v: number): State {
          const { irr, isr } = state.vcpus[v].apic;
          const next = super.sendNotification(state, v);
          return (irr | isr) === 0 ? next : state;
        }
      },
    },
  }),
  fault({
    id: 'notification-goes-to-another-cpu',
    breaks: ['new-on-notifies-a-running-guest'],
    wrong: 'A CPU sends the notification to the first physical CPU, wherever the target runs.',
    config: { apicv: 'on', pcpus: 2 },
    parts: {
      posting: class extends Posting {
        override sendNotification(state: State, v: number): State {
          const { pcpu } = state.vcpus[v].schedule;
          const sent = super.sendNotification(withSchedule(state, v, { pcpu: 0 }), v);
          return withSchedule(sent, v, { pcpu });
        }
      },
    },
  }),
  fault({
    id: 'blocked-target-is-not-woken',
    breaks: ['new-on-wakes-a-blocked-target'],
    wrong: 'A CPU that has set ON does not wake a target that is blocked.',
    config: { apicv: 'on' },
    parts: {
      posting: class extends Posting {
        override wake(state: State, v: number): State {
          super.wake(state, v);
          return state;
        }
      },
    },
  }),
  fault({
    id: 'self-post-notifies',
    breaks: ['self-post-needs-no-notification'],
    wrong:
      'A virtual CPU that posts to itself outside the guest wakes or notifies as any other: it marks itself as told.',
    config: { apicv: 'on' },
    parts: {
      posting: class extends Posting {
        override isToItself(from: number, v: number): boolean {
          super.isToItself(from, v);
          return false;
        }
        override findsInGuest(state: State, v: number): boolean {
          return super.findsInGuest(state, v) || state.exit.reason !== 0;
        }
      },
    },
  }),
  fault({
    id: 'cpu-post-respects-sn',
    breaks: ['cpu-post-ignores-sn'],
    wrong: 'A CPU leaves ON with SN 1, as a device does.',
    config: { apicv: 'on', devicePosting: true },
    parts: {
      posting: class extends Posting {
        override setOn(descriptor: Descriptor): Descriptor | undefined {
          const announced = super.setOn(descriptor);
          return descriptor.sn ? undefined : announced;
        }
      },
    },
  }),
  fault({
    id: 'device-notifies-every-post',
    breaks: ['device-post-sets-on-and-notifies'],
    wrong: 'A device post notifies although ON is set.',
    config: { apicv: 'on', devicePosting: true },
    parts: {
      iommu: class extends Iommu {
        override notifies(descriptor: Descriptor, urgent: boolean): boolean {
          return super.notifies({ ...descriptor, on: false }, urgent);
        }
      },
    },
  }),
  fault({
    id: 'device-post-ignores-sn',
    breaks: ['suppressed-device-post-leaves-on', 'device-post-sets-on-and-notifies'],
    wrong: 'A device post that is not urgent notifies with SN 1.',
    config: { apicv: 'on', devicePosting: true },
    parts: {
      iommu: class extends Iommu {
        override notifies(descriptor: Descriptor): boolean {
          return super.notifies(descriptor, true) || !descriptor.on;
        }
      },
    },
  }),
  fault({
    id: 'urgent-device-post-waits',
    breaks: ['device-post-sets-on-and-notifies', 'suppressed-device-post-leaves-on', 'device-notifies-ndst-with-nv'],
    wrong: 'An urgent device post does not notify with SN 1.',
    config: { apicv: 'on', devicePosting: true },
    parts: {
      iommu: class extends Iommu {
        override notifies(descriptor: Descriptor): boolean {
          return super.notifies(descriptor, false);
        }
      },
    },
  }),
  fault({
    id: 'suppressed-device-post-sets-on',
    breaks: ['suppressed-device-post-leaves-on', 'device-post-sets-on-and-notifies'],
    wrong: 'A device post with SN 1 sets ON without a notification: nobody will send one.',
    config: { apicv: 'on', devicePosting: true },
    parts: {
      iommu: class extends Iommu {
        override post(state: State, v: number, vector: number, urgent: boolean): State {
          const { sn } = state.vcpus[v].descriptor;
          const next = super.post(state, v, vector, urgent);
          return sn && !urgent ? withDescriptor(next, v, { on: true }) : next;
        }
      },
    },
  }),
  fault({
    id: 'device-ignores-ndst',
    breaks: ['device-notifies-ndst-with-nv'],
    wrong: 'A device notifies the first physical CPU whatever NDST is.',
    config: { apicv: 'on', devicePosting: true, pcpus: 2 },
    parts: {
      scheduling: class extends Scheduling {
        override pcpuIn(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'device-ignores-nv',
    breaks: ['device-notifies-ndst-with-nv'],
    wrong: 'A device sends the notification vector whatever NV is: a sleeping target is not woken.',
    config: { apicv: 'on', devicePosting: true },
    parts: {
      iommu: class extends Iommu {
        override notify(state: State, v: number): State {
          const { nv } = state.vcpus[v].descriptor;
          return withDescriptor(super.notify(withDescriptor(state, v, { nv: 0xf2 }), v), v, { nv });
        }
      },
    },
  }),
  fault({
    id: 'device-post-obeys-apicv',
    breaks: ['device-post-asks-no-software', 'device-notifies-ndst-with-nv'],
    wrong: 'A device post goes into IRR with APICv off, as if software had made it.',
    config: { apicv: 'off', devicePosting: true },
    parts: {
      iommu: class extends Iommu {
        override post(state: State, v: number, vector: number, urgent: boolean): State {
          const next = super.post(state, v, vector, urgent);
          return state.vcpus[v].virtual.apicv ? next : this.parts.acceptance.acceptDirectly(state, v, vector);
        }
      },
    },
  }),
  fault({
    id: 'device-post-clears-tmr',
    breaks: ['device-post-asks-no-software'],
    wrong: 'A device post makes its vector edge-triggered in TMR.',
    config: { apicv: 'on', devicePosting: true },
    parts: {
      iommu: class extends Iommu {
        override post(state: State, v: number, vector: number, urgent: boolean): State {
          const next = super.post(state, v, vector, urgent);
          const vcpu = next.vcpus[v];
          const apic = { ...vcpu.apic, tmr: universe.without(vcpu.apic.tmr, vector) };
          return { ...next, vcpus: next.vcpus.map((one, n) => (n === v ? { ...vcpu, apic } : one)) };
        }
      },
    },
  }),
];
