import type { ClauseDeclaration } from '../../clause.ts';
import { code, linux, seed } from '../../source.ts';
import { hypervised, posting, steps } from './holds-in.ts';

/** Software takes what is posted, and enters the guest. */
export const sync = {
  'sync-moves-pir-into-irr': {
    must: 'With ON 1 software clears ON and moves every bit of PIR into IRR, leaving PIR empty.',
    source: [seed('003', 'vmx_sync_pir_to_irr'), seed('003', '__kvm_apic_update_irr')],
    seenBy: ['descriptor', 'apic.irr'],
    profiles: hypervised,
    aka: 'PI-05',
  },
  'sync-without-on-moves-nothing': {
    must: 'With ON 0 software leaves PIR alone.',
    source: [seed('003', 'vmx_sync_pir_to_irr')],
    seenBy: ['descriptor', 'apic.irr'],
    profiles: posting,
    aka: 'PI-05',
  },
  'sync-clears-on-before-pir': {
    must: 'ON is cleared before PIR is read; a post in between sets ON again.',
    source: [seed('003', 'vmx_sync_pir_to_irr'), linux('vmx_sync_pir_to_irr')],
    seenBy: ['descriptor', 'delivery', 'steps'],
    profiles: steps,
    aka: 'PI-05',
  },
  'sync-exchanges-each-word': {
    must: 'Each word of PIR is read and cleared in one access.',
    source: [seed('003', '__kvm_apic_update_irr')],
    seenBy: ['descriptor.pir', 'apic.irr'],
    profiles: steps,
    aka: 'PI-05',
  },
  'sync-writes-rvi': {
    must: 'With APICv on and L1 running, sync writes the highest bit of IRR to RVI, 0 if there is none, whether or not ON was set.',
    source: [seed('003', 'vmx_set_rvi'), linux('vmx_sync_pir_to_irr')],
    seenBy: ['virtualApic.rvi'],
    aka: 'PI-05',
    profiles: posting,
  },
  'sync-precedes-every-entry': {
    must: 'Software syncs before every entry, also one that injects an event or is called off.',
    source: [seed('003', 'vcpu_enter_guest'), code('ACRN', 'update apicv irr/rvi before handle vmcs event injection')],
    seenBy: ['descriptor', 'apic.irr', 'delivery', 'steps'],
    profiles: posting,
    aka: 'PI-05',
  },
  'in-guest-is-published-before-sync': {
    must: 'The target is marked as in the guest before it syncs, so that whoever posts too late for the sync notifies.',
    source: [seed('003', 'vcpu_enter_guest'), linux('vcpu_enter_guest')],
    seenBy: ['schedule.mode', 'delivery', 'steps'],
    profiles: steps,
    aka: 'PI-06',
  },
  'interrupts-are-off-around-entry': {
    must: 'From before the sync until the guest runs no physical interrupt is taken: a notification that comes in between is processed in the guest.',
    source: [linux('vcpu_enter_guest'), code('FreeBSD bhyve', 'vmx_inject_interrupts')],
    seenBy: ['physical.pending', 'delivery'],
    profiles: steps,
    aka: 'PI-06',
  },
  'sync-ignores-masking': {
    must: 'Sync moves what is posted whatever IF, blocking and TPR are: acceptance is not delivery.',
    source: [seed('003', 'vcpu_enter_guest')],
    seenBy: ['apic.irr', 'descriptor.pir'],
    profiles: hypervised,
    aka: 'PI-08',
  },
  'sync-with-apicv-off': {
    must: 'With APICv off sync still moves PIR into IRR, for devices go on posting, and writes no RVI.',
    source: [linux('vmx_sync_pir_to_irr')],
    seenBy: ['apic.irr', 'virtualApic.rvi'],
    profiles: hypervised,
    aka: 'PI-09',
  },
  'sync-leaves-rvi-of-l2': {
    must: 'While L2 runs, sync moves what is posted for L1 into IRR of L1 and leaves the guest interrupt status alone.',
    source: [linux('vmx_sync_pir_to_irr')],
    seenBy: ['nested.rvi', 'virtualApic.rvi', 'apic.irr'],
    profiles: hypervised,
    aka: 'PI-09',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
