import type { SeedStatement } from '../seed-statement.ts';

/** Where each statement of seed 001 went, the reviewer's included. */
export const seedStatements: readonly SeedStatement[] = [
  {
    statement: 'At an exit from L2 the hypervisor updates the VMCS that L1 keeps, so that it reflects what L2 left.',
    by: 'the patch',
    clauses: [
      'cr0-is-what-l2-left',
      'cr3-is-always-saved',
      'usable-segments-are-saved-whole',
      'state-survives-the-round-trip',
    ],
  },
  {
    statement: 'TSC_OFFSET cannot have changed.',
    by: 'Avi Kivity',
    clauses: ['tsc-offset-keeps-what-l1-wrote'],
  },
  {
    statement:
      'Only fields of the guest-state and exit-information areas are copied; control fields cannot have changed.',
    by: "Nadav Har'El",
    clauses: [
      'exit-writes-guest-state-and-exit-information-only',
      'controls-keep-what-l1-wrote',
      'exit-clears-entry-valid-bit',
      'ia32e-mode-guest-follows-lma',
      'vm-function-writes-eptp',
    ],
    note: 'D-18: the manual has three exceptions, the valid bit of the injected event, "IA-32e mode guest", and EPTP, which VM function 0 writes. The manual is normative.',
  },
  {
    statement: 'IA32_DEBUGCTL cannot change without MSR bitmaps.',
    by: 'Avi Kivity',
    clauses: [
      'debugctl-is-saved-with-debug-controls',
      'debug-exception-clears-lbr-and-btf',
      'msr-access-exits-by-bitmap',
    ],
    note: 'D-09: true of WRMSR by L2; a debug exception in L2 clears LBR and BTF without any WRMSR.',
  },
  {
    statement: 'IA32_DEBUGCTL is copied at every exit; looking at the MSR bitmap first is left for later.',
    by: "Nadav Har'El",
    clauses: [
      'debugctl-is-saved-with-debug-controls',
      'unsaved-debugctl-keeps-what-l1-wrote',
      'cost-of-reading-a-field',
    ],
    note: 'D-09: the field is saved with "save debug controls" only.',
  },
  {
    statement: 'Can the VMCS link pointer change? It is a guest-state field, but for future expansion.',
    by: "Avi Kivity, Nadav Har'El",
    clauses: ['link-pointer-never-changes'],
    note: "D-12: nothing changes it; copying the hardware's would show L0's own.",
  },
  {
    statement: 'PAT is to be copied by the exit control "save IA32_PAT", not by the entry control "load IA32_PAT".',
    by: "Avi Kivity, agreed by Nadav Har'El",
    clauses: [
      'pat-is-saved-by-the-exit-control',
      'unsaved-pat-keeps-what-l1-wrote',
      'msrs-are-loaded-by-their-entry-controls',
    ],
  },
  {
    statement: 'The entry interruption information is cleared by the processor: it needs no reading.',
    by: 'Avi Kivity',
    clauses: ['exit-clears-entry-valid-bit', 'exit-keeps-the-rest-of-entry-information'],
  },
  {
    statement: 'The valid bit is cleared on exit so that the same event is not injected twice; the other bits stay.',
    by: "Nadav Har'El",
    clauses: [
      'exit-clears-entry-valid-bit',
      'exit-keeps-the-rest-of-entry-information',
      'injected-event-is-delivered-once',
      'late-failure-writes-reason-and-qualification-alone',
    ],
    note: 'Not at a failed entry, where the event stays valid.',
  },
  {
    statement:
      'Should the VM-instruction error go to the guest? It has nothing to do with exits: VMX instructions write it.',
    by: "Avi Kivity, Nadav Har'El",
    clauses: ['exit-leaves-instruction-error', 'early-failure-changes-the-error-alone'],
  },
  {
    statement: 'If the host handles the exit, exit-information fields of the guest must not be clobbered.',
    by: 'Avi Kivity',
    clauses: ['physical-exit-leaves-no-trace', 'exit-information-is-of-this-exit', 'vmcs-is-still-while-l2-runs'],
  },
  {
    statement: 'It cannot happen, since a VMREAD needs an exit first.',
    by: 'Avi Kivity',
    clauses: ['vmread-in-between', 'exit-information-is-of-this-exit'],
    note: 'A VMREAD needs an exit to L1, and what that exit does not write would still be of the earlier one.',
  },
  {
    statement: 'The fields are copied only at an exit from L2 to L1, never when L0 handles it.',
    by: "Nadav Har'El",
    clauses: ['vmcs-is-still-while-l2-runs', 'physical-exit-leaves-no-trace'],
  },
  {
    statement: 'A field that every exit writes can be copied as it is.',
    by: "Nadav Har'El",
    clauses: ['exit-reason-is-whole', 'qualification-is-zero-without-one', 'exit-information-is-of-this-exit'],
    note: 'Of the hardware exit; where L0 makes the exit up (an interrupt that it saw first), it has to write them itself.',
  },
  {
    statement:
      'Some fields are written by some exits only; stale values there are legal, because the valid bit is off and the other bits are undefined.',
    by: "Nadav Har'El",
    clauses: [
      'stale-bits-are-legal-where-undefined',
      'interruption-valid-bit-is-always-right',
      'idt-vectoring-valid-bit-is-always-right',
    ],
  },
  {
    statement: 'Bits of CR0 that L1 does not trap can be changed by L2 and must be saved.',
    by: 'the patch',
    clauses: ['cr0-is-what-l2-left', 'unmasked-bits-take-effect'],
  },
  {
    statement: 'The same holds of CR4.',
    by: "Avi Kivity, agreed by Nadav Har'El",
    clauses: ['cr4-is-what-l2-left', 'unmasked-bits-take-effect'],
  },
  {
    statement: 'Not TS alone: every bit that L0 traps and L1 does not is taken from the read shadow.',
    by: "Avi Kivity, Nadav Har'El",
    clauses: ['cr0-is-what-l2-left', 'cr4-is-what-l2-left'],
  },
  {
    statement: "Bits under L1's mask are fine as the hardware has them.",
    by: "Nadav Har'El",
    clauses: ['cr0-bits-of-l1-mask-come-back', 'cr4-bits-of-l1-mask-come-back'],
    note: "D-08: not if L0 keeps a bit of its own there. With TS under L1's mask and 0 in the field, lazy FPU switching of L0 would save TS = 1; the old value of the field is what bare metal gives.",
  },
  {
    statement: 'CR0 and CR4 should share a helper.',
    by: "Avi Kivity, doubted by Nadav Har'El",
    clauses: ['shape-of-the-helper'],
  },
];
