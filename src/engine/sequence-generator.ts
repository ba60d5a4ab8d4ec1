import { Random } from './random.ts';
import type { Scope } from './scope.ts';
import type { Sequence } from './sequence.ts';
import type { Guide } from './system-under-check.ts';

/** Of ten sequences, how many use all event kinds, and how likely the others keep each kind. */
const swarm = { whole: 4, keep: [0.5, 0.75, 0.75] } as const;

/**
 * Makes random sequences of a scope: a configuration, a random subset of the event kinds (a swarm), then events whose
 * weights follow the guide. The same two seeds give the same sequence.
 */
export class SequenceGenerator {
  private readonly scope: Scope;
  private readonly guide: Guide;
  private readonly random = new Random();
  private readonly base: Float64Array;
  private readonly weights: Float64Array;
  private readonly active: Uint16Array;
  private readonly cumulative: Float64Array;
  private readonly scratch: Uint16Array;

  constructor(scope: Scope) {
    const { system, packing, kinds } = scope;
    this.scope = scope;
    this.guide = system.guide(packing);
    this.base = new Float64Array(packing.kinds.length);
    this.weights = new Float64Array(packing.kinds.length);
    this.active = new Uint16Array(kinds.length);
    this.cumulative = new Float64Array(kinds.length);
    this.scratch = new Uint16Array(system.length);
  }

  generate(seed1: number, seed2: number): Sequence {
    const { scope, guide, random, base, weights, active, cumulative, scratch } = this;
    const { system, packing, space, profile } = scope;
    random.seed(seed1, seed2);
    const { below } = random;
    const config = space.draw(() => system.configure(profile, below), below);
    const count = this.drawKinds();
    const length = this.drawLength();
    guide.reset(config);
    for (let i = 0; i < length; i++) {
      weights.set(base);
      guide.weigh(weights);
      let total = 0;
      for (let a = 0; a < count; a++) cumulative[a] = total += weights[active[a]!]!;
      let a = 0;
      if (total > 0) {
        const at = random.unit() * total;
        while (a < count - 1 && cumulative[a]! <= at) a++;
      } else {
        a = below(count);
      }
      const kind = active[a]!;
      const code = guide.choose(kind, below);
      if (packing.kind[code] !== kind) {
        throw new RangeError(`${system.spec.name}: the guide chose code ${code} for ${packing.kinds[kind]}`);
      }
      scratch[i] = code;
      guide.follow(code);
    }
    return { config, codes: scratch.slice(0, length) };
  }

  /** Chooses the event kinds of a sequence; gives how many there are. */
  private drawKinds(): number {
    const { random, base, active, scope } = this;
    const { alphabet } = scope.system.spec;
    const keep = random.below(10) < swarm.whole ? 1 : swarm.keep[random.below(swarm.keep.length)]!;
    let count = 0;
    base.fill(0);
    for (const kind of scope.kinds) {
      if (keep < 1 && random.unit() >= keep) continue;
      active[count++] = kind;
      base[kind] = alphabet[scope.packing.kinds[kind]!]!.weight;
    }
    if (count > 0) return count;
    const kind = scope.kinds[random.below(scope.kinds.length)]!;
    active[0] = kind;
    base[kind] = 1;
    return 1;
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
