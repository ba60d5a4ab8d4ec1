/** No state: the parent of the first one. */
export const nobody = 0xffff_ffff;

const firstCapacity = 1 << 16;

/** Slots per state at the least: probing gets long beyond two thirds. */
const slotsPerState = 1.5;

/**
 * States of two 32-bit words, in the order in which they were found: each with the state and the event that led to it
 * first. Open addressing, linear probing; the slots hold places in the order. 14 bytes a state, and 6 to 12 for its slot.
 */
export class StateTable {
  count = 0;
  words = new Uint32Array(2 * firstCapacity);
  parents = new Uint32Array(firstCapacity);
  events = new Uint16Array(firstCapacity);
  /** 1 + the place of a state; 0: free. */
  private slots = new Uint32Array(2 * firstCapacity);
  private mask = 2 * firstCapacity - 1;

  /** Bytes that the arrays take. */
  get bytes(): number {
    return this.words.byteLength + this.parents.byteLength + this.events.byteLength + this.slots.byteLength;
  }

  /** Adds a state unless it is there; whether it was new. */
  add(first: number, second: number, parent: number, event: number): boolean {
    const { words, slots, mask } = this;
    let slot = hash(first, second) & mask;
    for (let held = slots[slot]; held !== 0; held = slots[slot]) {
      const at = 2 * (held - 1);
      if (words[at] === first && words[at + 1] === second) return false;
      slot = (slot + 1) & mask;
    }
    this.append(slot, first, second, parent, event);
    return true;
  }

  /** The place of a state, -1 if it is not there. */
  find(first: number, second: number): number {
    const { words, slots, mask } = this;
    let slot = hash(first, second) & mask;
    for (let held = slots[slot]; held !== 0; held = slots[slot]) {
      if (words[2 * held - 2] === first && words[2 * held - 1] === second) return held - 1;
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  private append(slot: number, first: number, second: number, parent: number, event: number): void {
    const place = this.count++;
    if (place === this.events.length) this.growStates();
    this.words[2 * place] = first;
    this.words[2 * place + 1] = second;
    this.parents[place] = parent;
    this.events[place] = event;
    this.slots[slot] = place + 1;
    if (this.count * slotsPerState > this.slots.length) this.growSlots();
  }

  private growStates(): void {
    const capacity = 2 * this.events.length;
    this.words = grown(this.words, new Uint32Array(2 * capacity));
    this.parents = grown(this.parents, new Uint32Array(capacity));
    this.events = grown(this.events, new Uint16Array(capacity));
  }

  private growSlots(): void {
    const { words, count } = this;
    const slots = new Uint32Array(2 * this.slots.length);
    const mask = slots.length - 1;
    for (let place = 0; place < count; place++) {
      let slot = hash(words[2 * place], words[2 * place + 1]) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = place + 1;
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
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
