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
  private readonly system: string;
  private readonly place: ReadonlyMap<string, number>;
  private readonly counts: Float64Array;
  // What was cited last after each clause, and first for each event kind, is mostly cited again: no look-up then.
  private readonly nextNames: string[];
  private readonly nextPlaces: Uint16Array;

  constructor(spec: SystemSpec) {
    this.system = spec.name;
    this.place = new Map(Object.keys(spec.clauses).map((name, i) => [name, i]));
    this.counts = new Float64Array(this.place.size);
    const slots = this.place.size + Object.keys(spec.alphabet).length;
    this.nextNames = Array.from({ length: slots }, () => '');
    this.nextPlaces = new Uint16Array(slots);
  }

  /** Counts the clauses of the current step, an event of the kind with this number, and begins the next one. */
  next(kind: number): void {
    const { names, length, counts, nextNames, nextPlaces } = this;
    let slot = counts.length + kind;
    for (let i = 0; i < length; i++) {
      const name = names[i];
      let place = nextPlaces[slot];
      if (nextNames[slot] !== name) {
        place = this.placeOf(name);
        nextNames[slot] = name;
        nextPlaces[slot] = place;
      }
      counts[place]++;
      slot = place;
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
    return this.counts[this.placeOf(name)];
  }

  private placeOf(name: string): number {
    const place = this.place.get(name);
    if (place === undefined) throw new RangeError(`the model cites '${name}', which is no clause of ${this.system}`);
    return place;
  }
}
