import { describe, expect, it } from 'vitest';
import type { Fault } from '../faults/fault.ts';
import { postedInterruptsFaults } from '../faults/posted-interrupts/index.ts';
import { notExpressible } from '../faults/posted-interrupts/not-expressible.ts';
import { postedInterruptsUnderCheck } from '../properties/posted-interrupts/index.ts';
import { preconditionClause, runCampaign, underTest } from '../src/engine/index.ts';

const { spec } = postedInterruptsUnderCheck;

/** Faults that let an event happen whose precondition does not hold: no clause decides such a step, the page does. */
const wronglyPlayed: readonly string[] = [
  'blocking-holds-off-what-it-does-not',
  'interrupts-are-on-around-entry',
  'processing-is-interrupted',
];

/** Checks a fault as the command line does: its profile, and the parameters with which it shows best. */
async function check(fault: Fault) {
  const profile = fault.profile ?? Object.keys(spec.profiles)[0];
  const supports = Object.fromEntries(Object.entries(fault.config ?? {}).map(([name, value]) => [name, [value!]]));
  const shows = Object.keys(spec.observation);
  const iut = underTest(
    fault.id,
    fault.model!(() => {}),
    { shows, profiles: [profile], supports },
  );
  const found = await runCampaign({
    system: postedInterruptsUnderCheck,
    iut,
    profile,
    seed: 1,
    runs: 10_000,
    lawShare: 0,
    equivalenceShare: 0,
  });
  return { verdict: found.verdict, reason: found.reason, blamed: found.counterexamples[0]?.clause };
}

describe('the faults of posted-interrupts', () => {
  it('have names of their own', () => {
    const ids = postedInterruptsFaults.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toBe(true);
  });

  it.each(postedInterruptsFaults.map((fault) => [fault.id, fault] as const))(
    '%s breaks clauses that hold in its profile',
    (_, fault) => {
      const profile = fault.profile ?? Object.keys(spec.profiles)[0];
      for (const name of fault.breaks) {
        const clause = spec.clauses[name];
        expect(clause, name).toBeDefined();
        expect(clause.keyword, name).not.toBe('undefined');
      }
      const [main] = fault.breaks;
      expect(spec.clauses[main].profiles ?? [profile]).toContain(profile);
    },
  );

  it('stand for every real bug of their area, or the reason why not is written down', () => {
    const bugs = ['05', '07', 13, 17, 21, 22, 25, 30, 32, 34, 35, 37, 41, 46, 47, 48, 50, 55].map((n) => `C${n}`);
    const seen = new Set(postedInterruptsFaults.flatMap((fault) => fault.seen.map(({ bug }) => bug)));
    const excused = new Set(notExpressible.map(({ bug }) => bug));
    expect(bugs.filter((bug) => !seen.has(bug) && !excused.has(bug))).toEqual([]);
    expect([...excused].filter((bug) => seen.has(bug))).toEqual([]);
    const ids = new Set(postedInterruptsFaults.map(({ id }) => id));
    for (const { nearest } of notExpressible) if (nearest !== undefined) expect(ids).toContain(nearest);
  });

  it.each(postedInterruptsFaults.map((fault) => [fault.id, fault] as const))('%s is caught', async (id, fault) => {
    const { verdict, reason, blamed } = await check(fault);
    expect([verdict, reason]).toEqual(['violates', '']);
    const expected = wronglyPlayed.includes(id)
      ? [preconditionClause(spec.name)]
      : fault.breaks.map((name) => spec.clauses[name].id);
    expect(expected).toContain(blamed);
  });
});
