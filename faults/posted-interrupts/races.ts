import type { Program } from '../../spec/posted-interrupts/steps.ts';
import {
  withVcpu,
  type Descriptor,
  type Guest,
  type PosterStep,
  type VirtualCpu,
  type PostedInterruptsState as State,
} from '../../model/posted-interrupts/index.ts';
import { Notification } from '../../model/posted-interrupts/processor/notification.ts';
import { Posting } from '../../model/posted-interrupts/software/posting.ts';
import { Sync } from '../../model/posted-interrupts/software/sync.ts';
import { PosterSteps } from '../../model/posted-interrupts/steps/poster-steps.ts';
import { TargetOperations } from '../../model/posted-interrupts/steps/target-operations.ts';
import { bhyve, fault } from './define.ts';
import { ordered } from './ordered.ts';

const profile = 'interleaved';

/**
 * Faults in the order of atomic steps. Comparison with the model sees most of them at the first step out of order; the
 * laws, which know no order, see them by what is lost, in exhaustive exploration.
 */
export const races = [
  fault({
    id: 'sync-clears-on-after-pir',
    breaks: ['sync-clears-on-before-pir', 'sync-exchanges-each-word', 'sync-moves-pir-into-irr'],
    wrong: 'Sync clears ON after it has read PIR: a post of another vector in between is never looked for (M-15).',
    profile,
    parts: {
      order: ordered('enter', [
        'publish-in-guest',
        'test-on',
        'exchange-word-1',
        'exchange-word-2',
        'clear-on',
        'write-rvi',
        'vm-entry',
      ]),
    },
  }),
  fault({
    id: 'sync-clears-on-between-the-words',
    breaks: ['sync-clears-on-before-pir', 'sync-exchanges-each-word', 'sync-moves-pir-into-irr'],
    wrong: 'Sync clears ON after it has read the first word of PIR.',
    profile,
    parts: {
      order: ordered('enter', [
        'publish-in-guest',
        'test-on',
        'exchange-word-1',
        'clear-on',
        'exchange-word-2',
        'write-rvi',
        'vm-entry',
      ]),
    },
  }),
  fault({
    id: 'block-clears-on-after-pir',
    breaks: ['sync-clears-on-before-pir', 'sync-exchanges-each-word', 'block-looks-at-pir'],
    wrong: 'The look before sleeping clears ON after it has read PIR (M-15).',
    profile,
    parts: {
      order: ordered('block', [
        'mark-blocked',
        'check-test-on',
        'check-exchange-word-1',
        'check-exchange-word-2',
        'check-clear-on',
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
    id: 'processor-clears-on-after-pir',
    breaks: ['notification-clears-on-before-pir', 'merge-takes-each-word-at-once', 'processing-is-not-interrupted'],
    wrong: 'The processor clears ON after it has merged PIR.',
    profile,
    parts: {
      order: ordered('notification', ['merge-word-1', 'merge-word-2', 'processor-clear-on', 'evaluate']),
    },
  }),
  fault({
    id: 'on-is-set-before-pir',
    breaks: ['post-sets-pir-first', 'post-sets-on', 'mode-is-read-after-on-is-set', 'notify-once-per-on'],
    wrong: 'A CPU sets ON before PIR: whoever takes in between finds nothing, and clears ON (M-16).',
    profile,
    parts: {
      order: ordered('post', ['set-on', 'set-pir', 'read-mode', 'send-notification', 'wake']),
    },
  }),
  fault({
    id: 'poster-that-finds-on-set-sets-no-pir',
    breaks: ['post-sets-pir-first', 'notify-once-per-on'],
    wrong: 'A CPU that finds ON set returns before it has set PIR: the second vector is lost (M-20).',
    profile,
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
    id: 'mode-is-read-before-on-is-set',
    breaks: ['mode-is-read-after-on-is-set', 'post-sets-on', 'post-sets-pir-first', 'notify-once-per-on'],
    wrong: 'A CPU looks where the target is before it sets ON: a target that enters in between is not notified.',
    profile,
    parts: {
      order: ordered('post', ['set-pir', 'read-mode', 'send-notification', 'wake']),
      posterSteps: class extends PosterSteps {
        override take(state: State, n: number, step: PosterStep): State {
          if (step !== 'send-notification' && step !== 'wake') return super.take(state, n, step);
          const vcpu = state.vcpus[0];
          const descriptor = this.parts.posting.setOn(vcpu.descriptor);
          if (descriptor !== undefined) return super.take(withVcpu(state, 0, { ...vcpu, descriptor }), n, step);
          const posters = state.steps.posters.map((poster, m) => (m === n ? { step: undefined, vector: 0 } : poster));
          return { ...state, steps: { ...state.steps, posters: [posters[0], posters[1]] } };
        }
      },
    },
  }),
  fault({
    id: 'poster-never-wakes',
    breaks: ['new-on-wakes-a-blocked-target'],
    wrong: 'A CPU that finds the target outside the guest does nothing: a target that sleeps is not woken.',
    profile,
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
    id: 'poster-never-notifies',
    breaks: ['new-on-notifies-a-running-guest'],
    wrong: 'A CPU sends no notification to a target in the guest.',
    profile,
    parts: {
      posting: class extends Posting {
        override sendNotification(state: State, v: number): State {
          super.sendNotification(state, v);
          return state;
        }
      },
    },
  }),
  fault({
    id: 'entry-is-published-after-sync',
    breaks: [
      'in-guest-is-published-before-sync',
      'sync-precedes-every-entry',
      'sync-without-on-moves-nothing',
      'interrupts-are-off-around-entry',
    ],
    wrong: 'The target syncs before it is marked as in the guest: a post in between is not notified (M-17).',
    profile,
    parts: {
      order: ordered('enter', [
        'test-on',
        'clear-on',
        'exchange-word-1',
        'exchange-word-2',
        'write-rvi',
        'publish-in-guest',
        'vm-entry',
      ]),
    },
  }),
  fault({
    id: 'entry-leaves-out-the-sync',
    breaks: [
      'sync-precedes-every-entry',
      'in-guest-is-published-before-sync',
      'sync-without-on-moves-nothing',
      'sync-writes-rvi',
    ],
    wrong: 'Software enters without a sync.',
    profile,
    parts: { order: ordered('enter', ['publish-in-guest', 'write-rvi', 'vm-entry']) },
  }),
  fault({
    id: 'interrupts-are-on-around-entry',
    breaks: ['interrupts-are-off-around-entry'],
    wrong: 'The host takes the notification between the sync and the entry: nobody processes it.',
    seen: [
      bhyve(
        'C30',
        'vmx_inject_interrupts: a longstanding race where a vcpu interrupt notification might be ignored',
        2015,
      ),
    ],
    profile,
    parts: {
      targetOperations: class extends TargetOperations {
        override isUninterruptible(operation: string): boolean {
          return super.isUninterruptible(operation as Program) && operation !== 'enter';
        }
      },
    },
  }),
  fault({
    id: 'processing-is-interrupted',
    breaks: ['processing-is-not-interrupted', 'interrupts-are-off-around-entry'],
    wrong: 'A physical vector arrives in the middle of posted-interrupt processing.',
    profile,
    parts: {
      targetOperations: class extends TargetOperations {
        override isUninterruptible(operation: string): boolean {
          return super.isUninterruptible(operation as Program) && operation !== 'notification';
        }
      },
    },
  }),
  fault({
    id: 'sync-drops-what-comes-between-read-and-clear',
    breaks: ['sync-exchanges-each-word'],
    wrong: 'Sync reads a word of PIR and clears all of PIR with it.',
    profile,
    parts: {
      sync: class extends Sync {
        override exchange(vcpu: VirtualCpu, vectors: number): VirtualCpu {
          const next = super.exchange(vcpu, vectors);
          return { ...next, descriptor: { ...next.descriptor, pir: 0 } };
        }
      },
    },
  }),
  fault({
    id: 'processor-drops-what-comes-between-read-and-clear',
    breaks: ['merge-takes-each-word-at-once'],
    wrong: 'The processor reads a word of PIR and clears all of PIR with it.',
    profile,
    parts: {
      notification: class extends Notification {
        override merge(guest: Guest, vectors: number): Guest {
          const next = super.merge(guest, vectors);
          return { ...next, descriptor: { ...next.descriptor, pir: 0 } };
        }
      },
    },
  }),
  fault({
    id: 'second-word-is-not-merged',
    breaks: [
      'merge-takes-each-word-at-once',
      'notification-clears-on-before-pir',
      'notification-raises-rvi',
      'notification-evaluates',
    ],
    wrong: 'The processor takes one word of PIR.',
    profile,
    parts: { order: ordered('notification', ['processor-clear-on', 'merge-word-1', 'evaluate']) },
  }),
];
