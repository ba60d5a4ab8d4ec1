import type { ClauseDeclaration } from '../../clause.ts';
import { ours, sdm, seed } from '../../source.ts';
import { hypervised, posting } from './holds-in.ts';

/** What follows from the rules together: judged on traces, without a model. */
export const laws = {
  // Two of a vector can be waiting, one in IRR and one in PIR: it is not so that each delivery has an acceptance since
  // the last one.
  'delivered-was-accepted': {
    must: 'Every delivery of a vector has an acceptance of its own before it, by the same guest: at no time are there more deliveries than acceptances, and one that follows another has an acceptance since, or one that was still in PIR.',
    source: [ours('delivery-moves-irr-to-isr'), ours('reinjection-acknowledges-nothing')],
    seenBy: ['delivery', 'effects.accepted'],
    profiles: posting,
    aka: 'INV-P1',
  },
  'accepted-is-delivered-or-pending': {
    must: 'Every accepted interrupt has been delivered since, or is in PIR or IRR, or is in flight and in service, or was a notification for L2 and has been consumed; in profile kvm nothing is said of the notification vector of L1.',
    source: [
      ours('post-sets-pir-first'),
      ours('sync-clears-on-before-pir'),
      seed('003', 'vmx_deliver_posted_interrupt'),
    ],
    seenBy: ['delivery', 'apic', 'descriptor', 'core.inflight'],
    profiles: posting,
    aka: 'INV-P2',
  },
  'nothing-waits-at-rest': {
    must: 'With nothing half done and no physical vector pending, a target that is in the guest, or asleep with IF 1, has nothing in PIR, and nothing in IRR that it could take.',
    source: [ours('notify-once-per-on'), ours('in-guest-is-published-before-sync'), ours('on-is-rechecked-after-nv')],
    seenBy: ['descriptor', 'apic.irr', 'schedule', 'physical'],
    profiles: posting,
    aka: 'INV-P2',
  },
  'posted-vector-is-announced': {
    must: 'With nothing half done, PIR that is not empty has ON or SN set.',
    source: [ours('post-sets-on'), ours('recheck-after-sn'), ours('suppressed-device-post-leaves-on')],
    seenBy: ['descriptor'],
    profiles: posting,
    aka: 'INV-P2b',
  },
  'on-means-somebody-will-look': {
    must: 'With nothing half done, ON 1 means that a notification is pending, or the target is outside the guest and not asleep, or asleep with IF 0.',
    source: [ours('new-on-notifies-a-running-guest'), ours('new-on-wakes-a-blocked-target')],
    seenBy: ['descriptor.control', 'schedule', 'physical'],
    profiles: posting,
    aka: 'INV-P3',
  },
  'delivered-is-above-everything': {
    must: 'A vector acknowledged for delivery is the highest in IRR, and of a class above that of TPR and of every vector in service.',
    source: [ours('highest-vector-is-delivered-first'), ours('delivery-compares-classes')],
    seenBy: ['delivery', 'apic'],
    profiles: posting,
    aka: 'INV-P4',
  },
  'classes-in-service-differ': {
    must: 'No two vectors in service are of one class.',
    source: [ours('equal-class-waits-for-eoi')],
    seenBy: ['apic.isr', 'nested.isr'],
    profiles: posting,
    aka: 'INV-P5',
  },
  'coalescing-is-bounded': {
    must: 'Of each vector at most one is posted, one pending and one in service. k acceptances lead to at least one and at most k deliveries, the last of them after the last acceptance; acceptances while it is in service, up to its EOI, lead to two more at the most.',
    source: [
      ours('post-coalesces-in-pir'),
      ours('pending-vector-absorbs-another'),
      sdm('Interrupt Acceptance for Fixed Interrupts'),
    ],
    seenBy: ['delivery', 'effects.accepted'],
    profiles: posting,
    aka: 'PI-11',
  },
  'everything-is-delivered-in-the-end': {
    must: 'Once nothing is accepted any more, IF is 1, TPR 0 and handlers write EOI, a target that gets its arrivals and entries takes each pending vector in as many of them as there are bits in PIR, IRR and ISR, and three more.',
    source: [ours('nothing-waits-at-rest'), ours('eoi-virtualization')],
    seenBy: ['delivery', 'apic', 'descriptor'],
    profiles: posting,
    aka: 'INV-P8',
  },
  'apicv-is-invisible': {
    must: 'Virtual-interrupt delivery and injection by software deliver the same interrupts in the same order, and show the same registers to the guest, if what is accepted becomes visible at the same boundaries.',
    source: [ours('highest-vector-is-delivered-first'), sdm('Virtual-Interrupt Delivery')],
    seenBy: ['delivery', 'reply.value'],
    profiles: hypervised,
    aka: 'VID-10',
  },
  'posting-is-invisible': {
    must: 'Posting delivers what direct acceptance delivers, up to the coalescing bound.',
    source: [ours('coalescing-is-bounded')],
    seenBy: ['delivery'],
    profiles: hypervised,
    aka: 'PI-11',
  },
  'notifications-do-not-count': {
    must: 'A notification that arrives late, twice, or not at all before a sync does not change what is delivered after it.',
    source: [ours('empty-notification-is-harmless'), ours('sync-precedes-every-entry')],
    seenBy: ['delivery'],
    profiles: hypervised,
    aka: 'PI-12',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
