import { observation } from '../../../spec/nested-vmx/observation.ts';
import type { ObservationData } from '../../../spec/observation.ts';

/** Sections that can be shown after every event: what the event itself did, and the local APIC while L1 runs. */
export const shownSections = ['entry', 'delivery', 'exit', 'readout'] as const;

type ShownSection = (typeof shownSections)[number];
type Words = Readonly<Record<string, number>>;

/** What is not 0. */
export type Shown = { readonly [Section in ShownSection]?: Words | undefined };

const zero = Object.fromEntries(
  shownSections.map((section) => [
    section,
    Object.fromEntries(Object.keys(observation[section].fields).map((field) => [field, 0])),
  ]),
) as Readonly<Record<ShownSection, Words>>;

const nothing = Object.fromEntries(shownSections.map((section) => [section, [zero[section]]]));

/** An observation with zeros where nothing is to be seen. */
export const observationData = (shown: Shown): ObservationData => ({
  ...nothing,
  ...Object.fromEntries(
    Object.entries(shown).map(([section, words]) => [section, [{ ...zero[section as ShownSection], ...words }]]),
  ),
});
