import {
  universe,
  withVcpu,
  type Guest,
  type PostedInterruptsState as State,
} from '../../model/posted-interrupts/index.ts';
import { Notification } from '../../model/posted-interrupts/processor/notification.ts';
import { HostInterrupt } from '../../model/posted-interrupts/software/host-interrupt.ts';
import { fault } from './define.ts';

/** The processor takes what is posted in the guest, and other physical vectors arrive: whole events. */
export const notification = [
  fault({
    id: 'notification-overwrites-virr',
    breaks: ['notification-moves-pir-into-virr', 'merge-takes-each-word-at-once'],
    wrong: 'Posted-interrupt processing replaces VIRR by PIR.',
    config: { apicv: 'on', nested: false },
    parts: {
      notification: class extends Notification {
        override merge(guest: Guest, vectors: number): Guest {
          const next = super.merge(guest, vectors);
          const irr = guest.descriptor.pir & vectors;
          return irr === 0 ? next : { ...next, apic: { ...next.apic, irr } };
        }
      },
    },
  }),
  fault({
    id: 'notification-leaves-pir',
    breaks: ['notification-moves-pir-into-virr', 'merge-takes-each-word-at-once', 'notification-clears-on-before-pir'],
    wrong: 'Posted-interrupt processing does not clear PIR.',
    config: { apicv: 'on', nested: false },
    parts: {
      notification: class extends Notification {
        override merge(guest: Guest, vectors: number): Guest {
          const next = super.merge(guest, vectors);
          return { ...next, descriptor: { ...next.descriptor, pir: guest.descriptor.pir } };
        }
      },
    },
  }),
  fault({
    id: 'notification-leaves-on',
    breaks: ['notification-moves-pir-into-virr', 'notification-clears-on-before-pir', 'empty-notification-is-harmless'],
    wrong: 'Posted-interrupt processing does not clear ON.',
    config: { apicv: 'on', nested: false },
    parts: {
      notification: class extends Notification {
        override clearOn(guest: Guest): Guest {
          super.clearOn(guest);
          return guest;
        }
      },
    },
  }),
  fault({
    id: 'notification-takes-rvi-from-virr',
    breaks: ['rvi-after-posting-ignores-virr', 'notification-raises-rvi', 'empty-notification-is-harmless'],
    wrong: 'RVI becomes the highest vector of VIRR after posted-interrupt processing.',
    profile: 'arch',
    config: { apicv: 'on' },
    parts: {
      notification: class extends Notification {
        override raisedRvi(rvi: number, found: number, irr: number): number {
          super.raisedRvi(rvi, found, irr);
          return universe.max(irr);
        }
      },
    },
  }),
  fault({
    id: 'notification-lowers-rvi',
    breaks: ['notification-raises-rvi', 'empty-notification-is-harmless', 'rvi-after-posting-ignores-virr'],
    wrong: 'RVI becomes the highest vector found in PIR, also where it was higher.',
    config: { apicv: 'on', nested: false },
    parts: {
      notification: class extends Notification {
        override raisedRvi(rvi: number, found: number, irr: number): number {
          super.raisedRvi(rvi, found, irr);
          return universe.max(found);
        }
      },
    },
  }),
  fault({
    id: 'notification-does-not-evaluate',
    breaks: ['notification-evaluates'],
    wrong: 'Posted-interrupt processing evaluates nothing: the guest takes the vector at its next EOI or entry.',
    config: { apicv: 'on' },
    parts: {
      notification: class extends Notification {
        override evaluate(guest: Guest): Guest {
          this.cite('notification-evaluates');
          return guest;
        }
      },
    },
  }),
  fault({
    id: 'notification-exits',
    breaks: ['notification-does-not-exit', 'other-vector-exits', 'notification-moves-pir-into-virr'],
    wrong: 'The notification vector makes the guest exit.',
    config: { apicv: 'on' },
    parts: {
      hostInterrupt: class extends HostInterrupt {
        override processNotification(state: State, v: number): State {
          const processed = super.processNotification(state, v);
          return this.parts.exits.exit(processed, v, this.report(0xf2));
        }
      },
    },
  }),
  fault({
    id: 'notification-waits-for-if',
    breaks: ['notification-does-not-exit', 'notification-moves-pir-into-virr'],
    wrong: 'Posted-interrupt processing is dropped while IF is 0.',
    config: { apicv: 'on' },
    parts: {
      hostInterrupt: class extends HostInterrupt {
        override processNotification(state: State, v: number): State {
          const next = super.processNotification(state, v);
          return state.vcpus[v].core.interruptFlag ? next : state;
        }
      },
    },
  }),
  fault({
    id: 'notification-ends-hlt',
    breaks: ['notification-keeps-hlt'],
    wrong: 'Posted-interrupt processing ends HLT although nothing is delivered.',
    config: { apicv: 'on', hltExiting: false },
    parts: {
      hostInterrupt: class extends HostInterrupt {
        override processNotification(state: State, v: number): State {
          const next = super.processNotification(state, v);
          const vcpu = next.vcpus[v];
          return vcpu.core.l2 ? next : withVcpu(next, v, { ...vcpu, core: { ...vcpu.core, halted: false } });
        }
      },
    },
  }),
  fault({
    id: 'every-physical-vector-is-a-notification',
    breaks: ['other-vector-exits'],
    wrong: 'The wake-up vector starts posted-interrupt processing in the guest.',
    config: { apicv: 'on' },
    parts: {
      hostInterrupt: class extends HostInterrupt {
        override isNotification(state: State, v: number, physical: 'posted' | 'wakeup' | 'kick' | 'nested'): boolean {
          return super.isNotification(state, v, physical === 'wakeup' || physical === 'kick' ? 'posted' : physical);
        }
      },
    },
  }),
  fault({
    id: 'acknowledged-vector-is-not-reported',
    breaks: ['other-vector-exits'],
    wrong: 'The exit interruption information of an external interrupt is not valid.',
    parts: {
      hostInterrupt: class extends HostInterrupt {
        override report(vector: number): { readonly reason: number; readonly interruption: number } {
          return { ...super.report(vector), interruption: 0 };
        }
      },
    },
  }),
  fault({
    id: 'notification-without-apicv-is-processed',
    breaks: ['notification-without-apicv-exits', 'other-vector-exits', 'l1-post-does-not-reach-l2'],
    wrong: 'The processor processes posted interrupts with APICv off.',
    config: { apicv: 'off', devicePosting: true },
    parts: {
      hostInterrupt: class extends HostInterrupt {
        override isNotification(state: State, v: number, physical: 'posted' | 'wakeup' | 'kick' | 'nested'): boolean {
          const is = super.isNotification(state, v, physical);
          return is || (physical === 'posted' && !state.vcpus[v].core.l2);
        }
      },
    },
  }),
  fault({
    id: 'host-takes-the-notification',
    breaks: ['notification-outside-is-ignored', 'stale-notification-is-harmless'],
    wrong: "The host's handler clears ON of whoever is loaded there: the sync before the entry finds nothing.",
    config: { apicv: 'on' },
    parts: {
      hostInterrupt: class extends HostInterrupt {
        override arriveOutside(state: State, p: number, physical: 'posted' | 'wakeup' | 'kick' | 'nested'): State {
          const next = super.arriveOutside(state, p, physical);
          if (physical !== 'posted') return next;
          const v = next.vcpus.findIndex(({ schedule }) => schedule.loaded && schedule.pcpu === p);
          if (v < 0) return next;
          const vcpu = next.vcpus[v];
          return withVcpu(next, v, { ...vcpu, descriptor: { ...vcpu.descriptor, on: false } });
        }
      },
    },
  }),
  fault({
    id: 'stale-notification-is-processed-for-the-one-who-left',
    breaks: ['stale-notification-is-harmless', 'notification-outside-is-ignored'],
    wrong: 'A notification that arrives at a physical CPU that nobody runs on is processed for the one who was there.',
    config: { apicv: 'on', pcpus: 2 },
    parts: {
      hostInterrupt: class extends HostInterrupt {
        override arriveOutside(state: State, p: number, physical: 'posted' | 'wakeup' | 'kick' | 'nested'): State {
          const next = super.arriveOutside(state, p, physical);
          if (physical !== 'posted') return next;
          const v = next.vcpus.findIndex(
            ({ schedule, virtual }) => !schedule.loaded && schedule.pcpu === p && virtual.apicv,
          );
          return v < 0 ? next : withVcpu(next, v, { ...next.vcpus[v], ...this.parts.notification.take(next.vcpus[v]) });
        }
      },
    },
  }),
  fault({
    id: 'blocking-holds-off-what-it-does-not',
    breaks: ['blocked-arrival', 'mov-ss-blocks-one-instruction', 'sti-blocks-one-instruction'],
    wrong: 'Arrivals are held off by the blocking that the knob does not name.',
    config: { blocksArrival: 'sti' },
    parts: {
      hostInterrupt: class extends HostInterrupt {
        override blockingHoldsOff(state: State, core: State['vcpus'][number]['core']): boolean {
          super.blockingHoldsOff(state, core);
          return core.blocking === 'movss';
        }
      },
    },
  }),
];
