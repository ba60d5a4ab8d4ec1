import type { SystemSpec } from './system.ts';
import { alphabet } from './vgic/alphabet.ts';
import { clauses } from './vgic/clauses.ts';
import { admits, configuration, type VgicConfiguration } from './vgic/configuration.ts';
import { observation } from './vgic/observation.ts';
import { profiles } from './vgic/profiles.ts';

/** The Arm virtual GIC: list registers, hardware-mapped interrupts, the software that fills and empties them. */
export const vgic = {
  name: 'vgic',
  title: 'Arm virtual GIC with hardware-mapped interrupts',
  seed: '002',
  clauses,
  alphabet,
  configuration,
  admits: (config) => admits(config as VgicConfiguration),
  observation,
  profiles,
} as const satisfies SystemSpec;
