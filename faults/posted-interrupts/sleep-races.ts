import { physicalVectors } from '../../spec/posted-interrupts/universe.ts';
import {
  withDescriptor,
  type Descriptor,
  type Guest,
  type TargetStep,
  type VirtualCpu,
  type PostedInterruptsState as State,
} from '../../model/posted-interrupts/index.ts';
import { Iommu } from '../../model/posted-interrupts/devices/iommu.ts';
import { Notification } from '../../model/posted-interrupts/processor/notification.ts';
import { Blocking } from '../../model/posted-interrupts/software/blocking.ts';
import { Scheduling } from '../../model/posted-interrupts/software/scheduling.ts';
import { TargetSteps } from '../../model/posted-interrupts/steps/target-steps.ts';
import { fault } from './define.ts';
import { ordered } from './ordered.ts';

const profile = 'interleaved';

/** Faults in the order of atomic steps, around sleep and the scheduler. See `races.ts`. */
export const sleepRaces = [
  fault({
    id: 'target-looks-before-it-is-marked-blocked',
    breaks: [
      'block-marks-before-it-looks',
      'block-looks-at-pir',
      'sync-without-on-moves-nothing',
      'sync-writes-rvi',
      'block-consumes-nothing',
    ],
    wrong: 'A halted virtual CPU looks before it is marked blocked: whoever posts in between wakes nobody.',
    profile,
    parts: {
      order: ordered('block', [
        'check-test-on',
        'check-clear-on',
        'check-exchange-word-1',
        'check-exchange-word-2',
        'mark-blocked',
        'decide',
        'schedule',
        'list',
        'switch-nv',
        'test-on-after-switch',
        'deschedule',
      ]),
    },
  }),
  fault({
    id: 'block-check-ignores-pir',
    breaks: ['block-looks-at-pir', 'sync-without-on-moves-nothing'],
    wrong: 'The look before sleeping does not sync: what was posted before HLT is slept on (M-18).',
    profile,
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
    id: 'sleeper-ignores-that-it-was-woken',
    breaks: ['new-on-wakes-a-blocked-target', 'sleeper-is-listed-with-wakeup-vector', 'block-consumes-nothing'],
    wrong: 'A virtual CPU that is woken between its decision and its sleep sleeps nevertheless.',
    profile,
    parts: {
      targetSteps: class extends TargetSteps {
        override take(state: State, step: TargetStep): State {
          if (step !== 'schedule') return super.take(state, step);
          return super.take(this.parts.blocking.mark(state, 0), step);
        }
      },
    },
  }),
  fault({
    id: 'nv-is-switched-without-a-look-at-on',
    breaks: ['on-is-rechecked-after-nv', 'sleeper-is-listed-with-wakeup-vector'],
    wrong: 'NV becomes the wake-up vector and nobody looks whether the device has notified with the old one (M-18).',
    profile,
    config: { devicePosting: true },
    parts: {
      blocking: class extends Blocking {
        override recheckOn(state: State, v: number): State {
          super.recheckOn(state, v);
          return state;
        }
      },
    },
  }),
  fault({
    id: 'on-is-looked-at-before-nv-is-switched',
    breaks: ['on-is-rechecked-after-nv', 'sleeper-is-listed-with-wakeup-vector'],
    wrong: 'ON is looked at before NV becomes the wake-up vector: a device that posts in between wakes nobody.',
    profile,
    config: { devicePosting: true },
    parts: {
      order: ordered('block', [
        'mark-blocked',
        'check-test-on',
        'check-clear-on',
        'check-exchange-word-1',
        'check-exchange-word-2',
        'decide',
        'schedule',
        'list',
        'test-on-after-switch',
        'switch-nv',
        'deschedule',
      ]),
    },
  }),
  fault({
    id: 'sleeper-keeps-the-notification-vector',
    breaks: ['sleeper-is-listed-with-wakeup-vector', 'on-is-rechecked-after-nv'],
    wrong: 'NV is not switched: what a device posts wakes nobody (M-18).',
    profile,
    config: { devicePosting: true },
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
    id: 'wakeup-vector-finds-nobody',
    breaks: ['sleeper-is-listed-with-wakeup-vector'],
    wrong: 'A sleeper is not put on the wake-up list.',
    profile,
    config: { devicePosting: true },
    parts: {
      blocking: class extends Blocking {
        override enlist(state: State): State {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'pir-is-not-looked-at-after-sn',
    breaks: ['recheck-after-sn', 'recheck-follows-the-clearing-of-sn', 'load-restores-the-control-word'],
    wrong: 'SN is cleared at scheduling in and PIR is not looked at: what was posted with SN 1 waits for ever (M-19).',
    profile,
    config: { devicePosting: true },
    parts: { order: ordered('load', ['unlist', 'set-control']) },
  }),
  fault({
    id: 'pir-is-looked-at-before-sn-is-cleared',
    breaks: [
      'recheck-follows-the-clearing-of-sn',
      'recheck-after-sn',
      'load-restores-the-control-word',
      'load-undoes-what-block-did',
    ],
    wrong: 'PIR is looked at before SN is cleared: what a device posts in between waits for ever.',
    profile,
    config: { devicePosting: true },
    parts: {
      targetSteps: class extends TargetSteps {
        override take(state: State, step: TargetStep): State {
          const next = super.take(state, step);
          switch (step) {
            // The look: what it has found decides which of two steps clears SN.
            case 'unlist':
              return this.at(next, state.vcpus[0].descriptor.pir === 0 ? 'set-control' : 'set-on-after-load');
            case 'set-control':
              return this.at(next, undefined);
            case 'set-on-after-load':
              return this.parts.scheduling.restoreControl(next, 0);
            default:
              return next;
          }
        }
      },
    },
  }),
  fault({
    id: 'control-is-written-in-two-accesses',
    breaks: ['load-restores-the-control-word', 'ndst-changes-outside-the-guest'],
    wrong: 'Scheduling in clears SN and leaves NDST and NV: devices notify the wrong physical CPU.',
    profile,
    config: { devicePosting: true, pcpus: 2 },
    parts: {
      scheduling: class extends Scheduling {
        override controlAfterLoad(state: State, v: number): Pick<Descriptor, 'sn' | 'nv' | 'ndst'> {
          const { nv, ndst } = state.vcpus[v].descriptor;
          return { ...super.controlAfterLoad(state, v), nv, ndst };
        }
      },
    },
  }),
  fault({
    id: 'sleep-sets-sn',
    breaks: ['sn-is-set-on-preemption-only', 'sleeper-is-listed-with-wakeup-vector'],
    wrong: 'A virtual CPU that sleeps has SN set: the device never sends the wake-up vector.',
    profile,
    config: { devicePosting: true },
    parts: {
      blocking: class extends Blocking {
        override switchNv(state: State, v: number): State {
          this.cite('sn-is-set-on-preemption-only');
          return withDescriptor(state, v, { nv: physicalVectors.wakeup, sn: true });
        }
      },
    },
  }),
  fault({
    id: 'device-post-takes-two-accesses',
    breaks: ['device-post-is-one-access', 'device-post-sets-on-and-notifies', 'suppressed-device-post-leaves-on'],
    wrong: 'A device post writes back the control word that it has read before: PIR is set, ON is lost.',
    profile,
    config: { devicePosting: true },
    parts: {
      iommu: class extends Iommu {
        override post(state: State, v: number, vector: number, urgent: boolean): State {
          const next = super.post(state, v, vector, urgent);
          return withDescriptor(next, v, { on: state.vcpus[v].descriptor.on });
        }
      },
    },
  }),
  fault({
    id: 'notification-is-processed-without-evaluation',
    breaks: ['notification-evaluates'],
    wrong: 'Posted-interrupt processing evaluates nothing.',
    profile,
    parts: {
      notification: class extends Notification {
        override evaluate(guest: Guest): Guest {
          this.cite('notification-evaluates');
          return guest;
        }
      },
    },
  }),
];
