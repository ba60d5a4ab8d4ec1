import { defineClauses } from '../clause.ts';
import { boundary } from './clauses/boundary.ts';
import { entries } from './clauses/entries.ts';
import { escalation } from './clauses/escalation.ts';
import { excluded } from './clauses/excluded.ts';
import { exits } from './clauses/exits.ts';
import { guestProcessor } from './clauses/guest-processor.ts';
import { laws } from './clauses/laws.ts';
import { policy } from './clauses/policy.ts';

/** What must hold in the `idt-vectoring` system: the guest's processor first, then exits and entries, then the hypervisor. */
export const clauses = defineClauses('idt-vectoring', {
  ...guestProcessor,
  ...boundary,
  ...escalation,
  ...exits,
  ...entries,
  ...policy,
  ...laws,
  ...excluded,
});
