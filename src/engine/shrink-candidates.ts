import { maxArguments } from '../../spec/packing.ts';
import type { Scope } from './scope.ts';
import type { Sequence } from './sequence.ts';

/** Where a candidate stands in the order of all candidates of a sequence: where to go on after it succeeded. */
export interface ShrinkPoint {
  readonly phase: number;
  readonly at: number;
}

/** A smaller sequence to try. */
export interface Candidate {
  readonly sequence: Sequence;
  readonly point: ShrinkPoint;
}

type Phase = (scope: Scope, sequence: Sequence) => Iterable<readonly [at: number, make: () => Sequence]>;

/** Up to this length every pair of events is tried, above it only neighbours and partners. */
const everyPairUpTo = 24;

/** Values of a domain at the most, as the stride of positions in the lowering phases. */
const valueStride = 1 << 8;

function without({ config, codes }: Sequence, first: number, count: number): Sequence {
  const rest = new Uint16Array(codes.length - count);
  rest.set(codes.subarray(0, first));
  rest.set(codes.subarray(first + count), first);
  return { config, codes: rest };
}

const withoutPair = (sequence: Sequence, i: number, j: number): Sequence => without(without(sequence, j, 1), i, 1);

function replacing({ config, codes }: Sequence, at: number, code: number): Sequence {
  const changed = codes.slice();
  changed[at] = code;
  return { config, codes: changed };
}

/** Ranges of 2^n events, the longest and the last first; the longest range is the whole sequence. */
const ranges: Phase = function* (_, sequence) {
  const length = sequence.codes.length;
  if (length === 0) return;
  for (let log = 32 - Math.clz32(length - 1); log > 0; log--) {
    const size = 1 << log;
    for (let k = 0; k * size < length; k++) {
      const end = length - k * size;
      const first = Math.max(0, end - size);
      yield [((32 - log) << 16) | k, () => without(sequence, first, end - first)];
    }
  }
};

const singles: Phase = function* (_, sequence) {
  const last = sequence.codes.length - 1;
  for (let k = 0; k <= last; k++) yield [k, () => without(sequence, last - k, 1)];
};

/** Places of the events that a system declares to belong together, each with the nearest partner after it. */
function* partners({ system, packing }: Scope, { codes }: Sequence): Iterable<readonly [number, number]> {
  for (const [one, other] of system.pairs) {
    const a = packing.kinds.indexOf(one);
    const b = packing.kinds.indexOf(other);
    for (let i = 0; i < codes.length; i++) {
      const kind = packing.kind[codes[i]];
      if (kind !== a && kind !== b) continue;
      const partner = kind === a ? b : a;
      for (let j = i + 1; j < codes.length; j++) {
        if (packing.kind[codes[j]] !== partner) continue;
        yield [i, j];
        break;
      }
    }
  }
}

const pairs: Phase = function* (scope, sequence) {
  const length = sequence.codes.length;
  let at = 0;
  for (let i = length - 2; i >= 0; i--) yield [at++, () => without(sequence, i, 2)];
  for (const [i, j] of partners(scope, sequence)) yield [at++, () => withoutPair(sequence, i, j)];
  if (length > everyPairUpTo) return;
  for (let j = length - 1; j > 0; j--) {
    for (let i = j - 2; i >= 0; i--) yield [at++, () => withoutPair(sequence, i, j)];
  }
};

/** A pair gives way to one of its ends, in the place of the other. */
const merges: Phase = function* (scope, sequence) {
  const { codes } = sequence;
  let at = 0;
  for (const [i, j] of partners(scope, sequence)) {
    yield [at++, () => without(replacing(sequence, i, codes[j]), j, 1)];
    yield [at++, () => without(replacing(sequence, j, codes[i]), i, 1)];
  }
};

/** One value of a domain becomes a smaller one in all events at once: virtual CPU 1 becomes 0 throughout. */
const renames: Phase = function* (scope, sequence) {
  const { alphabet } = scope.system.spec;
  const { packing } = scope;
  const domains = new Map<string, Set<string | number | boolean>>();
  for (const code of sequence.codes) {
    for (const { name, values } of Object.values(alphabet[packing.kinds[packing.kind[code]]].args)) {
      const known = domains.get(name) ?? new Set();
      for (const value of values) known.add(value);
      domains.set(name, known);
    }
  }
  let at = 0;
  for (const [name, values] of domains) {
    for (const from of values) {
      for (const to of values) {
        if (from === to) continue;
        const here = at++;
        const renamed = rename(scope, sequence, name, from, to);
        if (renamed !== undefined) yield [here, () => renamed];
      }
    }
  }
};

function rename(
  scope: Scope,
  { config, codes }: Sequence,
  domain: string,
  from: unknown,
  to: unknown,
): Sequence | undefined {
  const { packing } = scope;
  const { alphabet } = scope.system.spec;
  let changed: Uint16Array | undefined;
  codes.forEach((code, i) => {
    const event = packing.events[code];
    for (const [arg, { name, values }] of Object.entries(alphabet[event.kind].args)) {
      if (name !== domain || event[arg] !== from) continue;
      const target = values.findIndex((value) => value === to);
      if (target < 0 || target >= values.indexOf(event[arg])) continue;
      changed ??= codes.slice();
      changed[i] = packing.code({ ...packing.events[changed[i]], [arg]: values[target] });
    }
  });
  return changed && { config, codes: changed };
}

const lowerings: Phase = function* (scope, sequence) {
  const { packing } = scope;
  const { alphabet } = scope.system.spec;
  for (let i = 0; i < sequence.codes.length; i++) {
    const code = sequence.codes[i];
    const domains = Object.values(alphabet[packing.kinds[packing.kind[code]]].args);
    // Codes are digits of a mixed radix, the last argument fastest.
    let stride = 1;
    for (let a = domains.length - 1; a >= 0; a--) {
      const radix = domains[a].values.length;
      const digit = Math.floor((code - packing.first[packing.kind[code]]) / stride) % radix;
      for (let lower = 0; lower < digit; lower++) {
        const lowered = code - (digit - lower) * stride;
        const at = (i * maxArguments + (domains.length - 1 - a)) * valueStride + lower;
        yield [at, () => replacing(sequence, i, lowered)];
      }
      stride *= radix;
    }
  }
};

const configurations: Phase = function* (scope, { config, codes }) {
  const { parameters } = scope.space;
  for (let p = 0; p < parameters.length; p++) {
    const { name, values } = parameters[p];
    const place = values.indexOf(config[name]);
    for (let lower = 0; lower < place; lower++) {
      const changed = { ...config, [name]: values[lower] };
      if (scope.space.has(changed)) {
        yield [p * valueStride + lower, () => ({ config: scope.space.intern(changed), codes })];
      }
    }
  }
};

const phases: readonly Phase[] = [ranges, singles, pairs, merges, renames, lowerings, configurations];

/**
 * Everything smaller that is tried for a failing sequence, each candidate once, starting at `from` and wrapping around:
 * after a success the search goes on where it stood, and a sequence of which every candidate passes is minimal.
 */
export function* shrinkCandidates(scope: Scope, sequence: Sequence, from: ShrinkPoint): Iterable<Candidate> {
  for (let turn = 0; turn <= phases.length; turn++) {
    const phase = (from.phase + turn) % phases.length;
    for (const [at, make] of phases[phase]!(scope, sequence)) {
      if (turn === 0 && at < from.at) continue;
      if (turn === phases.length && at >= from.at) break;
      yield { sequence: make(), point: { phase, at } };
    }
  }
}
