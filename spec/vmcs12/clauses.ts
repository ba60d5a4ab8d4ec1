import { defineClauses } from '../clause.ts';
import { entry } from './clauses/entry.ts';
import { excluded } from './clauses/excluded.ts';
import { exitInformation } from './clauses/exit-information.ts';
import { gates } from './clauses/gates.ts';
import { guestState } from './clauses/guest-state.ts';
import { hostState } from './clauses/host-state.ts';
import { interception } from './clauses/interception.ts';
import { returnPoint } from './clauses/return-point.ts';
import { writeSet } from './clauses/write-set.ts';

/** What must hold in the `vmcs12` system: which fields change at all, then to what, then what leads to an exit. */
export const clauses = defineClauses('vmcs12', {
  ...writeSet,
  ...guestState,
  ...gates,
  ...returnPoint,
  ...exitInformation,
  ...hostState,
  ...entry,
  ...interception,
  ...excluded,
});
