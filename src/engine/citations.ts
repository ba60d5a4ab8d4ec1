import type { SystemSpec } from '../../spec/system.ts';

/** Citations that wait to be counted, about. */
const patience = 1024;

/** The clauses that decided the current step, and how often each decided a step so far. */
export class Citations {
  /** Names in the order of citing, valid up to `length`: of steps that are not counted yet, then of the current step. */
  private readonly names: string[] = [];
  private length = 0;
  /** Where the current step begins. */
  private first = 0;
  /** Given to the model. */
  readonly cite = (name: string): void => {
    this.names[this.length++] = name;
  };
  private readonly system: string;
  private readonly place: ReadonlyMap<string, number>;
  private readonly counts: Float64Array;

  constructor(spec: SystemSpec) {
    this.system = spec.name;
    this.place = new Map(Object.keys(spec.clauses).map((name, i) => [name, i]));
    this.counts = new Float64Array(this.place.size);
  }

  /** Counts the clauses of the current step, and begins the next one. */
  next(): void {
    this.first = this.length;
    // Many at a time: looking up a few between two steps was measured to take far longer, as the tables are far away.
    if (this.length >= patience) this.settle();
  }

  /** Forgets the clauses of the current step. */
  drop(): void {
    this.length = this.first;
  }

  /** The clauses of the current step, each once. */
  current(): readonly string[] {
    return [...new Set(this.names.slice(this.first, this.length))];
  }

  /** How often a clause decided a step. */
  count(name: string): number {
    this.settle();
    return this.counts[this.placeOf(name)];
  }

  /** Counts what waits; the citations of the current step stay. */
  private settle(): void {
    const { names, counts, first, length } = this;
    for (let i = 0; i < first; i++) counts[this.placeOf(names[i])]++;
    for (let i = first; i < length; i++) names[i - first] = names[i];
    this.first = 0;
    this.length = length - first;
  }

  private placeOf(name: string): number {
    const place = this.place.get(name);
    if (place === undefined) throw new RangeError(`the model cites '${name}', which is no clause of ${this.system}`);
    return place;
  }
}
