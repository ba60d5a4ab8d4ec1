import type { SystemSpec } from './system.ts';
import { alphabet } from './idt-vectoring/alphabet.ts';
import { clauses } from './idt-vectoring/clauses.ts';
import { admits, configuration, type IdtVectoringConfiguration } from './idt-vectoring/configuration.ts';
import { observation } from './idt-vectoring/observation.ts';
import { profiles } from './idt-vectoring/profiles.ts';
import { seedStatements } from './idt-vectoring/seed-statements.ts';

/** Deliveries that a VM exit cuts short on Intel VMX, and what a hypervisor does with the event that it finds. */
export const idtVectoring = {
  name: 'idt-vectoring',
  title: 'IDT-vectoring information: interrupted deliveries and their re-injection',
  seed: '004',
  clauses,
  alphabet,
  configuration,
  admits: (config) => admits(config as IdtVectoringConfiguration),
  observation,
  profiles,
  statements: seedStatements,
} as const satisfies SystemSpec;
