import type { ClauseDeclaration } from '../../clause.ts';
import { code, linux, ours, sdm, seed } from '../../source.ts';
import { nestedOnly } from './holds-in.ts';

/** What L0 must not let show. */
export const transparency = {
  'l0-is-invisible': {
    must: 'Whatever L0 does between, every event of the others shows what it shows on a processor without L0.',
    source: [
      seed('000', 'How would things look like if the extra L0 hypervisor layer is removed'),
      seed('000', 'the extra interrupt-window exit incurred'),
    ],
    seenBy: ['entry', 'delivery', 'exit', 'effects', 'apic', 'levels', 'vmcs', 'pending', 'virtualApic'],
    profiles: nestedOnly,
    ambient: true,
    aka: 'NVMX-INJ-01',
  },
  'host-exit-is-a-stutter': {
    must: 'An exit that L0 handles changes nothing that L1 and L2 can see: no exit field, no field of the VMCS, no register of the local APIC, no blocking.',
    source: [
      seed('000', 'How would things look like if the extra L0 hypervisor layer is removed'),
      linux('nested_vmx_l0_wants_exit'),
    ],
    seenBy: ['exit', 'vmcs', 'levels', 'apic', 'virtualApic'],
    profiles: nestedOnly,
    aka: 'NVMX-INJ-22',
  },
  'l0-window-is-not-reported': {
    must: "A window exit that L0 armed for itself, for L1 or for its own software, is not reported to L1 and uses up no window of L1's.",
    source: [
      seed('000', 'it turns on the interrupt window when running L1'),
      seed('000', 'the extra interrupt-window exit incurred'),
      linux('nested_vmx_l1_wants_exit'),
    ],
    seenBy: ['exit', 'vmcs.controls'],
    profiles: nestedOnly,
    aka: 'NVMX-INJ-15',
  },
  'host-window-is-no-interrupt': {
    must: "A request of L0's own software for a window makes up no external-interrupt exit: L1 sees reason 1 only for an interrupt that it could acknowledge.",
    source: [linux('dm_request_for_irq_injection'), ours('hidden-interrupt-makes-no-exit')],
    seenBy: ['exit'],
    profiles: nestedOnly,
  },
  'windows-are-armed-per-level': {
    must: 'An interrupt or NMI that waits for an opening is delivered at the first boundary of the level that runs at which it can be, however often the level has changed since L0 armed a window.',
    source: [
      seed('000', 'it turns on the interrupt window when running L1'),
      linux('vmx_enable_irq_window'),
      code('ACRN', 'interrupt window for ExtINT'),
    ],
    seenBy: ['delivery', 'exit'],
    profiles: nestedOnly,
    aka: 'NVMX-INJ-14',
  },
  'race-before-the-entry-is-closed': {
    must: 'What becomes pending after L0 has looked and before L2 is entered takes effect at the first boundary of L2, and as an exit where L1 asked for one.',
    source: [seed('000', 'We need to remember the interrupt'), linux('vmx_interrupt_allowed')],
    seenBy: ['exit', 'delivery', 'apic'],
    profiles: nestedOnly,
    aka: 'NVMX-INJ-23',
  },
  'in-flight-event-is-delivered-first': {
    must: 'A delivery that a violation of L0 has interrupted is finished before anything else is looked at; it counts once, acknowledges nothing again, and the exit that waits has the first instruction of its handler as position.',
    source: [sdm('Information for VM Exits That Occur During Event Delivery'), linux('block_nested_events')],
    seenBy: ['delivery', 'exit', 'apic'],
    profiles: nestedOnly,
    aka: 'NVMX-INJ-09',
  },
  'vectoring-of-l0-does-not-leak': {
    must: 'IDT-vectoring information of an exit that L0 handled is in no later exit to L1.',
    source: [sdm('Information for VM Exits That Occur During Event Delivery'), linux('nested_vmx_reflect_vmexit')],
    seenBy: ['exit.vectoring'],
    profiles: nestedOnly,
    aka: 'M-11',
  },
  'events-of-l2-never-reach-l1': {
    must: 'What L0 holds for L2 in flight or pending goes into the exit to L1 or ends with L2: it is never delivered to L1, nor to L2 at a later entry.',
    source: [linux('nested_vmx_vmexit: clear the queues'), code('Xen', 'nested VMX: retry across a virtual exit')],
    seenBy: ['delivery', 'exit.vectoring'],
    profiles: nestedOnly,
    aka: 'NVMX-INJ-24',
  },
  'emulated-instruction-is-an-instruction': {
    must: 'An instruction that L0 executes in the place of L1 or L2 ends blocking, moves the position and makes an MTF exit pending like one that the processor executes.',
    source: [linux('vmx_skip_emulated_instruction'), linux('nested_vmx_update_pending_dbg')],
    seenBy: ['levels', 'exit', 'delivery'],
    profiles: nestedOnly,
  },
  'apic-virtualization-of-l0-is-invisible': {
    must: "With virtual-interrupt delivery for L1, PPR, IRR and ISR of L1 are what they are without it: nothing that L0 posts is injected into L2, missed, or taken past L1's vectors in service.",
    source: [
      linux('update_vmcs01_hwapic_isr'),
      linux('vmx_hwapic_irr_update'),
      code('Xen', 'nested VMX with APIC virtualization: in-service comparison'),
    ],
    seenBy: ['apic', 'readout', 'delivery', 'exit'],
    profiles: nestedOnly,
    aka: 'NVMX-INJ-26, M-03',
  },
  'migration-and-restore-keep-everything': {
    must: 'Moving the virtual CPU to another processor, or saving and restoring it, loses and repeats nothing: pending interrupts, latches, windows and the entry that has not been made.',
    source: [linux('vmx_get_nested_state'), linux('vmx_set_nested_state'), linux('vmx_vcpu_load_vmcs')],
    seenBy: ['delivery', 'exit', 'apic', 'pending', 'levels'],
    profiles: nestedOnly,
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
