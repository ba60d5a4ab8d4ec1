import { places } from './words.ts';

const { delivery, deliveryFields } = places;
const room = 1024;

/** Handlers that were reached since both policies were last compared, one after the other. */
export class Deliveries {
  private readonly words = new Uint32Array(room * deliveryFields);
  private count = 0;

  clear(): void {
    this.count = 0;
  }

  /** Takes in what an event has reached. */
  take(seen: Uint32Array): void {
    for (let from = delivery; from < places.guest; from += deliveryFields) {
      if (seen[from] === 0 || this.count === room) continue;
      const to = this.count++ * deliveryFields;
      for (let i = 0; i < deliveryFields; i++) this.words[to + i] = seen[from + i]!;
    }
  }

  /** Whether the other one has reached the same, in the same order. */
  equals(other: Deliveries): boolean {
    if (this.count !== other.count) return false;
    for (let i = 0; i < this.count * deliveryFields; i++) if (this.words[i] !== other.words[i]) return false;
    return true;
  }
}
