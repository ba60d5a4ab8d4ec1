import { Random } from './random.ts';
import type { Scope } from './scope.ts';
import type { Sequence } from './sequence.ts';
import type { Guide, GuideByKind } from './system-under-check.ts';

/** Of ten sequences, how many use all event kinds, and how likely the others keep each kind. */
const swarm = { whole: 4, keep: [0.5, 0.75, 0.75] } as const;

/** Equal parts of the total weight for which the kind to begin with is known, so that a draw scans hardly anything. */
const buckets = 64;

/** Draws of a kind that the guide may turn down before it is taken nevertheless. */
const patience = 128;

/**
 * Makes random sequences of a scope: a configuration, a random subset of the event kinds (a swarm), then events whose
 * weights follow the guide. The same two seeds give the same sequence.
 */
export class SequenceGenerator {
  private readonly scope: Scope;
  private readonly guide: Guide;
  private readonly random = new Random();
  /** Weights before the state is looked at: of all kinds, and of the kinds of the current sequence. */
  private readonly declared: Float64Array;
  private readonly base: Float64Array;
  /** Weights in the current state. */
  private readonly weights: Float64Array;
  /** The kinds of the current sequence, the most frequent first, and their largest factors. */
  private readonly active: Uint16Array;
  private readonly most: Float64Array;
  private readonly cumulative: Float64Array;
  private readonly bucket = new Uint16Array(buckets);
  private readonly scratch: Uint16Array;
  private count = 0;

  constructor(scope: Scope) {
    const { system, packing, kinds } = scope;
    this.scope = scope;
    this.guide = system.guide(packing);
    this.declared = Float64Array.from(packing.kinds, (name) => system.spec.alphabet[name].weight);
    this.base = new Float64Array(packing.kinds.length);
    this.weights = new Float64Array(packing.kinds.length);
    this.active = new Uint16Array(kinds.length);
    this.most = new Float64Array(kinds.length);
    this.cumulative = new Float64Array(kinds.length);
    this.scratch = new Uint16Array(system.length);
  }

  generate(seed1: number, seed2: number): Sequence {
    const { scope, guide, random, scratch } = this;
    const { system, packing, space, profile } = scope;
    const { kind: kindOf } = packing;
    random.seed(seed1, seed2);
    const { below } = random;
    const config = space.draw(() => system.configure(profile, below), below);
    const length = this.drawLength();
    guide.reset(config);
    this.drawKinds();
    const { byKind } = guide;
    if (byKind !== undefined) this.bound(byKind);
    for (let i = 0; i < length; i++) {
      const kind = byKind === undefined ? this.drawByWeights() : this.drawByKind(byKind);
      const code = guide.choose(kind, below);
      if (kindOf[code] !== kind) {
        throw new RangeError(`${system.spec.name}: the guide chose code ${code} for ${packing.kinds[kind]}`);
      }
      scratch[i] = code;
      guide.follow(code);
    }
    return { config, codes: scratch.slice(0, length) };
  }

  /** Draws a kind by the weights of all kinds. */
  private drawByWeights(): number {
    const { guide, random, base, weights, active, cumulative, count } = this;
    weights.set(base);
    guide.weigh(weights);
    let total = 0;
    for (let a = 0; a < count; a++) cumulative[a] = total += weights[active[a]];
    if (!(total > 0)) return active[random.below(count)];
    return active[this.pick(0, random.unit() * total)];
  }

  /** Draws a kind by what it weighs at the most, and takes it as often as what it weighs now is of that. */
  private drawByKind(byKind: GuideByKind): number {
    const { random, active, most, cumulative, bucket, count } = this;
    byKind.look();
    const total = cumulative[count - 1];
    let a = random.below(count);
    for (let tries = 0; total > 0 && tries < patience; tries++) {
      const share = random.unit();
      a = this.pick(bucket[Math.floor(share * buckets)], share * total);
      if (random.unit() * most[a] < byKind.factor(active[a])) break;
    }
    return active[a];
  }

  private pick(from: number, at: number): number {
    const { cumulative, count } = this;
    let a = from;
    while (a < count - 1 && cumulative[a] <= at) a++;
    return a;
  }

  /** Sums up what the kinds of the sequence weigh at the most. */
  private bound(byKind: GuideByKind): void {
    const { base, active, most, cumulative, bucket, count } = this;
    let total = 0;
    for (let a = 0; a < count; a++) {
      most[a] = byKind.most(active[a]);
      cumulative[a] = total += base[active[a]] * most[a];
    }
    for (let b = 0, a = 0; b < buckets; b++) {
      while (a < count - 1 && cumulative[a] <= (b / buckets) * total) a++;
      bucket[b] = a;
    }
  }

  /** Chooses the event kinds of a sequence. */
  private drawKinds(): void {
    const { random, declared, base, active, scope } = this;
    const { kinds } = scope;
    const keep = random.below(10) < swarm.whole ? 1 : swarm.keep[random.below(swarm.keep.length)];
    base.fill(0);
    let count = 0;
    for (let k = 0; k < kinds.length; k++) {
      if (keep < 1 && random.unit() >= keep) continue;
      const kind = kinds[k];
      active[count++] = kind;
      base[kind] = declared[kind];
    }
    if (count === 0) {
      const kind = kinds[random.below(kinds.length)];
      active[count++] = kind;
      base[kind] = declared[kind];
    }
    this.count = count;
  }

  /** Short sequences find shallow faults cheaply, long ones go deep: both ends are favoured. */
  private drawLength(): number {
    const { below } = this.random;
    const most = this.scope.system.length;
    switch (below(5)) {
      case 0:
        return 1 + below(Math.max(1, most >> 3));
      case 1:
      case 2:
        return most - below((most >> 2) + 1);
      default:
        return 1 + below(most);
    }
  }
}
