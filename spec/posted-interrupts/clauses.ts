import { defineClauses } from '../clause.ts';
import { excluded } from './clauses/excluded.ts';
import { injection } from './clauses/injection.ts';
import { laws } from './clauses/laws.ts';
import { localApic } from './clauses/local-apic.ts';
import { nested } from './clauses/nested.ts';
import { notification } from './clauses/notification.ts';
import { posting } from './clauses/posting.ts';
import { scheduling } from './clauses/scheduling.ts';
import { switching } from './clauses/switching.ts';
import { sync } from './clauses/sync.ts';
import { virtualInterrupts } from './clauses/virtual-interrupts.ts';

/** What must hold in the `posted-interrupts` system: the local APIC first, then who posts and who takes, then the laws. */
export const clauses = defineClauses('posted-interrupts', {
  ...localApic,
  ...injection,
  ...virtualInterrupts,
  ...posting,
  ...sync,
  ...notification,
  ...scheduling,
  ...nested,
  ...switching,
  ...laws,
  ...excluded,
});
