import { describe, expect, it } from 'vitest';
import type { SystemSpec } from '../spec/system.ts';
import { loadSpecs } from '../src/cli/registry/systems.ts';

const specs = (await loadSpecs()).filter(({ statements }) => statements !== undefined);

describe.each(specs)('statements of the seed of $name', ({ clauses, statements = [] }: SystemSpec) => {
  it('each says which clause it became, or why it is none', () => {
    expect(statements.length).toBeGreaterThan(10);
    for (const { statement, clauses: names, note } of statements) {
      expect(names.length > 0 || note !== undefined, statement).toBe(true);
    }
  });

  it('name clauses that there are', () => {
    const named = statements.flatMap(({ clauses: names }) => names);
    expect(named.filter((name) => !(name in clauses))).toEqual([]);
  });
});
