import type { Cite } from '../../spec/contract.ts';
import type { clauses } from '../../spec/vmcs12/clauses.ts';
import type { Parts } from './parts.ts';

/** Name of a clause of `spec/vmcs12`. */
export type Vmcs12Clause = keyof typeof clauses;

/**
 * A stateless group of rules. Each rule that a clause states is a method of its own and is called through the instance,
 * so that a subclass can change exactly one. A part reaches the others through {@link Part.parts}. A clause that does
 * not hold in the profile is passed over by `cite`.
 */
export abstract class Part {
  protected readonly cite: Cite<Vmcs12Clause>;
  protected readonly parts: Parts;

  constructor(cite: Cite<Vmcs12Clause>, parts: Parts) {
    this.cite = cite;
    this.parts = parts;
  }
}
