import type { ClauseDeclaration } from '../../clause.ts';
import { code, linux } from '../../source.ts';
import { hypervised } from './holds-in.ts';

/** APICv switched off and on, state saved and restored. */
export const switching = {
  'apicv-switch-keeps-pending-and-in-service': {
    must: 'Switching APICv changes neither IRR, PIR, ISR nor TPR, and what was pending is delivered after it as before.',
    source: [
      linux('__kvm_vcpu_update_apicv'),
      linux("755c2bf87860: don't touch irr_pending in kvm_apic_update_apicv when inhibiting it"),
    ],
    seenBy: ['apic', 'descriptor'],
    profiles: hypervised,
    aka: 'INV-P7',
  },
  'apicv-switch-makes-guests-leave': {
    must: 'Every virtual CPU has left the guest before APICv is switched, so that no poster takes the old way.',
    source: [
      linux('__kvm_set_or_clear_apicv_inhibit'),
      linux('66fa226c131f: fix race between interrupt delivery and AVIC inhibition'),
    ],
    seenBy: ['schedule.mode'],
    profiles: hypervised,
    aka: 'INV-P7',
  },
  'apicv-on-restores-rvi-and-svi': {
    must: 'Switching APICv on sets RVI and SVI from IRR and ISR.',
    source: [linux('kvm_apic_update_apicv'), linux('vmx_hwapic_isr_update')],
    seenBy: ['virtualApic.rvi', 'virtualApic.svi'],
    profiles: hypervised,
    aka: 'VID-09',
  },
  'save-takes-posted-vectors': {
    must: 'Saved IRR holds what was posted, whatever ON and SN are.',
    source: [linux('kvm_apic_get_state'), code('Xen', 'vmx: fix save/restore issue with apicv')],
    seenBy: ['apic.irr', 'descriptor.pir'],
    profiles: hypervised,
  },
  'restore-rebuilds-the-processor-state': {
    must: 'After a restore RVI, SVI and the EOI-exit bitmap fit the restored registers and lines.',
    source: [linux('kvm_apic_set_state'), code('Xen', 'vmx: fix save/restore issue with apicv')],
    seenBy: ['virtualApic'],
    profiles: hypervised,
    aka: 'VID-09',
  },
  'restore-keeps-what-is-in-flight': {
    must: 'An event in flight is saved as such: it is neither pending again nor lost.',
    source: [linux('kvm_vcpu_ioctl_x86_get_vcpu_events')],
    seenBy: ['core.inflight', 'apic.irr', 'apic.isr'],
    profiles: hypervised,
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
