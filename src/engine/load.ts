import type { Equivalence, Law, Property } from './property.ts';
import type { Scope } from './scope.ts';

/** What a sequence is judged by beyond refinement. */
export interface Load {
  readonly laws: readonly Law[];
  readonly equivalences: readonly Equivalence[];
  /** Seeds of the choices that an equivalence makes: one variant of the sequence for each. */
  readonly variants: readonly number[];
}

/** Refinement alone. */
export const refinementOnly: Load = { laws: [], equivalences: [], variants: [] };

/** Variants that a stored sequence is tried with; search uses one of them at a time, so that replay finds it again. */
export const variantCount = 8;

/** The properties that can be judged in a scope: those of the profile whose sections the implementation shows. */
export function judgeable({ system, profile, shows }: Scope): readonly Property[] {
  return system.properties.filter(
    ({ profiles, needs }) => (profiles?.includes(profile) ?? true) && needs.every((section) => shows.has(section)),
  );
}

/** The load of the given properties, with every variant. */
export function fullLoad(properties: readonly Property[]): Load {
  return {
    laws: properties.filter((property) => property.kind === 'law'),
    equivalences: properties.filter((property) => property.kind === 'equivalence'),
    variants: Array.from({ length: variantCount }, (_, i) => i),
  };
}
