/** One acceptance of an interrupt: plain data. */
export interface Acceptance {
  /** Its identity: acceptances are numbered in the order in which they happened. */
  readonly id: number;
  /** What is accepted and for whom, such as `27@vcpu0`. */
  readonly key: string;
  /** Its priority: the lowest number is the most urgent. */
  readonly priority: number;
  /** When it was accepted, in the caller's count of events. */
  readonly at: number;
  /** Further requests that it stands for. */
  readonly coalesced: readonly number[];
  /** Where it waits, as the caller names places; `undefined` where nobody knows. */
  readonly place: string | undefined;
  readonly delivered: readonly number[];
  readonly withdrawn: number | undefined;
}

/** Something that must not happen to an interrupt. */
export type Anomaly =
  /** A delivery of what was never accepted, or was withdrawn. */
  | { readonly kind: 'spurious'; readonly key: string; readonly at: number; readonly withdrawn?: Acceptance }
  /** A second delivery of one acceptance. */
  | { readonly kind: 'twice'; readonly at: number; readonly acceptance: Acceptance }
  /** A delivery while something more urgent could have been delivered. */
  | { readonly kind: 'out-of-order'; readonly at: number; readonly acceptance: Acceptance; readonly before: Acceptance }
  /** At rest, in no nameable place. */
  | { readonly kind: 'lost'; readonly acceptance: Acceptance };

/**
 * Gives every acceptance of an interrupt an identity, so that lost, twice, spurious and out of order are said of that
 * interrupt, and not inferred from counters.
 */
export class Ledger {
  private readonly all: Acceptance[] = [];

  /** Every acceptance so far, in order. */
  get acceptances(): readonly Acceptance[] {
    return this.all;
  }

  /** The acceptances that are neither delivered nor withdrawn, in order. */
  get open(): readonly Acceptance[] {
    return this.all.filter(isOpen);
  }

  /** A new acceptance. Several of one key may be open: they are delivered in the order of acceptance. */
  accept(key: string, at: number, priority = 0, place?: string): Acceptance {
    const id = this.all.length;
    const acceptance = { id, key, priority, at, coalesced: [], place, delivered: [], withdrawn: undefined };
    this.all.push(acceptance);
    return acceptance;
  }

  /** A further request that the newest open acceptance of the key stands for; a new acceptance if there is none. */
  coalesce(key: string, at: number, priority = 0, place?: string): Acceptance {
    const open = this.all.findLast((one) => one.key === key && isOpen(one));
    if (open === undefined) return this.accept(key, at, priority, place);
    return this.change(open, { coalesced: [...open.coalesced, at] });
  }

  /** Where the open acceptances of a key wait from now on. */
  move(key: string, place: string | undefined): void {
    for (const one of this.openOf(key)) this.change(one, { place });
  }

  /** The priority of the open acceptances of a key changes. */
  prioritise(key: string, priority: number): void {
    for (const one of this.openOf(key)) this.change(one, { priority });
  }

  /**
   * A delivery: closes the oldest open acceptance of the key. What is wrong with it is returned.
   *
   * @param deliverable which other open acceptances could have been delivered instead; absent: none, order is not judged
   */
  deliver(key: string, at: number, deliverable: (other: Acceptance) => boolean = () => false): Anomaly | undefined {
    const [acceptance] = this.openOf(key);
    if (acceptance === undefined) return this.unaccepted(key, at);
    const delivered = this.change(acceptance, { delivered: [at], place: undefined });
    const before = this.open
      .filter((other) => other.priority < delivered.priority && deliverable(other))
      .toSorted((a, b) => a.priority - b.priority)[0];
    return before && { kind: 'out-of-order', at, acceptance: delivered, before };
  }

  /** The newest open acceptance of a key is taken back before it was delivered; whether there was one. */
  withdraw(key: string, at: number): boolean {
    const open = this.all.findLast((one) => one.key === key && isOpen(one));
    if (open !== undefined) this.change(open, { withdrawn: at, place: undefined });
    return open !== undefined;
  }

  /**
   * The open acceptances that are in no place.
   *
   * @param placeOf where an open acceptance is now; absent: where it was put last
   */
  lost(placeOf: (acceptance: Acceptance) => string | undefined = ({ place }) => place): readonly Anomaly[] {
    return this.open
      .filter((acceptance) => placeOf(acceptance) === undefined)
      .map((acceptance) => ({ kind: 'lost', acceptance }));
  }

  private openOf(key: string): readonly Acceptance[] {
    return this.all.filter((one) => one.key === key && isOpen(one));
  }

  private unaccepted(key: string, at: number): Anomaly {
    const last = this.all.findLast((one) => one.key === key);
    if (last === undefined) return { kind: 'spurious', key, at };
    if (last.withdrawn !== undefined) return { kind: 'spurious', key, at, withdrawn: last };
    return { kind: 'twice', at, acceptance: this.change(last, { delivered: [...last.delivered, at] }) };
  }

  private change(acceptance: Acceptance, changes: Partial<Acceptance>): Acceptance {
    const changed = { ...acceptance, ...changes };
    this.all[acceptance.id] = changed;
    return changed;
  }
}

const isOpen = ({ delivered, withdrawn }: Acceptance): boolean => delivered.length === 0 && withdrawn === undefined;

/** An anomaly in a sentence, to end a law's own words with. */
export function anomalyText(anomaly: Anomaly): string {
  const named = ({ key, id, at }: Acceptance): string => `${key} (acceptance ${id}, event ${at})`;
  switch (anomaly.kind) {
    case 'spurious':
      return anomaly.withdrawn === undefined
        ? `${anomaly.key} was delivered and never accepted`
        : `${named(anomaly.withdrawn)} was delivered after it was withdrawn`;
    case 'twice':
      return `${named(anomaly.acceptance)} was delivered twice`;
    case 'out-of-order':
      return `${named(anomaly.acceptance)} was delivered before ${named(anomaly.before)}, which is more urgent`;
    case 'lost':
      return `${named(anomaly.acceptance)} is neither delivered nor pending anywhere`;
  }
}
