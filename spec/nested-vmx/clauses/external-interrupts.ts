import type { ClauseDeclaration } from '../../clause.ts';
import { code, linux, ours, sdm, seed } from '../../source.ts';

/** External interrupts while L2 runs, and what L1 sees of them. */
export const externalInterrupts = {
  'exit-without-acknowledge-tells-no-vector': {
    must: 'With "external-interrupt exiting" and without "acknowledge interrupt on exit" a deliverable interrupt makes L2 exit with reason 1, qualification 0, and an interruption information that is not valid.',
    source: [
      seed('000', 'an external-interrupt exit reason but without an interrupt vector'),
      sdm('Information for VM Exits Due to Vectored Events'),
    ],
    seenBy: ['exit.reason', 'exit.information', 'exit.qualification'],
    aka: 'NVMX-INJ-05',
  },
  'exit-without-acknowledge-leaves-it-pending': {
    must: 'An exit without acknowledge changes neither IRR nor ISR, nor the line of the 8259.',
    source: [
      seed('000', 'only at that moment, it gets the interrupt from the processor'),
      sdm('Acknowledge Interrupt on Exit'),
    ],
    seenBy: ['apic.irr', 'apic.isr', 'readout', 'pending.flags', 'effects.acknowledged'],
    aka: 'NVMX-INJ-05, M-01',
  },
  'l1-starts-with-interrupts-off': {
    must: 'After an exit to L1, or an entry that failed after the checks of controls, L1 is active with IF 0 and without blocking by STI and MOV SS.',
    source: [
      seed('000', 'L1 runs, with interrupts disabled'),
      sdm('Loading Host RIP, RSP, and RFLAGS'),
      sdm('Updating Non-Register State'),
    ],
    seenBy: ['levels.flags', 'levels.activity', 'delivery'],
    aka: 'NVMX-INJ-06',
  },
  'l1-takes-it-when-it-opens': {
    must: 'An interrupt that is pending for L1 is delivered through its IDT at the first boundary of L1 with IF 1 and without blocking, one instruction after the STI that sets IF; IRR goes to ISR then.',
    source: [
      seed('000', 'Soon after, it enables interrupts'),
      seed('000', 'inject the interrupt to L1'),
      sdm('Masking Maskable Hardware Interrupts'),
    ],
    seenBy: ['delivery', 'apic.irr', 'apic.isr'],
    aka: 'NVMX-INJ-04, NVMX-INJ-06',
  },
  'vector-is-chosen-when-it-is-taken': {
    must: 'The vector that L1 gets after an exit without acknowledge is the highest that is deliverable at that boundary: a higher one that came later wins, and one that TPR hides by then is not delivered.',
    source: [ours('exit-without-acknowledge-leaves-it-pending'), sdm('Interrupt, Task, and Processor Priority')],
    seenBy: ['delivery', 'apic'],
    aka: 'NVMX-INJ-06',
  },
  'hidden-interrupt-makes-no-exit': {
    must: 'If the highest pending vector is not above PPR of L1 and the 8259 does not assert, L2 does not exit for an interrupt; it does at the first boundary after that has changed.',
    source: [
      seed('000', 'Kevin Tian: highest unmasked bit from pending vIRR'),
      sdm('Task and Processor Priorities'),
      code('Xen', 'nested VMX: interrupts blocked by TPR of L1'),
    ],
    seenBy: ['exit', 'apic.irr'],
    aka: 'NVMX-INJ-03, M-05',
  },
  'l2-if-does-not-block-the-exit': {
    must: 'With "external-interrupt exiting" RFLAGS.IF of L2 does not hold off the exit.',
    source: [sdm('Changes to Event Blocking'), sdm('Other Causes of VM Exits')],
    seenBy: ['exit', 'levels.flags'],
    aka: 'NVMX-INJ-07, M-04',
  },
  'blocking-may-hold-off-the-exit': {
    may: 'Blocking by STI and by MOV SS holds off an external-interrupt exit, and posted-interrupt processing, or does not.',
    knob: 'blocksInterruptExit',
    source: [
      sdm('Changes to Event Blocking'),
      linux('vmx_interrupt_blocked'),
      code('kvm-unit-tests', 'apic.c: blocked-by-STI'),
    ],
    seenBy: ['exit', 'levels.position', 'effects.processed'],
    aka: 'D-06',
  },
  'acknowledged-exit-tells-the-vector': {
    must: 'With "acknowledge interrupt on exit" the exit with reason 1 has a valid interruption information of type 0 with the deliverable vector.',
    source: [
      seed('000', 'the interrupt vector already filled in the exit information'),
      seed('000', 'Kevin Tian: fill the interrupt vector field'),
      sdm('Acknowledge Interrupt on Exit'),
    ],
    seenBy: ['exit.information'],
    aka: 'NVMX-INJ-10, D-01',
  },
  'acknowledged-exit-moves-irr-to-isr': {
    must: 'An acknowledged exit for a vector of the local APIC clears its bit in IRR and sets it in ISR of L1, in the same step; L1 is not interrupted again for it.',
    source: [
      seed('000', 'does not expect to be interrupted again with this interrupt'),
      sdm('Acknowledge Interrupt on Exit'),
    ],
    seenBy: ['apic.irr', 'apic.isr', 'readout', 'delivery'],
    aka: 'NVMX-INJ-10, M-02',
  },
  'acknowledge-belongs-to-l1': {
    must: 'What is acknowledged for an exit or a delivery is in service in the local APIC of L1, and changes nothing in the virtual-APIC page of L2.',
    source: [
      linux('nested_vmx_vmexit: acknowledge after the exit'),
      code('Xen', 'x86/nvmx: only update SVI when using Ack on exit'),
    ],
    seenBy: ['apic.isr', 'virtualApic'],
    aka: 'NVMX-INJ-12, M-03',
  },
  'direct-interrupt-goes-through-the-idt-of-l2': {
    must: 'Without "external-interrupt exiting" a deliverable interrupt is delivered through the IDT of L2, without an exit.',
    source: [seed('000', 'L0 may inject the interrupt directly to the L2 guest'), sdm('Other Causes of VM Exits')],
    seenBy: ['delivery', 'exit'],
    aka: 'NVMX-INJ-13',
  },
  'direct-interrupt-obeys-l2': {
    must: 'Without "external-interrupt exiting" IF 0, blocking by STI and blocking by MOV SS of L2 hold the interrupt off.',
    source: [sdm('Changes to Event Blocking'), sdm('Masking Maskable Hardware Interrupts')],
    seenBy: ['delivery', 'levels.flags'],
    aka: 'NVMX-INJ-13',
  },
  'direct-interrupt-is-acknowledged-once': {
    must: 'Delivery to L2 without exiting takes the normal path: class above PPR of L1, IRR to ISR of L1 once.',
    source: [seed('000', 'using the normal code path that injects to any guest'), linux('vmx_hwapic_irr_update')],
    seenBy: ['apic.irr', 'apic.isr', 'delivery'],
    aka: 'NVMX-INJ-13',
  },
  'eoi-of-l2-reaches-the-apic-of-l1': {
    must: 'With the EOI and TPR registers let through and without "virtual-interrupt delivery" an access of L2 acts on the local APIC of L1, without an exit.',
    source: [sdm('MSR-Bitmap Address'), code('kvm-unit-tests', 'vmx_apic_passthrough_test')],
    seenBy: ['apic.isr', 'apic.tpr', 'exit'],
    aka: 'NVMX-INJ-13',
  },
  'intercepted-apic-access-exits': {
    must: 'Without the EOI and TPR registers let through an access of L2 exits with reason 32, changes neither local APIC nor virtual-APIC page, and is not completed.',
    source: [sdm('Instructions That Cause VM Exits Conditionally')],
    seenBy: ['exit', 'apic', 'virtualApic'],
  },
  'eoi-of-l2-frees-l1': {
    must: 'After an EOI that L2 wrote into the local APIC of L1, PPR of L1 is that of the vectors still in service: L1 takes what was waiting behind.',
    source: [linux('update_vmcs01_hwapic_isr'), sdm('Task and Processor Priorities')],
    seenBy: ['apic.ppr', 'delivery', 'exit'],
    aka: 'NVMX-INJ-26',
  },
  'pending-interrupt-survives-level-changes': {
    must: 'An interrupt that neither level could take stays pending over entries and exits, and is taken by the level that runs when it can be.',
    source: [seed('000', 'We need to remember the interrupt'), ours('acceptance-changes-irr-alone')],
    seenBy: ['apic.irr', 'delivery', 'exit'],
    aka: 'NVMX-INJ-14',
  },
  'interrupt-after-the-first-opening': {
    must: 'STI that sets IF blocks interrupts until the next instruction of that level has completed; STI with IF already 1 does not.',
    source: [sdm('Masking Maskable Hardware Interrupts'), code('kvm-unit-tests', 'vmx_intr_window_test')],
    seenBy: ['levels.flags', 'delivery', 'exit.position'],
  },
  'mov-ss-blocks-one-instruction': {
    must: 'MOV to SS blocks interrupts until the next instruction of that level has completed.',
    source: [sdm('Masking Exceptions and Interrupts When Switching Stacks')],
    seenBy: ['levels.flags', 'delivery', 'exit.position'],
  },
  'delivery-clears-if-and-iret-restores-it': {
    must: 'Delivery through an interrupt gate clears IF and ends blocking; the IRET of the handler brings the IF that was pushed.',
    source: [sdm('Flag Usage By Exception- or Interrupt-Handler Procedure')],
    seenBy: ['levels.flags', 'levels.frames', 'delivery.interrupts'],
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
