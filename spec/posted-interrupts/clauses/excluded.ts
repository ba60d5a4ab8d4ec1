import type { ClauseDeclaration } from '../../clause.ts';
import { code, linux, sdm, seed, vtd } from '../../source.ts';

/** What the manuals leave open, what nobody can see, and what this alphabet does not say. */
export const excluded = {
  'moment-of-arrival': {
    undefined: 'When a notification or a kick that was sent arrives, and in what order with others.',
    excluded: 'Arrival is an event of its own: every moment is allowed, none is required.',
    source: [sdm('Local and I/O APIC'), seed('003', 'send_IPI_mask')],
  },
  'number-of-notifications': {
    undefined: 'How many physical interrupts of one vector arrive for several that were sent.',
    excluded: 'The physical local APIC coalesces them; the guest cannot tell.',
    source: [sdm('Interrupt Acceptance for Fixed Interrupts')],
  },
  'kick-of-a-target-outside': {
    undefined: 'Whether a poster kicks a target that it finds neither in the guest nor blocked, or does nothing.',
    excluded:
      'A kick of a target outside the guest does nothing either, and the target syncs before it enters; the steps take the newer way, which only wakes.',
    source: [seed('003', 'kvm_vcpu_kick'), linux('kvm_vcpu_trigger_posted_interrupt')],
    aka: 'PI-04, D-21',
  },
  'who-transfers-pir': {
    undefined: 'The last sentence of the seed lets hardware transfer PIR while the target is in root mode.',
    excluded:
      'A slip: its own code comment says non-root mode, as the manual does. In root mode software transfers it before the next entry.',
    source: [seed('003', 'last sentence'), sdm('Posted-Interrupt Processing')],
    aka: 'PI-07, D-22',
  },
  'dirty-pages-of-l1': {
    undefined:
      'The pages of L1 that hold the virtual-APIC page and the descriptor of L2 are dirty after every run of L2.',
    excluded: 'No event copies memory; saving here takes the state itself.',
    source: [linux('c9f04407f2e0: mark vmcs12 pages dirty on L2 exit')],
  },
  'hint-of-an-empty-irr': {
    undefined: 'A hint that IRR is empty, kept beside IRR, while hardware of another kind (AVIC) can still set bits.',
    excluded:
      'An optimization that is not state of the machine; that no vector is lost by a switch is apicv-switch-keeps-pending-and-in-service.',
    source: [linux("755c2bf87860: don't touch irr_pending in kvm_apic_update_apicv when inhibiting it")],
  },
  'order-of-list-and-wakeup-vector': {
    undefined: 'Whether a virtual CPU is on the wake-up list before NV becomes the wake-up vector.',
    excluded:
      'The list is that of its own physical CPU, which takes no interrupt before the virtual CPU has left it: exhaustive exploration tells the two orders apart by nothing but the list itself.',
    source: [linux('pi_enable_wakeup_handler')],
    aka: 'PI-15',
  },
  'preemption-inside-block': {
    undefined:
      'A virtual CPU that is preempted between marking itself blocked and giving its CPU up has SN set and the wake-up vector at once.',
    excluded: 'The steps leave it out; it runs on when it is scheduled in, and looks again.',
    source: [linux('vmx_vcpu_pi_put')],
  },
  'ipi-virtualization': {
    undefined: 'A processor with IPI virtualization posts for the guest without an exit.',
    excluded: 'Not in this alphabet.',
    source: [sdm('IPI Virtualization')],
  },
  'error-status-register': {
    undefined: 'What ESR holds after an illegal vector, and whether an LVT error interrupt follows.',
    excluded: 'ESR and LVT are not in this alphabet.',
    source: [sdm('Error Handling')],
  },
  'reserved-descriptor-bits': {
    undefined: 'The bits of the descriptor that neither manual defines.',
    excluded: 'For software to use.',
    source: [sdm('Posted-Interrupt Processing'), vtd('Posted Interrupt Descriptor')],
  },
  'consecutive-mov-ss': {
    undefined: 'Whether a MOV to SS right after another one blocks too.',
    excluded: 'Only the first is sure to block; the second is skipped.',
    source: [sdm('Masking Exceptions and Interrupts When Switching Stacks'), code('Bochs', 'inhibit_interrupts')],
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
