import type { LocalApic } from '../../src/optimized/local-apic/index.ts';
import { vectorsPerPoster, type Arena } from './arena.ts';

/** What was posted and what was delivered, vector by vector, judged whenever all is at rest. */
export class Ledger {
  posts = 0;
  deliveries = 0;
  readonly #arena: Arena;
  /** Deliveries in this round, by vector. */
  readonly #delivered = new Int32Array(vectorsPerPoster);
  /** What the handler of a vector saw of the posters' data last; and the same when the round began. */
  readonly #seen: Int32Array;
  readonly #before: Int32Array;
  #invented: string | undefined;

  constructor(arena: Arena, posters: number) {
    this.#arena = arena;
    this.#seen = new Int32Array(posters * vectorsPerPoster);
    this.#before = new Int32Array(posters * vectorsPerPoster);
  }

  /** A handler runs: it looks at the data that the posters have written before they posted. */
  delivered(vector: number): void {
    this.deliveries++;
    const count = ++this.#delivered[vector];
    let posts = 0;
    for (let at = vector; at < this.#seen.length; at += vectorsPerPoster) {
      const issued = this.#arena.issued[at];
      this.#seen[at] = issued;
      posts += issued - this.#before[at];
    }
    // `delivered-was-accepted`: "at no time are there more deliveries than acceptances".
    if (count > posts) this.#invented ??= `delivery ${count} of vector ${vector} after ${posts} posts of it`;
  }

  /** Judges a round when nobody posts and nothing is on its way. What is wrong, or undefined. */
  close(posted: boolean, apic: LocalApic, round: number): string | undefined {
    const wrong = this.#invented ?? this.#lost(posted, apic);
    this.#delivered.fill(0);
    return wrong === undefined ? undefined : `round ${round}: ${wrong}`;
  }

  #lost(posted: boolean, apic: LocalApic): string | undefined {
    const { issued } = this.#arena;
    for (let at = 0; at < this.#seen.length; at++) {
      const posts = issued[at] - this.#before[at];
      if (posts === 0) continue;
      this.posts += posts;
      this.#before[at] = issued[at];
      const vector = at % vectorsPerPoster;
      const poster = Math.floor(at / vectorsPerPoster);
      if (this.#seen[at] !== issued[at]) {
        const missing = issued[at] - this.#seen[at];
        return `vector ${vector} of poster ${poster}: the last ${missing} of ${posts} posts have no delivery after them`;
      }
    }
    if (posted) return 'something is in PIR at rest';
    if (apic.deliverable() !== 0) return `vector ${apic.deliverable()} could be delivered at rest`;
    return undefined;
  }
}
