import { defineClauses } from '../clause.ts';
import { activity } from './clauses/activity.ts';
import { boundary } from './clauses/boundary.ts';
import { entry } from './clauses/entry.ts';
import { excluded } from './clauses/excluded.ts';
import { externalInterrupts } from './clauses/external-interrupts.ts';
import { laws } from './clauses/laws.ts';
import { localApic } from './clauses/local-apic.ts';
import { nmi } from './clauses/nmi.ts';
import { transparency } from './clauses/transparency.ts';
import { vectoring } from './clauses/vectoring.ts';
import { virtualInterrupts } from './clauses/virtual-interrupts.ts';

/** What must hold in the `nested-vmx` system: the processor that L1 sees, then what L0 must not let show, then the laws. */
export const clauses = defineClauses('nested-vmx', {
  ...localApic,
  ...externalInterrupts,
  ...entry,
  ...nmi,
  ...boundary,
  ...activity,
  ...vectoring,
  ...virtualInterrupts,
  ...transparency,
  ...laws,
  ...excluded,
});
