import { describe, expect, it } from 'vitest';
import type { Fault } from '../faults/fault.ts';
import { idtVectoringFaults } from '../faults/idt-vectoring/index.ts';
import { notExpressible } from '../faults/idt-vectoring/not-expressible.ts';
import { idtVectoringUnderCheck } from '../properties/idt-vectoring/index.ts';
import { benchFor, type WordBench } from '../src/engine/bench.ts';
import {
  ModelImplementation,
  packingOf,
  runCampaign,
  underTest,
  type Property,
  type UnderTest,
} from '../src/engine/index.ts';
import { refinementOnly } from '../src/engine/load.ts';
import { scopeOf } from '../src/engine/scope.ts';
import { SequenceGenerator } from '../src/engine/sequence-generator.ts';
import { judgeByLaw, projected } from './idt-vectoring-play.ts';

const { spec, properties } = idtVectoringUnderCheck;

/** A fault as the command line checks it: in its profile, with the parameters with which it shows best. */
function chosen(fault: Fault): { readonly profile: string; readonly iut: UnderTest } {
  const profile = fault.profile ?? Object.keys(spec.profiles)[0];
  const supports = Object.fromEntries(Object.entries(fault.config ?? {}).map(([name, value]) => [name, [value!]]));
  const shows = Object.keys(spec.observation);
  return {
    profile,
    iut: underTest(
      fault.id,
      fault.model!(() => {}),
      { shows, profiles: [profile], supports },
    ),
  };
}

const runs = 10_000;

/** Deviations that are looked at: they are not shrunk, and what decided so many things at once may hide the one clause. */
const patience = 40;

/** Suspects of the first deviations in 10,000 sequences: up to the first that is laid to a clause that the fault breaks. */
function suspected(fault: Fault): readonly (readonly string[])[] {
  const { profile, iut } = chosen(fault);
  const scope = scopeOf(idtVectoringUnderCheck, profile, iut.capabilities);
  const bench = benchFor(scope, iut, 5000) as WordBench;
  const generator = new SequenceGenerator(scope);
  const broken = clausesOf(fault);
  const found: (readonly string[])[] = [];
  for (let n = 0; n < runs && found.length < patience; n++) {
    const finding = bench.judgeNow(generator.generate(1, n), refinementOnly, () => true);
    const suspects = finding?.suspects;
    if (suspects === undefined) continue;
    found.push(suspects);
    if (suspects.some((clause) => broken.includes(clause))) break;
  }
  return found;
}

/** A fault that each property finds by itself, without a model. */
const foundBy: Readonly<Record<string, string>> = {
  'frame-is-the-event-alone': 'fault-returns-past-its-instruction',
  'every-event-has-one-fate': 'interrupt-ignores-if',
  'boundary-takes-the-highest': 'machine-check-comes-last',
  'pending-interrupt-waits-or-is-served': 'irr-holds-the-last-vector',
  'in-service-until-eoi': 'acknowledgement-leaves-irr',
  'every-nmi-is-counted': 'three-nmis-wait',
  'nmis-are-blocked-in-their-handler': 'nmi-does-not-block-nmis',
  'nmi-blocked-until-iret': 'blocked-nmi-is-taken',
  'entries-are-legal': 'interrupt-ignores-if',
  'inflight-comes-first': 'nmi-injected-again-while-blocked',
  'repaired-iret-blocks-nmis-again': 'repaired-iret-leaves-nmis-open',
  'payload-is-written-once': 'page-fault-leaves-cr2',
  'cut-short-is-injected-again': 'external-interrupts-are-dropped',
  'vectoring-names-what-was-cut-short': 'vectoring-invalid-for-injected-events',
  'direct-exit-writes-nothing': 'intercepted-exception-writes-its-payload',
  'lone-exits-change-nothing': 'kick-ends-the-shadow',
  'outside-nothing-happens-to-the-guest': 'interrupt-is-taken-outside',
  'finite-obstacles-finite-entries': 'payload-takes-an-entry-of-its-own',
  'single-step-is-pending-in-a-shadow': 'entry-lacks-bs-in-a-shadow',
  'failed-entry-changes-nothing': 'failed-entry-ends-the-shadow',
  'dropped-leaves-nothing-in-flight': 'dropping-skips-the-instruction',
  'native-is-reinject': 'hardware-exceptions-are-dropped',
  'obstacles-do-not-show': 'interrupted-fault-saves-rf-of-the-guest',
  'interception-does-not-show': 'reflected-exception-has-no-payload',
  'virtual-nmis-do-not-show': 'injected-nmi-leaves-nmis-open',
  'migration-is-invisible': 'migration-ends-the-shadow',
  'who-finds-a-fault-does-not-show': 'fault-found-by-emulation-waits',
  'order-of-arrival-does-not-count': 'irr-holds-the-last-vector',
};

/** Whether a property finds a fault in some sequences. */
function finds(property: Property, fault: Fault): boolean {
  const { profile, iut } = chosen(fault);
  const generator = new SequenceGenerator(scopeOf(idtVectoringUnderCheck, profile, iut.capabilities));
  const { events: codes } = packingOf(spec);
  const implementation = new ModelImplementation(
    spec,
    fault.model!(() => {}),
  );
  for (let n = 0; n < 400; n++) {
    const sequence = generator.generate(1, n);
    const events = Array.from(sequence.codes, (code) => codes[code]);
    if (property.kind === 'law') {
      if (judgeByLaw(property, implementation, sequence.config, events).breach !== undefined) return true;
      continue;
    }
    const other = property.variant(sequence.config, events, (below) => (n * 7919 + 13) % below);
    if (other === undefined) continue;
    const seen = projected(property, implementation, sequence.config, events);
    if (projected(property, implementation, other.config, other.events) !== seen) return true;
  }
  return false;
}

/** Mistakes of the brief's list that a fault stands for: its sentence names them. */
const mistakes = (fault: Fault): readonly string[] => fault.wrong.match(/M-\d+/g) ?? [];

const clausesOf = ({ breaks }: Fault): readonly string[] => breaks.map((name) => spec.clauses[name].id);

const numbered = idtVectoringFaults.map((fault) => [fault.id, fault] as const);

describe('the faults of idt-vectoring', () => {
  it('have names of their own', () => {
    const ids = idtVectoringFaults.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
  });

  it.each(numbered)('%s breaks clauses that hold in its profile', (_, fault) => {
    const profile = fault.profile ?? Object.keys(spec.profiles)[0];
    for (const name of fault.breaks) {
      const clause = spec.clauses[name];
      expect(clause, name).toBeDefined();
      expect(clause.keyword, name).not.toBe('undefined');
      expect(clause.profiles ?? [profile], name).toContain(profile);
    }
  });

  it('stand for every common mistake with an interrupted delivery', () => {
    const known = new Set(idtVectoringFaults.flatMap(mistakes));
    const expected = Array.from({ length: 16 }, (_, n) => `M-${28 + n}`);
    expect(expected.filter((mistake) => !known.has(mistake))).toEqual([]);
  });

  it('stand for every real bug of their area, or the reason why not is written down', () => {
    const bugs = '02 03 04 06 07 08 13 14 16 18 24 25 26 28 31 38 39 41 44 46 47 48 49 50 51 52 53 54 56 57 58 60'
      .split(' ')
      .map((n) => `E${n}`);
    const seen = new Set(idtVectoringFaults.flatMap((fault) => fault.seen.map(({ bug }) => bug)));
    const excused = new Set(notExpressible.map(({ bug }) => bug));
    expect(bugs.filter((bug) => !seen.has(bug) && !excused.has(bug))).toEqual([]);
    expect([...excused].filter((bug) => seen.has(bug))).toEqual([]);
    const ids = new Set(idtVectoringFaults.map(({ id }) => id));
    for (const { nearest } of notExpressible) if (nearest !== undefined) expect(ids).toContain(nearest);
  });

  it('leave no clause unbroken that a step can decide', () => {
    const broken = new Set(idtVectoringFaults.flatMap(({ breaks }) => breaks));
    const unbroken = Object.values(spec.clauses).filter(({ keyword, name }) => keyword === 'must' && !broken.has(name));
    expect(unbroken.map(({ name }) => name)).toEqual([]);
  });

  it.each(numbered)('%s is caught', (_, fault) => {
    const broken = clausesOf(fault);
    const found = suspected(fault);
    expect(found).not.toEqual([]);
    expect(
      found.at(-1)!.filter((clause) => broken.includes(clause)),
      found.at(-1)!.join(' '),
    ).not.toEqual([]);
  });

  it('are found by every property', () => {
    expect(Object.keys(foundBy).toSorted()).toEqual(properties.map(({ id }) => id).toSorted());
  });

  it.each(Object.entries(foundBy))('%s finds %s', (id, name) => {
    const property = properties.find((candidate) => candidate.id === id)!;
    const fault = idtVectoringFaults.find((candidate) => candidate.id === name)!;
    expect(finds(property, fault)).toBe(true);
  });

  // Shrinking is what takes the time: it is done for what has really happened.
  it.each(numbered.filter(([, { seen }]) => seen.length > 0))(
    '%s is laid to a clause that it breaks, once the sequence is shrunk',
    async (_, fault) => {
      const { profile, iut } = chosen(fault);
      const result = await runCampaign({
        system: idtVectoringUnderCheck,
        iut,
        profile,
        seed: 1,
        runs,
        lawShare: 0,
        equivalenceShare: 0,
      });
      expect([result.verdict, result.reason]).toEqual(['violates', '']);
      expect(clausesOf(fault)).toContain(result.counterexamples[0].clause);
    },
  );
});
