import type { SystemSpec } from './system.ts';
import { alphabet } from './vmcs12/alphabet.ts';
import { clauses } from './vmcs12/clauses.ts';
import { configuration } from './vmcs12/configuration.ts';
import { observation } from './vmcs12/observation.ts';
import { profiles } from './vmcs12/profiles.ts';
import { seedStatements } from './vmcs12/seed-statements.ts';

/** The VMCS that L1 keeps for L2, and what an exit from L2 to L1 makes of it. */
export const vmcs12 = {
  name: 'vmcs12',
  title: 'The VMCS that L1 keeps for L2, at exits from L2 to L1',
  seed: '001',
  clauses,
  alphabet,
  configuration,
  admits: () => true,
  observation,
  profiles,
  statements: seedStatements,
} as const satisfies SystemSpec;
