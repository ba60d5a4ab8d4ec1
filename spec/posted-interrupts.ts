import type { SystemSpec } from './system.ts';
import { alphabet } from './posted-interrupts/alphabet.ts';
import { clauses } from './posted-interrupts/clauses.ts';
import { admits, configuration, type PostedInterruptsConfiguration } from './posted-interrupts/configuration.ts';
import { observation } from './posted-interrupts/observation.ts';
import { profiles } from './posted-interrupts/profiles.ts';

/** Local APIC, virtual-interrupt delivery and posted interrupts of Intel VMX, and the software that posts, syncs, schedules. */
export const postedInterrupts = {
  name: 'posted-interrupts',
  title: 'Posted interrupts, virtual-interrupt delivery and the local APIC',
  seed: '003',
  clauses,
  alphabet,
  configuration,
  admits: (config) => admits(config as PostedInterruptsConfiguration),
  observation,
  profiles,
} as const satisfies SystemSpec;
