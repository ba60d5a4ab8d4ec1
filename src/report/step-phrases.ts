import type { AnyConfiguration, AnyEvent } from '../../spec/alphabet.ts';
import type { SystemSpec } from '../../spec/system.ts';
import type { CounterexampleStep, Difference } from '../engine/counterexample.ts';
import { hex, readField, wordsOf } from './words.ts';

/** What a table says of one step, phrase by phrase. */
export interface StepPhrases {
  /** What the model allows in the words that the implementation has otherwise. */
  readonly allowed: readonly string[];
  /** The same words as the implementation shows them, in the same order. */
  readonly observed: readonly string[];
  /** What else the step changes. */
  readonly changes: readonly string[];
}

/** Reads the next step. */
export type PhraseReader = (step: CounterexampleStep) => StepPhrases;

/** One instance of a section in one step. */
interface Instance {
  readonly section: string;
  readonly label: string;
  /** Words after the step, as far as they are known. */
  readonly now: Record<string, number>;
  /** Words before the step, of the fields that it changes. */
  readonly before: Map<string, number>;
  readonly differs: Map<string, Difference>;
}

/** One phrase about one instance, before equal ones are put together. */
interface Said {
  readonly section: string;
  readonly label: string;
  readonly allowed: string;
  /** Absent: the implementation does the same. */
  readonly observed?: string;
}

/**
 * Reads the steps of one sequence, in order: what a step says depends on the words that earlier ones left. Words start
 * at zero, and are right from their first change on.
 */
export function phraseReader(spec: SystemSpec, config: AnyConfiguration): PhraseReader {
  const words = wordsOf(spec.name);
  const known = new Map<string, Record<string, number>>();
  const wordsAt = (section: string, index: number): Record<string, number> => {
    const key = `${section}#${index}`;
    const there = known.get(key) ?? zeros(spec, section);
    known.set(key, there);
    return there;
  };

  return (step) => {
    const said = instancesOf(spec, step, wordsAt).flatMap((instance) =>
      words.whole?.[instance.section]
        ? [sayWhole(words.whole[instance.section]!, instance, config)]
        : sayFields(spec, instance, step.event, config),
    );
    const reply = words.reply;
    if (reply && step.skipped === undefined && !said.some(({ section }) => section === reply.section)) {
      const allowed = reply.read(step.event, wordsAt(reply.section, 0)[reply.field]!);
      if (allowed !== undefined) said.unshift({ section: reply.section, label: '', allowed });
    }
    const together = putTogether(said);
    const differing = together.filter(({ observed }) => observed !== undefined);
    const same = together.filter(({ observed }) => observed === undefined);
    return {
      allowed: named(spec, config, differing, ({ allowed }) => allowed),
      observed: named(spec, config, differing, ({ observed }) => observed!),
      changes: named(spec, config, same, ({ allowed }) => allowed),
    };
  };
}

const zeros = (spec: SystemSpec, section: string): Record<string, number> =>
  Object.fromEntries(Object.keys(spec.observation[section]?.fields ?? {}).map((name) => [name, 0]));

/** What a step changes and where the implementation differs, by instance, in the order of the observation. */
function instancesOf(
  spec: SystemSpec,
  step: CounterexampleStep,
  wordsAt: (section: string, index: number) => Record<string, number>,
): Instance[] {
  const instances = new Map<string, Instance>();
  const at = ({ section, index, label }: { section: string; index: number; label: string }): Instance => {
    const key = `${section}#${index}`;
    const now = wordsAt(section, index);
    const instance = instances.get(key) ?? { section, label, now, before: new Map(), differs: new Map() };
    instances.set(key, instance);
    return instance;
  };
  for (const change of step.allowed) {
    const { now, before } = at(change);
    before.set(change.field, change.from >>> 0);
    now[change.field] = change.to >>> 0;
  }
  for (const difference of step.differs) at(difference).differs.set(difference.field, difference);
  const { momentary = [], vanishing = [] } = wordsOf(spec.name);
  for (const section of momentary) at({ section, index: 0, label: '' });
  const isThere = (words: readonly number[]): boolean => words.some((value) => value !== 0);
  const stays = ({ now, before }: Instance): boolean =>
    isThere(Object.values(now)) && isThere(Object.entries(now).map(([name, value]) => before.get(name) ?? value));
  const happened = (instance: Instance): boolean => {
    const { section, now, differs } = instance;
    if (differs.size > 0) return true;
    if (vanishing.includes(section)) return stays(instance);
    return !momentary.includes(section) || isThere(Object.values(now));
  };
  const order = Object.keys(spec.observation);
  return [...instances.values()]
    .filter(happened)
    .toSorted((a, b) => order.indexOf(a.section) - order.indexOf(b.section));
}

/** All words of an instance as one phrase. */
function sayWhole(
  whole: (register: Readonly<Record<string, number>>, config: AnyConfiguration) => string,
  { section, label, now, differs }: Instance,
  config: AnyConfiguration,
): Said {
  if (differs.size === 0) return { section, label, allowed: whole(now, config) };
  const ways = Math.max(...[...differs.values()].map(({ allowed }) => allowed.length));
  const allowed = Array.from({ length: ways }, (_, way) => {
    const register = { ...now };
    for (const [name, one] of differs) register[name] = masked(one.allowed[way] ?? one.allowed.at(-1)!, one);
    return register;
  });
  const observed = { ...now };
  for (const [name, one] of differs) observed[name] = masked(one.observed, one);
  const says = { allowed: either(allowed.map((one) => whole(one, config))), observed: whole(observed, config) };
  if (says.allowed !== says.observed) return { section, label, ...says };
  // The bits that tell them apart are not part of the phrase: the words themselves are shown.
  return { section, label, allowed: either(allowed.map(raw)), observed: raw(observed) };
}

/** The fields of an instance that change or differ, one phrase each. */
function sayFields(spec: SystemSpec, instance: Instance, event: AnyEvent, config: AnyConfiguration): Said[] {
  const { section, label, now, before, differs } = instance;
  const words = wordsOf(spec.name);
  return Object.keys(now).flatMap((field): Said[] => {
    const isReply = words.reply?.section === section && words.reply.field === field;
    const replied = (value: number): string | undefined => (isReply ? words.reply!.read(event, value) : undefined);
    const read = (value: number, against: readonly number[]): string =>
      replied(value) ?? readField(spec, { section, field }, value, against, config);
    const difference = differs.get(field);
    if (difference) {
      const allowed = difference.allowed.map((value) => masked(value, difference));
      const observed = masked(difference.observed, difference);
      const says = either(allowed.map((value) => read(value, [observed])));
      return [{ section, label, allowed: says, observed: read(observed, allowed) }];
    }
    if (!before.has(field) || words.derived?.includes(`${section}.${field}`)) return [];
    // The reply to an earlier event is gone: this event did not do that.
    if (isReply && replied(now[field]!) === undefined) return [];
    return [{ section, label, allowed: read(now[field]!, [before.get(field)!]) }];
  });
}

const masked = (value: number, { defined }: Difference): number => (value & defined) >>> 0;

const either = (texts: readonly string[]): string => [...new Set(texts)].join(' or ');

const raw = (register: Readonly<Record<string, number>>): string => Object.values(register).map(hex).join(' ');

/** Phrases of several instances of a section. */
interface Together extends Said {
  readonly labels: readonly string[];
}

/** Instances of a section of which the same is said. */
function putTogether(said: readonly Said[]): Together[] {
  const groups = new Map<string, Together>();
  for (const one of said) {
    const key = JSON.stringify([one.section, one.allowed, one.observed]);
    groups.set(key, { ...one, labels: [...(groups.get(key)?.labels ?? []), one.label] });
  }
  return [...groups.values()];
}

/** The phrases with the names of their instances in front. */
function named(
  spec: SystemSpec,
  config: AnyConfiguration,
  said: readonly Together[],
  textOf: (one: Together) => string,
): string[] {
  const { instances, namedOnce = [] } = wordsOf(spec.name);
  let last = '';
  return said.map((one) => {
    const name = instances ? instances(one.section, one.labels, config) : one.labels.join(',');
    const again = namedOnce.includes(one.section) && name === last;
    last = namedOnce.includes(one.section) ? name : '';
    return name === '' || again ? textOf(one) : `${name} ${textOf(one)}`;
  });
}
