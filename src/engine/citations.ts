import type { SystemSpec } from '../../spec/system.ts';

/** The clauses that decided the current step, and how often each decided a step so far. */
export class Citations {
  /** Names of the clauses of the current step, in the order of citing; valid up to `length`. */
  readonly names: string[] = [];
  length = 0;
  /** Given to the model. */
  readonly cite = (name: string): void => {
    this.names[this.length++] = name;
  };
  private readonly counts: Float64Array;
  private readonly place: Map<string, number>;
  private readonly system: string;

  constructor(spec: SystemSpec) {
    this.system = spec.name;
    this.place = new Map(Object.keys(spec.clauses).map((name, i) => [name, i]));
    this.counts = new Float64Array(this.place.size);
  }

  /** Counts the clauses of the current step and begins the next one. */
  next(): void {
    const { names, length, counts, place } = this;
    for (let i = 0; i < length; i++) {
      const at = place.get(names[i]!);
      if (at === undefined) throw new RangeError(`the model cites '${names[i]}', which is no clause of ${this.system}`);
      counts[at] = counts[at]! + 1;
    }
    this.length = 0;
  }

  /** Forgets the clauses of the current step. */
  drop(): void {
    this.length = 0;
  }

  /** The clauses of the current step, each once. */
  current(): readonly string[] {
    return [...new Set(this.names.slice(0, this.length))];
  }

  /** How often a clause decided a step. */
  count(name: string): number {
    return this.counts[this.place.get(name)!]!;
  }
}
