import type { Draft } from '../../draft.ts';
import { fault, patchOf2010 } from '../define.ts';
import { CopiesDebugctl, CopiesLinkPointer, KeepsWriteProtection, RebuildsByTheReply } from './rules-of-2010.ts';

/** Seed 001: the function as the reply of September 2010 announces it. */
export const draft2010Revised: Draft = {
  ...fault({
    id: 'draft-2010-prepare-vmcs12-revised',
    breaks: [
      'link-pointer-never-changes',
      'unsaved-debugctl-keeps-what-l1-wrote',
      'cr0-bits-of-l1-mask-come-back',
      'cr4-bits-of-l1-mask-come-back',
    ],
    wrong:
      "The patch of 2010 as revised: bits under L1's mask come from hardware, DEBUGCTL and link pointer are copied.",
    seen: [patchOf2010],
    parts: {
      savedNonRegister: CopiesLinkPointer,
      savedMsrs: CopiesDebugctl,
      controlRegisters: KeepsWriteProtection,
      savedRegisters: RebuildsByTheReply,
    },
  }),
  seed: '001',
  title: 'Exiting from L2 to L1, as revised in the reply',
  year: 2010,
  doc:
    'The reply takes over nearly everything: no control field is copied, the valid bit is cleared by hand, PAT goes by ' +
    'its exit control, the VM-instruction error is left alone, and CR0 and CR4 are put together from bits that L2 owns ' +
    "and bits under L1's mask, as hardware has them, and all others from the read shadow. DEBUGCTL and the link pointer " +
    'are still copied at every exit.',
  objections: [
    {
      by: "Nadav Har'El",
      says: 'Copy the link pointer, or leave it? He keeps the copy, and asks.',
      at: '"What would you prefer?"',
      clauses: ['link-pointer-never-changes'],
      fault: 'link-pointer-is-copied',
    },
    {
      by: "Nadav Har'El",
      says: 'Whether DEBUGCTL is worth a look into the MSR bitmap is left for later.',
      at: '"I added a TODO before this"',
      clauses: ['cost-of-reading-a-field'],
      fault: undefined,
    },
    {
      by: 'this suite',
      says: 'DEBUGCTL is saved with "save debug controls" only.',
      at: '"I added a TODO before this"',
      clauses: ['unsaved-debugctl-keeps-what-l1-wrote'],
      fault: 'debugctl-is-copied-always',
    },
    {
      by: 'this suite',
      says:
        "Bits of CR0 under L1's mask are not fine as hardware has them, if L0 keeps a bit of its own there: TS for lazy " +
        'switching of the FPU, WP for shadow page tables. L2 cannot have changed them; the old value of the field is right.',
      at: '"so L1 didn\'t expect them to be updated in guest_cr0 anyway"',
      clauses: ['cr0-bits-of-l1-mask-come-back'],
      fault: 'cr0-bits-of-l1-mask-are-those-of-hardware',
    },
    {
      by: 'this suite',
      says: 'The same of CR4, which is to be done like CR0: PGE, for one.',
      at: '"So I\'ll do it for cr4 as well."',
      clauses: ['cr4-bits-of-l1-mask-come-back'],
      fault: 'cr4-bits-of-l1-mask-are-those-of-hardware',
    },
  ],
};
