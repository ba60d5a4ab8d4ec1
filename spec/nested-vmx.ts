import { alphabet } from './nested-vmx/alphabet.ts';
import { clauses } from './nested-vmx/clauses.ts';
import { admits, configuration, type NestedVmxConfiguration } from './nested-vmx/configuration.ts';
import { observation } from './nested-vmx/observation.ts';
import { profiles } from './nested-vmx/profiles.ts';
import { seedStatements } from './nested-vmx/seed-statements.ts';
import type { SystemSpec } from './system.ts';

/** A hypervisor L0 that runs a hypervisor L1 that runs a guest L2, against L1 and L2 on a processor of their own. */
export const nestedVmx = {
  name: 'nested-vmx',
  title: 'Event delivery in nested VMX',
  seed: '000',
  clauses,
  alphabet,
  configuration,
  admits: (config) => admits(config as NestedVmxConfiguration),
  observation,
  profiles,
  statements: seedStatements,
} as const satisfies SystemSpec;
