/** No state: the parent of the first one. */
export const nobody = 0xffff_ffff;

/** A first word that no state has: the slot is free. */
const free = 0xffff_ffff;

const firstCapacity = 1 << 16;

/** Slots per state at the least: probing gets long beyond two thirds. */
const slotsPerState = 1.5;

/**
 * States of two 32-bit words, in the order in which they were found: each with the state and the event that led to it
 * first. Open addressing, linear probing. The slots repeat the words: most states that are looked up are there, and
 * are found with one access to memory that is not in the cache. 14 bytes a state, and 12 to 24 for its slots.
 */
export class StateTable {
  count = 0;
  /** Two words a state; the first is never 0xffffffff. */
  words = new Uint32Array(2 * firstCapacity);
  parents = new Uint32Array(firstCapacity);
  events = new Uint16Array(firstCapacity);
  private slots = new Uint32Array(4 * firstCapacity).fill(free);
  private mask = 2 * firstCapacity - 1;

  /** Bytes that the arrays take. */
  get bytes(): number {
    return this.words.byteLength + this.parents.byteLength + this.events.byteLength + this.slots.byteLength;
  }

  /** Adds a state unless it is there; whether it was new. */
  add(first: number, second: number, parent: number, event: number): boolean {
    const { slots, mask } = this;
    let slot = 2 * (hash(first, second) & mask);
    for (let held = slots[slot]; held !== free; held = slots[slot]) {
      if (held === first && slots[slot + 1] === second) return false;
      slot = (slot + 2) & (2 * mask + 1);
    }
    slots[slot] = first;
    slots[slot + 1] = second;
    this.append(first, second, parent, event);
    return true;
  }

  /** Slots that there are. */
  get slotCount(): number {
    return this.mask + 1;
  }

  /** The slot of a state, which stays until the next state is added; -1 if the state is not there. */
  slotOf(first: number, second: number): number {
    const { slots, mask } = this;
    let slot = hash(first, second) & mask;
    for (let held = slots[2 * slot]; held !== free; held = slots[2 * slot]) {
      if (held === first && slots[2 * slot + 1] === second) return slot;
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  private append(first: number, second: number, parent: number, event: number): void {
    const place = this.count++;
    if (place === this.events.length) this.growStates();
    this.words[2 * place] = first;
    this.words[2 * place + 1] = second;
    this.parents[place] = parent;
    this.events[place] = event;
    if (this.count * slotsPerState > this.mask) this.growSlots();
  }

  private growStates(): void {
    const capacity = 2 * this.events.length;
    this.words = grown(this.words, new Uint32Array(2 * capacity));
    this.parents = grown(this.parents, new Uint32Array(capacity));
    this.events = grown(this.events, new Uint16Array(capacity));
  }

  private growSlots(): void {
    const { words, count } = this;
    const mask = 2 * this.mask + 1;
    // The old ones are not needed for it: they may go before the new ones come.
    this.slots = new Uint32Array(0);
    const slots = new Uint32Array(2 * (mask + 1)).fill(free);
    for (let place = 0; place < count; place++) {
      const first = words[2 * place];
      const second = words[2 * place + 1];
      let slot = 2 * (hash(first, second) & mask);
      while (slots[slot] !== free) slot = (slot + 2) & (2 * mask + 1);
      slots[slot] = first;
      slots[slot + 1] = second;
    }
    this.slots = slots;
    this.mask = mask;
  }
}

function grown<T extends Uint32Array | Uint16Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Mixes two words; the low bits depend on all bits of both. */
function hash(first: number, second: number): number {
  let mixed = Math.imul(first, 0x9e37_79b1) ^ Math.imul(second, 0x85eb_ca6b);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x2c1b_3c6d);
  return mixed ^ (mixed >>> 13);
}
