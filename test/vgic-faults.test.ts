import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Model } from '../spec/contract.ts';
import { vgicFaults } from '../faults/vgic/index.ts';
import { vgicUnderCheck } from '../properties/vgic/index.ts';
import { everything, ModelImplementation, scopeOf, SequenceArbitrary } from '../src/engine/index.ts';
import { Lockstep } from '../src/engine/lockstep.ts';

const { spec } = vgicUnderCheck;

/**
 * Faults are found by comparison with the model, as random search finds them; what the shrunk counterexample is laid to
 * stands in CONFORMANCE.md, from real runs.
 */
describe.each(vgicFaults.map((fault) => [fault.id, fault] as const))('%s', (id, fault) => {
  it('names clauses that exist', () => {
    for (const name of fault.breaks) expect(spec.clauses[name]?.keyword, name).toMatch(/must|may/);
  });

  it('is caught within 10,000 sequences, by a clause that it breaks', () => {
    const supports = Object.fromEntries(Object.entries(fault.config ?? {}).map(([key, value]) => [key, [value!]]));
    const profile = fault.profile ?? Object.keys(spec.profiles)[0];
    const scope = scopeOf(vgicUnderCheck, profile, { ...everything(vgicUnderCheck), supports });
    const wrong = new ModelImplementation(spec, fault.model!(() => {}) as Model);
    const lockstep = new Lockstep(scope);
    const suspected = new Set<string>();
    let caught = 0;
    // One sequence may be broken by a consequence first: the clause has to be a suspect of one of the first few.
    const property = fc.property(new SequenceArbitrary(scope), (sequence) => {
      if (lockstep.agrees(sequence, wrong)) return true;
      caught++;
      const { clause, suspects = [clause] } = lockstep.finding!;
      for (const suspect of suspects) suspected.add(suspect.slice(spec.name.length + 1));
      return caught < 12 && !fault.breaks.some((name) => suspected.has(name));
    });
    fc.check(property, { seed: 2015, numRuns: 10_000, endOnFailure: true });
    expect(caught, `${id} is caught`).toBeGreaterThan(0);
    expect([...suspected].filter((name) => fault.breaks.includes(name))).not.toEqual([]);
  });
});
