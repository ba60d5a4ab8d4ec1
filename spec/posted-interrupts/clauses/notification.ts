import type { ClauseDeclaration } from '../../clause.ts';
import { linux, sdm, seed } from '../../source.ts';
import { hypervised, steps, whole } from './holds-in.ts';

/** The processor takes what is posted, when the notification vector arrives. */
export const notification = {
  'notification-moves-pir-into-virr': {
    must: 'In the guest the notification vector clears ON and moves every bit of PIR into VIRR, leaving PIR empty.',
    source: [sdm('Posted-Interrupt Processing'), seed('003', 'hardware will sync PIR to vIRR atomically')],
    seenBy: ['descriptor', 'apic.irr'],
    profiles: whole,
    aka: 'PI-10',
  },
  'notification-clears-on-before-pir': {
    must: 'The processor clears ON before it reads PIR.',
    source: [sdm('Posted-Interrupt Processing')],
    seenBy: ['descriptor', 'delivery', 'steps'],
    profiles: steps,
    aka: 'PI-10',
  },
  'merge-takes-each-word-at-once': {
    must: 'No other agent reads or writes a word of PIR between its reading and its clearing by the processor.',
    source: [sdm('Posted-Interrupt Processing')],
    seenBy: ['descriptor.pir', 'apic.irr'],
    profiles: steps,
    aka: 'PI-10',
  },
  'notification-raises-rvi': {
    must: 'RVI becomes the maximum of its old value and the highest bit that was found in PIR.',
    source: [sdm('Posted-Interrupt Processing')],
    seenBy: ['virtualApic.rvi', 'delivery'],
    aka: 'PI-10',
  },
  'rvi-after-posting-ignores-virr': {
    must: 'The new RVI comes from the old RVI and PIR alone; a bit of VIRR above both does not count.',
    source: [sdm('Posted-Interrupt Processing')],
    seenBy: ['virtualApic.rvi', 'delivery'],
    profiles: ['arch'],
    aka: 'PI-10, D-26',
  },
  'notification-evaluates': {
    must: 'Posted-interrupt processing ends with an evaluation of pending virtual interrupts.',
    source: [sdm('Posted-Interrupt Processing')],
    seenBy: ['virtualApic.flags', 'delivery'],
    aka: 'PI-10',
  },
  'notification-does-not-exit': {
    must: 'Posted-interrupt processing causes no VM exit and is not blocked by IF.',
    source: [sdm('Posted-Interrupt Processing')],
    seenBy: ['exit.reason', 'schedule.mode'],
    profiles: whole,
    aka: 'PI-10',
  },
  'processing-is-not-interrupted': {
    must: 'Once begun, posted-interrupt processing runs to its end before the guest takes anything else.',
    source: [sdm('Posted-Interrupt Processing')],
    seenBy: ['steps.target', 'delivery'],
    profiles: steps,
    aka: 'PI-10',
  },
  'notification-keeps-hlt': {
    must: 'A halted guest stays halted after posted-interrupt processing unless an interrupt is delivered.',
    source: [sdm('Posted-Interrupt Processing')],
    seenBy: ['core.flags'],
    profiles: whole,
    aka: 'PI-10',
  },
  'empty-notification-is-harmless': {
    must: 'A notification that finds PIR empty clears ON, leaves RVI and evaluates; the second of two notifications is such a one.',
    source: [sdm('Posted-Interrupt Processing')],
    seenBy: ['virtualApic.rvi', 'apic.irr', 'delivery'],
    aka: 'PI-12',
  },
  'other-vector-exits': {
    must: 'A physical vector other than the notification vector makes the guest exit with reason 1 and is acknowledged: the exit interruption information holds it.',
    source: [sdm('External Interrupts and Posted-Interrupt Processing'), sdm('Posted-Interrupt Processing')],
    seenBy: ['exit'],
    profiles: whole,
    aka: 'PI-10',
  },
  'notification-without-apicv-exits': {
    must: 'With APICv off the notification vector makes the guest exit like any other; the sync before the next entry takes what was posted.',
    source: [linux('vmx_sync_pir_to_irr')],
    seenBy: ['exit', 'descriptor'],
    profiles: hypervised,
    aka: 'PI-09',
  },
  'notification-outside-is-ignored': {
    must: 'A notification that arrives outside the guest changes neither descriptor nor registers.',
    source: [linux('sysvec_kvm_posted_intr_ipi')],
    seenBy: ['descriptor', 'apic'],
    aka: 'PI-12',
  },
  'stale-notification-is-harmless': {
    must: 'A notification that arrives at a physical CPU which its target has left is lost on it; a virtual CPU that runs there now processes its own descriptor.',
    source: [linux('vmx_vcpu_pi_load'), sdm('Posted-Interrupt Processing')],
    seenBy: ['descriptor', 'apic'],
    profiles: hypervised,
    aka: 'PI-19',
  },
  'blocked-arrival': {
    may: 'Whether blocking by STI or MOV SS holds off external interrupts that would exit, and notifications, is up to the processor.',
    knob: 'blocksArrival',
    source: [sdm('Changes to Instruction Behavior in VMX Non-Root Operation'), sdm('Other Causes of VM Exits')],
    seenBy: ['physical.pending', 'exit'],
    profiles: whole,
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
