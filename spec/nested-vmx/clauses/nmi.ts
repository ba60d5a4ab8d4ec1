import type { ClauseDeclaration } from '../../clause.ts';
import { code, linux, sdm } from '../../source.ts';

/** NMIs of both levels. */
export const nmi = {
  'nmi-exits': {
    must: 'With "NMI exiting" an NMI makes L2 exit with reason 0 and interruption information 0x80000202, and is consumed.',
    source: [sdm('Other Causes of VM Exits'), code('Xen', 'nested VMX: exit information of an NMI')],
    seenBy: ['exit.reason', 'exit.information', 'pending.flags'],
    aka: 'NVMX-INJ-19',
  },
  'nmi-exit-blocks-nmis-in-l1': {
    must: 'After an exit caused directly by an NMI, NMIs are blocked in L1 until it executes IRET; one more is held until then.',
    source: [sdm('Updating Non-Register State')],
    seenBy: ['levels.flags', 'delivery'],
    aka: 'NVMX-INJ-19',
  },
  'nmi-exit-saves-blocking-as-before': {
    must: 'An exit caused directly by an NMI saves bit 3 of the interruptibility state as it was before the NMI.',
    source: [sdm('Architectural State Before a VM Exit'), code('Bochs', 'NMI blocking before the exit')],
    seenBy: ['exit.interruptibility'],
  },
  'other-exits-keep-nmi-blocking': {
    must: 'An exit not caused directly by an NMI leaves the blocking of NMIs as it is: NMIs that L2 had blocked are blocked in L1.',
    source: [sdm('Updating Non-Register State')],
    seenBy: ['levels.flags', 'delivery'],
  },
  'entry-decides-nmi-blocking': {
    must: 'After an entry without "virtual NMIs" NMIs are blocked if and only if bit 3 of the field is 1, whatever L1 had; with "virtual NMIs" they are not blocked, and bit 3 is virtual-NMI blocking.',
    source: [sdm('Interruptibility State')],
    seenBy: ['levels.flags', 'exit', 'delivery'],
  },
  'nmi-goes-through-the-idt-of-l2': {
    must: 'Without "NMI exiting" an NMI is delivered to L2 by vector 2, and NMIs are blocked until the IRET of L2.',
    source: [sdm('Other Causes of VM Exits'), sdm('Handling Multiple NMIs')],
    seenBy: ['delivery', 'levels.flags'],
    aka: 'NVMX-INJ-19',
  },
  'blocked-nmi-waits': {
    must: 'While NMIs are blocked one NMI is held, further ones merge with it; it is taken at the first boundary after the blocking has ended.',
    source: [sdm('Handling Multiple NMIs')],
    seenBy: ['pending.flags', 'delivery', 'exit'],
  },
  'virtual-nmi-blocking-holds-no-nmi': {
    must: 'With "virtual NMIs" virtual-NMI blocking does not hold off an NMI exit, in HLT neither.',
    source: [sdm('Interruptibility State'), linux('vmx_nmi_blocked')],
    seenBy: ['exit'],
  },
  'iret-and-nmi-blocking': {
    must: 'IRET of L2 ends the blocking of NMIs without "NMI exiting", virtual-NMI blocking with "virtual NMIs", and neither with "NMI exiting" alone.',
    source: [sdm('Changes to Instruction Behavior in VMX Non-Root Operation'), sdm('Interruptibility State')],
    seenBy: ['levels.flags', 'exit.interruptibility'],
    aka: 'D-10',
  },
  'injected-nmi-blocks': {
    must: 'Delivery of an injected NMI sets virtual-NMI blocking with "virtual NMIs", else the blocking of NMIs.',
    source: [sdm('Details of Vectored-Event Injection')],
    seenBy: ['levels.flags', 'exit.interruptibility'],
  },
  'mov-ss-blocks-nmi-delivery': {
    must: 'Blocking by MOV SS holds off the delivery of an NMI to either level, and the NMI window.',
    source: [sdm('Guest Non-Register State'), sdm('Masking Exceptions and Interrupts When Switching Stacks')],
    seenBy: ['delivery', 'exit'],
  },
  'sti-may-block-nmi-delivery': {
    may: 'Blocking by STI holds off the delivery of an NMI to either level, and the NMI window, or does not.',
    knob: 'stiBlocksNmi',
    source: [sdm('Guest Non-Register State'), sdm('Other Causes of VM Exits')],
    seenBy: ['delivery', 'exit'],
    aka: 'D-06',
  },
  'blocking-may-hold-off-the-nmi-exit': {
    may: 'Blocking by STI and by MOV SS holds off an NMI exit, or does not.',
    knob: 'blocksNmiExit',
    source: [sdm('Changes to Event Blocking')],
    seenBy: ['exit'],
    aka: 'D-06',
  },
  'nmi-interrupts-l1': {
    must: 'While L1 runs an NMI is delivered to it whatever IF is, wakes it from HLT, and blocks further ones until its IRET.',
    source: [sdm('Nonmaskable Interrupt (NMI)'), sdm('Handling Multiple NMIs')],
    seenBy: ['delivery', 'levels'],
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
