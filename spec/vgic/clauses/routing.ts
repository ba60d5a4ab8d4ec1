import type { ClauseDeclaration } from '../../clause.ts';
import { linux, ours } from '../../source.ts';
import { kvm } from './holds-in.ts';

/** Which virtual CPU an interrupt is for, and the lists of what is to be offered. */
export const routing = {
  'active-interrupt-stays-with-its-holder': {
    must: 'An active interrupt is for the virtual CPU whose list holds it, even if it is disabled or has another target by now.',
    source: [linux('vgic_target_oracle')],
    seenBy: ['software.listed', 'listRegister'],
    profiles: kvm,
    aka: 'VGIC-AP-04',
  },
  'active-interrupt-without-holder-goes-to-its-target': {
    must: 'An active interrupt that no list holds is for its configured target.',
    source: [linux('vgic_target_oracle')],
    seenBy: ['software.listed', 'listRegister'],
    profiles: kvm,
    aka: 'VGIC-AP-01',
  },
  'distributor-enable-does-not-hold-back-active': {
    must: 'An active interrupt is offered while the distributor is off.',
    source: [linux('vgic_target_oracle')],
    seenBy: ['software.listed', 'listRegister'],
    profiles: kvm,
    aka: 'VGIC-AP-01',
  },
  'pending-interrupt-goes-to-its-target': {
    must: 'An interrupt that is pending, enabled and not active is for its configured target.',
    source: [linux('vgic_target_oracle')],
    seenBy: ['software.listed', 'listRegister'],
    profiles: kvm,
    aka: 'VGIC-AP-01',
  },
  'disabled-interrupt-is-for-nobody': {
    must: 'A disabled interrupt that is not active is for nobody, pending or not.',
    source: [linux('vgic_target_oracle')],
    seenBy: ['software.listed', 'listRegister', 'reply.value'],
    profiles: kvm,
    aka: 'VGIC-AP-01',
  },
  'distributor-off-offers-no-pending': {
    must: 'While the distributor is off, a pending interrupt that is not active is for nobody.',
    source: [linux('vgic_target_oracle')],
    seenBy: ['software.listed', 'listRegister', 'reply.value'],
    profiles: kvm,
    aka: 'VGIC-AP-01',
  },
  'queueing-appends-at-the-tail': {
    must: 'An interrupt that is queued goes to the tail of the list of the virtual CPU that it is for.',
    source: [linux('vgic_queue_irq_unlock')],
    seenBy: ['software.listed', 'listRegister'],
    profiles: kvm,
    aka: 'VGIC-AP-02',
  },
  'interrupt-is-on-at-most-one-list': {
    must: 'An interrupt is on the list of one virtual CPU at the most.',
    source: [linux('vgic_queue_irq_unlock'), linux('vgic_prune_ap_list')],
    seenBy: ['software.listed'],
    profiles: kvm,
    aka: 'VGIC-AP-03',
  },
  'prune-removes-what-is-for-nobody': {
    must: 'At exit an interrupt that is for nobody any more leaves the list.',
    source: [linux('vgic_prune_ap_list')],
    seenBy: ['software.listed'],
    profiles: kvm,
    aka: 'VGIC-FO-08',
  },
  'prune-moves-retargeted-to-the-tail': {
    must: 'At exit an interrupt that is for another virtual CPU by now moves to the tail of the list of that one.',
    source: [linux('vgic_prune_ap_list')],
    seenBy: ['software.listed', 'listRegister'],
    profiles: kvm,
    aka: 'VGIC-FO-08',
  },
  'retargeted-pending-interrupt-is-served-once': {
    must: 'A pending SPI that is retargeted is offered by the old target or by the new one, never by both.',
    source: [linux('vgic_prune_ap_list'), ours('interrupt-is-on-at-most-one-list')],
    seenBy: ['software.listed', 'listRegister', 'reply.value'],
    profiles: kvm,
    aka: 'VGIC-MIG-03',
  },
  'level-interrupt-is-eventually-delivered': {
    must: 'A level-sensitive interrupt that stays asserted, enabled and unmasked is delivered while the guest keeps completing what it acknowledges.',
    source: [ours('pending-interrupt-goes-to-its-target, overflow-sets-uie')],
    seenBy: ['reply.value'],
    profiles: kvm,
    aka: 'INV-10',
  },
  'every-edge-is-delivered': {
    must: 'After each edge at least one acknowledge of the interrupt follows, unless software cleared its pending state.',
    source: [ours('edge-sets-the-pending-latch, unacknowledged-edge-returns-to-the-latch')],
    seenBy: ['reply.value'],
    profiles: kvm,
    aka: 'INV-12',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
