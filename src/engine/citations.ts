import type { SystemSpec } from '../../spec/system.ts';

/** Citations per event that are remembered by event kind. */
const remembered = 16;

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
  // An event mostly cites what the last event of its kind cited: the places of those names need no look-up.
  private readonly lastNames: string[];
  private readonly lastPlaces: Uint16Array;

  constructor(spec: SystemSpec) {
    this.system = spec.name;
    this.place = new Map(Object.keys(spec.clauses).map((name, i) => [name, i]));
    this.counts = new Float64Array(this.place.size);
    const slots = Object.keys(spec.alphabet).length * remembered;
    this.lastNames = Array.from({ length: slots }, () => '');
    this.lastPlaces = new Uint16Array(slots);
  }

  /** Counts the clauses of the current step, an event of the kind with this number, and begins the next one. */
  next(kind: number): void {
    const { names, length, counts, lastNames, lastPlaces } = this;
    for (let i = 0; i < length; i++) {
      const slot = kind * remembered + i;
      if (i < remembered && lastNames[slot] === names[i]) {
        counts[lastPlaces[slot]]++;
        continue;
      }
      const place = this.placeOf(names[i]);
      counts[place]++;
      if (i < remembered) {
        lastNames[slot] = names[i];
        lastPlaces[slot] = place;
      }
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
