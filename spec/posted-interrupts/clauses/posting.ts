import type { ClauseDeclaration } from '../../clause.ts';
import { code, linux, sdm, seed, vtd } from '../../source.ts';
import { hypervised, posting as wherePosted, steps } from './holds-in.ts';

/** Putting a vector into a descriptor: by a CPU, and by a device. */
export const posting = {
  'descriptor-layout': {
    must: 'PIR is bits 255:0, ON bit 256, SN bit 257, NV bits 279:272, NDST bits 319:288: the APIC ID with x2APIC, the APIC ID in bits 15:8 with xAPIC.',
    source: [sdm('Posted-Interrupt Processing'), vtd('Posted Interrupt Descriptor')],
    seenBy: ['descriptor'],
    profiles: wherePosted,
    aka: 'PI-01',
  },
  'inactive-apicv-refuses-posting': {
    must: 'With APICv off a CPU does not post: the vector goes into IRR, and the target is kicked, or woken if it is blocked.',
    source: [seed('003', 'vmx_deliver_posted_interrupt'), linux('vmx_deliver_interrupt')],
    seenBy: ['descriptor.pir', 'apic.irr', 'effects.sent'],
    profiles: hypervised,
    aka: 'PI-02',
  },
  'kick-makes-the-target-leave-once': {
    must: 'A kick is sent to a target that is in the guest and has not been told to leave it; no second one is sent before it has left.',
    source: [seed('003', 'kvm_vcpu_kick'), linux('kvm_vcpu_exiting_guest_mode')],
    seenBy: ['effects.sent', 'schedule.mode'],
    profiles: hypervised,
    aka: 'PI-02',
  },
  'post-coalesces-in-pir': {
    must: 'A CPU that finds the bit of its vector already set in PIR does nothing more: one delivery follows for both.',
    source: [seed('003', 'pi_test_and_set_pir')],
    seenBy: ['descriptor', 'effects.sent'],
    profiles: wherePosted,
    aka: 'PI-03',
  },
  'post-sets-pir-first': {
    must: 'A CPU sets the bit in PIR before it looks at or sets ON, also when ON turns out to be set.',
    source: [seed('003', 'vmx_deliver_posted_interrupt')],
    seenBy: ['descriptor', 'steps'],
    profiles: wherePosted,
    aka: 'PI-03',
  },
  'post-sets-on': {
    must: 'A CPU that has set a new bit in PIR sets ON.',
    source: [seed('003', 'pi_test_and_set_on')],
    seenBy: ['descriptor.control'],
    profiles: wherePosted,
    aka: 'PI-03',
  },
  'notify-once-per-on': {
    must: 'A CPU that finds ON already set sends no notification and wakes nobody; whoever has set it does.',
    source: [
      seed('003', 'if a previous notification has sent the IPI, nothing to do'),
      sdm('Posted-Interrupt Processing'),
    ],
    seenBy: ['effects.sent', 'schedule.flags'],
    profiles: wherePosted,
    aka: 'PI-03',
  },
  'new-on-notifies-a-running-guest': {
    must: 'A CPU that has set ON sends the notification vector to the physical CPU of a target in the guest, every time, whatever became of earlier ones.',
    source: [
      seed('003', 'kvm_vcpu_trigger_posted_interrupt'),
      code('Xen', 'x86/apicv: fix wrong IPI suppression during posted interrupt delivery'),
    ],
    seenBy: ['effects.sent'],
    profiles: wherePosted,
    aka: 'PI-03',
  },
  'new-on-wakes-a-blocked-target': {
    must: 'A CPU that has set ON wakes a target that is blocked.',
    source: [seed('003', 'kvm_vcpu_kick'), linux('kvm_vcpu_trigger_posted_interrupt')],
    seenBy: ['schedule.flags', 'steps.target'],
    profiles: wherePosted,
    aka: 'PI-03',
  },
  'mode-is-read-after-on-is-set': {
    must: 'A CPU reads the mode of the target after it has set ON.',
    source: [seed('003', 'vmx_deliver_posted_interrupt'), linux('vcpu_enter_guest')],
    seenBy: ['effects.sent', 'delivery', 'steps'],
    profiles: steps,
    aka: 'PI-03',
  },
  'self-post-needs-no-notification': {
    must: 'A virtual CPU that posts to itself, outside the guest, sends nothing: it syncs before it enters.',
    source: [seed('003', 'vcpu != kvm_get_running_vcpu()')],
    seenBy: ['effects.sent', 'descriptor'],
    profiles: hypervised,
    aka: 'PI-03',
  },
  'ipi-is-posted-to-its-target': {
    must: 'A write of ICR exits on the sender, and posts to the virtual CPU that it names and to no other.',
    source: [seed('003', 'kvm_irq_delivery_to_apic_fast')],
    seenBy: ['exit', 'descriptor', 'effects.acceptor'],
    profiles: hypervised,
    aka: 'PI-02',
  },
  'cpu-post-ignores-sn': {
    must: 'A CPU sets ON whatever SN says.',
    source: [seed('003', 'vmx_deliver_posted_interrupt')],
    seenBy: ['descriptor.control'],
    profiles: wherePosted,
    aka: 'PI-13',
  },
  'device-post-is-one-access': {
    must: 'A device post sets the bit in PIR, decides on ON, and sets it, in one atomic read-modify-write.',
    source: [vtd('Interrupt-Posting Hardware Operation')],
    seenBy: ['descriptor'],
    profiles: wherePosted,
    aka: 'PI-13',
  },
  'device-post-sets-on-and-notifies': {
    must: 'If ON is 0, and SN is 0 or the post is urgent, a device post sets ON and sends one notification; else it sends none and ON stays.',
    source: [vtd('Interrupt-Posting Hardware Operation')],
    seenBy: ['descriptor.control', 'effects.sent'],
    profiles: wherePosted,
    aka: 'PI-13',
  },
  'suppressed-device-post-leaves-on': {
    must: 'With SN 1 a device post that is not urgent sets the bit in PIR and leaves ON 0.',
    source: [vtd('Interrupt-Posting Hardware Operation')],
    seenBy: ['descriptor', 'effects.sent'],
    profiles: wherePosted,
    aka: 'PI-13',
  },
  'device-notifies-ndst-with-nv': {
    must: 'The notification of a device post is the vector in NV, sent to the physical CPU in NDST.',
    source: [vtd('Interrupt-Posting Hardware Operation')],
    seenBy: ['effects.sent'],
    profiles: wherePosted,
    aka: 'PI-13',
  },
  'device-post-asks-no-software': {
    must: 'A device post happens also with APICv off and with a disabled local APIC, and does not change TMR.',
    source: [vtd('Interrupt-Posting Hardware Operation'), linux('vmx_sync_pir_to_irr')],
    seenBy: ['descriptor.pir', 'apic.tmr'],
    profiles: hypervised,
    aka: 'PI-13',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
