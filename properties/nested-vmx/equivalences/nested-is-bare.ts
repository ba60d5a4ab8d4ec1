import { observation } from '../../../spec/nested-vmx/observation.ts';
import { equivalence } from '../equivalence.ts';
import { isOfL0, WholeTrace } from './trace.ts';

/** Every section of the observation. */
export const everySection = Object.keys(observation) as (keyof typeof observation)[];

const between = [
  { kind: 'interrupt', vector: 0x31 },
  { kind: 'l1Inject', event: 'breakpoint' },
  { kind: 'hostTrap', on: 'delivery' },
  { kind: 'l1Enter' },
  { kind: 'hostLook' },
  { kind: 'interrupt', vector: 0x40 },
  { kind: 'hostMigrate' },
  { kind: 'l2Nop' },
  { kind: 'hostWindow' },
  { kind: 'l1Sti' },
  { kind: 'hostExit' },
  { kind: 'l1Nop' },
  { kind: 'l1Nop' },
] as const;

/** NVMX-INJ-01. */
export const nestedIsBare = equivalence({
  id: 'nested-is-bare-metal',
  claim: 'With L0 and its events taken away, every other event shows the same.',
  judges: ['nested-is-bare', 'l0-is-invisible'],
  needs: everySection,
  profiles: ['nested'],
  scenario: {
    name: 'L0 between every two steps of an injection and two interrupts',
    config: { l0Apicv: true },
    events: between,
  },
  variant: ({ config, events }) => ({
    config: { ...config, profile: 'bare', l0Apicv: false },
    events: events.filter((event) => !isOfL0(event)),
  }),
  project: WholeTrace,
});

/** With virtual-interrupt delivery for L1 or without. */
export const l0ApicvIsInvisible = equivalence({
  id: 'l0-apicv-is-invisible',
  claim: "Whether L0 runs L1 with a virtual-APIC page and posts L1's interrupts is seen nowhere.",
  judges: ['apic-virtualization-of-l0-is-invisible'],
  needs: everySection,
  profiles: ['nested'],
  scenario: {
    name: 'L2 ends the service of what it got directly, and L1 takes what waited behind',
    config: { preset: 'direct' },
    events: [
      { kind: 'l1Enter' },
      { kind: 'interrupt', vector: 0x31 },
      { kind: 'l2Nop' },
      { kind: 'interrupt', vector: 0x3e },
      { kind: 'l2Eoi' },
      { kind: 'l2Vmcall' },
      { kind: 'l1Sti' },
      { kind: 'l1Nop' },
      { kind: 'l1Nop' },
    ],
  },
  variant: ({ config, events }) => ({ config: { ...config, l0Apicv: !config.l0Apicv }, events }),
  project: WholeTrace,
});
