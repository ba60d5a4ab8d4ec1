import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readCase, replay, underTest } from '../src/engine/index.ts';
import { loadOptimized, loadSpecs, loadSystem, systemNames } from '../src/cli/registry/systems.ts';

const folder = fileURLToPath(new URL('../corpus', import.meta.url));
const specs = await loadSpecs();
const files = readdirSync(folder).flatMap((system) =>
  readdirSync(`${folder}/${system}`).map((name) => ({ system, name, file: `${folder}/${system}/${name}` })),
);

/** `virq check` takes the packaged cases on trust, without the schema: this is where they are read against it. */
describe('the corpus', () => {
  it('has cases of every folder that is a system', () => {
    expect(files.length).toBeGreaterThan(0);
    expect(systemNames).toEqual(expect.arrayContaining([...new Set(files.map(({ system }) => system))]));
  });

  it.each(files)('$system/$name is a case whose clause exists, and passes', async ({ system, file }) => {
    const stored = readCase(readFileSync(file, 'utf8'), specs);
    expect(stored.system).toBe(system);
    expect(stored.note).toBeTruthy();
    const check = await loadSystem(system);
    if (stored.clause !== undefined) expect(Object.keys(check.spec.clauses)).toContain(stored.clause.split('/')[1]);
    const reference = check.model(() => undefined);
    for (const iut of [underTest('optimized', await loadOptimized(system)), underTest('reference', reference)]) {
      expect((await replay({ system: check, iut, case: stored })).outcome).toBe('passes');
    }
  });
});
