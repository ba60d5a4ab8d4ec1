import type { Cite } from '../../spec/contract.ts';
import type { VgicClause } from '../../spec/vgic/clauses.ts';
import type { Parts } from './parts.ts';

/**
 * A stateless group of rules. Each rule that a clause states is a method of its own and is called through the instance,
 * so that a subclass can change exactly one. A part reaches the others through {@link Part.parts}.
 */
export abstract class Part {
  protected readonly cite: Cite<VgicClause>;
  protected readonly parts: Parts;

  constructor(cite: Cite<VgicClause>, parts: Parts) {
    this.cite = cite;
    this.parts = parts;
  }
}
