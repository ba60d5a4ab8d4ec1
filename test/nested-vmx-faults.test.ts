import { describe, expect, it } from 'vitest';
import type { Fault } from '../faults/fault.ts';
import { nestedVmxDrafts, nestedVmxFaults } from '../faults/nested-vmx/index.ts';
import { notExpressible } from '../faults/nested-vmx/not-expressible.ts';
import { nestedVmxUnderCheck } from '../properties/nested-vmx/index.ts';
import { benchFor, type WordBench } from '../src/engine/bench.ts';
import type { Finding } from '../src/engine/finding.ts';
import { runCampaign, underTest, type UnderTest } from '../src/engine/index.ts';
import { refinementOnly } from '../src/engine/load.ts';
import { scopeOf } from '../src/engine/scope.ts';
import { SequenceGenerator } from '../src/engine/sequence-generator.ts';

const { spec, properties } = nestedVmxUnderCheck;

const profileOf = ({ profile = 'nested' }: Fault): string => profile;

/** A fault as the command line checks it: in its profile, with the parameters with which it shows best. */
function chosen(fault: Fault): { readonly profile: string; readonly iut: UnderTest } {
  const profile = profileOf(fault);
  const supports = Object.fromEntries(Object.entries(fault.config ?? {}).map(([name, value]) => [name, [value!]]));
  const capabilities = { shows: Object.keys(spec.observation), profiles: [profile], supports };
  return { profile, iut: underTest(fault.id, fault.model!(silent), capabilities) };
}

const silent = (): void => {};
const runs = 10_000;

/** The first deviation in 10,000 sequences; it is not shrunk, and so may be laid to several clauses. */
function firstFinding(fault: Fault): Finding | undefined {
  const { profile, iut } = chosen(fault);
  const scope = scopeOf(nestedVmxUnderCheck, profile, iut.capabilities);
  const bench = benchFor(scope, iut, 5000) as WordBench;
  const generator = new SequenceGenerator(scope);
  for (let n = 0; n < runs; n++) {
    const finding = bench.judgeNow(generator.generate(1, n), refinementOnly, () => true);
    if (finding !== undefined) return finding;
  }
  return undefined;
}

const clausesOf = ({ breaks }: Fault): readonly string[] => breaks.map((name) => spec.clauses[name].id);

/** L2 exits where nothing waits: no clause decides a boundary at which nothing happens, so that none is blamed rightly. */
const outOfNothing: readonly string[] = ['withdrawal-after-the-look-is-not-noticed'];

/** What happened, what is a historic draft, and what one step alone cannot lay to a clause. */
const isShrunk = ({ id, seen }: Fault): boolean =>
  !outOfNothing.includes(id) &&
  (seen.length > 0 || nestedVmxDrafts.some((draft) => draft.id === id) || needsShrinking.includes(id));

/** The first deviation shows far from the clause that is broken. */
const needsShrinking: readonly string[] = [
  'hidden-interrupt-exits',
  'svi-of-l1-survives-the-eoi-of-l2',
  'injected-exception-meets-the-bitmap',
  'event-of-l2-is-injected-into-l1',
  'masked-interrupt-wakes-l2',
  'nmi-does-not-leave-shutdown',
  'sync-drops-what-is-posted',
  'mtf-of-l2-outlives-the-exit',
];

const named = (faults: readonly Fault[]) => faults.map((fault) => [fault.id, fault] as const);

describe('the faults of nested-vmx', () => {
  it('have names of their own', () => {
    const ids = nestedVmxFaults.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toBe(true);
  });

  it.each(named(nestedVmxFaults))('%s breaks clauses that hold in its profile', (_, fault) => {
    for (const name of fault.breaks) {
      const clause = spec.clauses[name];
      expect(clause, name).toBeDefined();
      expect(clause.keyword, name).not.toBe('undefined');
      expect(clause.profiles ?? [profileOf(fault)], name).toContain(profileOf(fault));
    }
  });

  it('stand for every real bug of their area, or the reason why not is written down', () => {
    const numbers = ['02', '04', '05', '06', '08', '09', 10, 12, 13, 14, 15, 19, 23, 25, 26, 28, 30, 34, 35, 38];
    const bugs = [...numbers.map((n) => `A${n}`), 'B01', 'B02', 'B11', 'B21', 'B25', 'B30', 'B37', 'B39'];
    const seen = new Set(nestedVmxFaults.flatMap((fault) => fault.seen.map(({ bug }) => bug)));
    const excused = new Set(notExpressible.map(({ bug }) => bug));
    expect(bugs.filter((bug) => !seen.has(bug) && !excused.has(bug))).toEqual([]);
    expect([...excused].filter((bug) => seen.has(bug))).toEqual([]);
    const ids = new Set(nestedVmxFaults.map(({ id }) => id));
    for (const { nearest } of notExpressible) if (nearest !== undefined) expect(ids).toContain(nearest);
  });

  it.each(named(nestedVmxFaults.filter((fault) => !isShrunk(fault))))('%s is caught', (_, fault) => {
    const finding = firstFinding(fault);
    expect(finding).toBeDefined();
    if (outOfNothing.includes(fault.id)) return;
    const broken = clausesOf(fault);
    const suspects = finding?.suspects ?? [];
    expect(
      suspects.filter((clause) => broken.includes(clause)),
      suspects.join(' '),
    ).not.toEqual([]);
  });

  it.each(named(nestedVmxFaults.filter(isShrunk)))(
    '%s is laid to a clause that it breaks, once the sequence is shrunk',
    async (_, fault) => {
      const { profile, iut } = chosen(fault);
      const result = await runCampaign({
        system: nestedVmxUnderCheck,
        iut,
        profile,
        seed: 1,
        runs,
        lawShare: 0,
        equivalenceShare: 0,
      });
      expect([result.verdict, result.reason]).toEqual(['violates', '']);
      const [{ clause, case: shrunk }] = result.counterexamples;
      expect(clausesOf(fault)).toContain(clause);
      expect(shrunk.events.length).toBeLessThanOrEqual(12);
    },
  );
});

/** A fault that a property finds by itself, where what is right is taken to be what the fault does. */
const foundBy: Readonly<Record<string, string>> = {
  'no-interrupt-from-nowhere': 'unacknowledged-line-is-sent-again',
  'no-interrupt-lost': 'exit-forgets-what-is-pending',
  'in-service-exactly-when-taken': 'every-interrupt-exit-acknowledges',
  'only-an-eoi-ends-service': 'eoi-clears-the-lowest-in-service',
  'taken-above-everything': 'whole-vector-is-compared-with-ppr',
  'ppr-follows-from-tpr-and-isr': 'ppr-is-tpr',
  'no-external-interrupt-in-l2': 'no-interrupt-exits',
  'highest-rank-is-taken': 'init-comes-last',
  'injection-has-one-fate': 'injected-mtf-is-ignored',
  'entry-takes-nothing-else': 'exit-overtakes-the-entry',
  'entry-is-checked': 'interrupt-window-needs-interrupt-exiting',
  'vector-with-acknowledge-only': 'every-interrupt-exit-tells-the-vector',
  'exit-fields-fit-the-reason': 'vectoring-of-l0-leaks',
  'entry-field-loses-its-valid-bit': 'exit-leaves-the-valid-bit',
  'exit-saves-l2-as-it-stood': 'timer-exit-wakes-l2',
  'l1-starts-afresh': 'l1-keeps-the-if-of-l2',
  'pic-acknowledged-with-its-vector': 'pic-asserts-on-after-its-acknowledge',
  'exits-were-asked-for': 'window-of-l0-is-reported',
  'one-nmi-is-held': 'blocked-nmi-is-dropped',
  'one-nmi-is-in-service': 'nmi-exit-blocks-nothing',
  'handlers-begin-alike': 'trap-gate-in-place-of-an-interrupt-gate',
  'delivered-only-if-open': 'interrupt-is-delivered-in-the-shadow-of-sti',
  'instructions-complete': 'sti-does-not-block',
  'iret-brings-what-was-pushed': 'iret-leaves-interrupts-off',
  'notifications-are-processed': 'notification-exits',
  'l0-shows-nothing': 'host-exit-ends-blocking',
  'everything-is-taken': 'svi-of-l1-survives-the-eoi-of-l2',
  'nested-is-bare-metal': 'iret-unblocks-nmis-of-nmi-exiting',
  'host-exits-change-nothing': 'host-exit-ends-blocking',
  'looks-change-nothing': 'what-comes-after-the-look-is-not-seen',
  'windows-of-l0-change-nothing': 'window-of-l0-is-reported',
  'interrupted-deliveries-change-nothing': 'own-nmi-blocking-refuses-the-injection',
  'emulated-instructions-are-instructions': 'emulated-instruction-does-not-move-on',
  'migration-changes-nothing': 'saved-state-lacks-the-timer',
  'l0-apicv-is-invisible': 'svi-of-l1-misses-the-acknowledge',
  'acknowledge-is-sti-behind-the-exit': 'acknowledged-exit-acknowledges-nothing',
  'order-of-arrival-does-not-count': 'acceptance-acknowledges-at-once',
  'a-second-arrival-merges': 'second-edge-cancels-the-first',
};

describe.each(properties.map((property) => [property.id, property] as const))('property %s', (id, property) => {
  it('is broken by a fault, without the help of the model', async () => {
    const fault = nestedVmxFaults.find((one) => one.id === foundBy[id]);
    expect(fault, id).toBeDefined();
    const result = await runCampaign({
      system: { ...nestedVmxUnderCheck, model: fault!.model!, properties: [property] },
      iut: underTest(fault!.id, fault!.model!(silent)),
      profile: profileOf(fault!),
      seed: 1,
      runs: 1000,
      lawShare: 1,
      equivalenceShare: 1,
    });
    const judged = property.judges.map((name) => spec.clauses[name].id);
    expect(judged, result.reason).toContain(result.counterexamples[0]?.clause);
  });
});

describe.each(nestedVmxDrafts.map((draft) => [draft.id, draft] as const))('%s', (_, { objections }) => {
  it.each(objections.map((objection) => [objection.says, objection] as const))('%s', (_says, { clauses, fault }) => {
    for (const name of clauses) expect(spec.clauses[name], name).toBeDefined();
    if (fault === undefined) {
      // A matter of style: nothing that a sequence could show.
      for (const name of clauses) expect(spec.clauses[name].keyword, name).toBe('undefined');
      return;
    }
    const isolating = nestedVmxFaults.find(({ id }) => id === fault);
    expect(isolating, fault).toBeDefined();
    expect(isolating!.breaks.some((name) => clauses.includes(name))).toBe(true);
  });
});
