import type { ClauseDeclaration } from '../../clause.ts';
import { code, linux, sdm } from '../../source.ts';
import { hypervised, reinjecting } from './holds-in.ts';

const fields = sdm('VM-Entry Controls for Event Injection');
const controls = sdm('Checks on VM-Entry Control Fields');
const guestState = sdm('Checks on Guest Non-Register State');
const details = sdm('Details of Vectored-Event Injection');

/** Injection by VM entry: what it does, and which fields are refused. */
export const entries = {
  'injection-comes-first': {
    must: 'An injected event is delivered at the end of the entry, before anything is recognized, whatever IF says of an exception.',
    source: [sdm('VM-Entry Event Injection'), code('ACRN', 'd8d617626'), code('ACRN', 'fea541bdd')],
    seenBy: ['delivery', 'pending'],
    aka: 'IDT-10',
  },
  'injection-is-not-intercepted': {
    must: 'An injected event never exits by itself, whatever the exception bitmap says.',
    source: [details],
    seenBy: ['exit.reason', 'delivery'],
    profiles: hypervised,
    aka: 'IDT-13, M-41',
  },
  'injected-fields-decide-the-frame': {
    must: 'An injected event pushes the error code of the entry; types 0, 2, 3 push RIP, types 4, 5, 6 RIP plus the VM-entry instruction length.',
    source: [details, fields],
    seenBy: ['delivery.returnRip', 'delivery.error', 'delivery.event'],
    aka: 'IDT-14',
  },
  'injection-type-is-not-the-vector': {
    must: 'What an event is follows from its type alone: type 3 with vector 3 is no INT3, type 6 with vector 6 is no fault, type 4 with vector 14 is no page fault.',
    source: [details, linux('kvm_exception_is_soft')],
    seenBy: ['delivery', 'guest.cr2'],
    aka: 'IDT-11, D-28',
  },
  'injection-writes-no-payload': {
    must: 'Injection changes neither CR2 nor DR6 nor DR7, whatever the vector: the hypervisor writes them.',
    source: [details],
    seenBy: ['guest.cr2', 'guest.dr6', 'guest.flags'],
    aka: 'IDT-16',
  },
  'injection-pushes-saved-rf': {
    must: 'Injection pushes RF as RFLAGS has it.',
    source: [details],
    seenBy: ['delivery.flags'],
    profiles: hypervised,
    aka: 'IDT-17',
  },
  'injection-of-nmi-blocks-nmis': {
    must: 'An injected NMI blocks NMIs, as one that was taken.',
    source: [details],
    seenBy: ['guest.flags', 'delivery.flags'],
    aka: 'IDT-12',
  },
  'injection-of-length-0': {
    may: 'Types 4, 5 and 6 may be injected with length 0, and then return to RIP; or the entry fails.',
    knob: 'zeroLengthInjection',
    source: [controls, sdm('Miscellaneous Data')],
    seenBy: ['entry.failure', 'delivery.returnRip'],
    aka: 'IDT-28',
  },
  'error-code-must-fit-the-vector': {
    may: 'An entry with an error code that the vector does not have, or without one that it has, fails early; or is made.',
    knob: 'noHwErrCodeCheck',
    source: [controls, sdm('Basic VMX Information')],
    seenBy: ['entry.failure'],
    aka: 'IDT-28',
    profiles: hypervised,
  },
  'entry-refuses-type-and-vector': {
    must: 'Type 1, type 7 with a vector, an NMI with a vector other than 2, a hardware exception above 31 fail the entry with error 7.',
    source: [controls],
    seenBy: ['entry.failure'],
    profiles: hypervised,
    aka: 'IDT-28',
  },
  'entry-refuses-reserved-bits': {
    must: 'Bit 12 of the interruption information, or bits 31:16 of the error code with bit 11, fail the entry with error 7.',
    source: [controls, code('kvm-unit-tests', 'vmx_tests.c')],
    seenBy: ['entry.failure'],
    profiles: hypervised,
    aka: 'IDT-28, D-19, M-31',
  },
  'entry-refuses-error-code-of-other-types': {
    must: 'An error code with a type other than 3 fails the entry with error 7.',
    source: [controls],
    seenBy: ['entry.failure'],
    profiles: hypervised,
    aka: 'IDT-28',
  },
  'entry-refuses-length-above-15': {
    must: 'A length above 15 of types 4, 5 and 6 fails the entry with error 7.',
    source: [controls],
    seenBy: ['entry.failure'],
    profiles: hypervised,
    aka: 'IDT-28',
  },
  'entry-refuses-external-where-it-is-blocked': {
    must: 'An external interrupt with IF 0, or with blocking by STI or MOV SS, fails the entry with reason 33.',
    source: [guestState],
    seenBy: ['entry.failure'],
    profiles: hypervised,
    aka: 'IDT-28',
  },
  'entry-refuses-nmi-where-it-is-blocked': {
    must: 'An NMI with blocking by MOV SS, or with virtual NMIs and bit 3 of the interruptibility state set, fails the entry with reason 33.',
    source: [guestState, code('bhyve', '160471d264f7'), code('Xen', 'f7708796db')],
    seenBy: ['entry.failure'],
    profiles: hypervised,
    aka: 'IDT-12, IDT-28, M-32',
  },
  'entry-refuses-most-events-in-hlt': {
    must: 'With activity state HLT types other than 0 and 2, and exceptions other than 1 and 18, fail the entry with reason 33.',
    source: [guestState],
    seenBy: ['entry.failure'],
    profiles: hypervised,
    aka: 'IDT-28',
  },
  'entry-refuses-shadow-without-single-step': {
    must: 'TF 1 with blocking by STI or MOV SS, or with activity state HLT, and without a pending single-step exception fails the entry with reason 33.',
    source: [guestState, linux('b9bed78e2fa9: set vmcs.PENDING_DBG.BS')],
    seenBy: ['entry.failure'],
    profiles: hypervised,
  },
  'entry-refuses-sti-with-if-0': {
    must: 'Blocking by STI with IF 0 fails the entry with reason 33.',
    source: [guestState, code('HAXM', '6958731')],
    seenBy: ['entry.failure'],
    profiles: hypervised,
  },
  'failed-entry-keeps-the-event': {
    must: 'An entry that fails delivers nothing, changes nothing in the guest and leaves the interruption information valid.',
    source: [sdm('VM-Entry Failures During or After Loading Guest State'), controls],
    seenBy: ['entry.kept', 'delivery', 'guest'],
    profiles: hypervised,
    aka: 'M-08',
  },
  'software-sets-single-step-in-a-shadow': {
    must: 'A hypervisor that enters with TF 1, and with blocking by STI or MOV SS or in activity state HLT, sets BS in the pending debug exceptions.',
    source: [linux('b9bed78e2fa9: set vmcs.PENDING_DBG.BS'), guestState],
    seenBy: ['entry.pendingDebug'],
    profiles: reinjecting,
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
